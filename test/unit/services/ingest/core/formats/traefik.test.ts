import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const TRAEFIK = { name: 'traefik' } as const
const HEAD = '203.0.113.7 - - [01/Mar/2026:09:00:00 +0000] "GET /a HTTP/2.0" 503 5'
const TAIL = '250 "checkout@docker" "http://10.0.1.5:8080" 12ms'
const LINE = `${HEAD} "-" "curl/8" ${TAIL}`

test('a request ended its milliseconds after the time that it logs, and is of its router', () => {
  expect(readLine(LINE, TRAEFIK)).toMatchObject({
    ts: '2026-03-01T09:00:00.012Z',
    duration_ms: 12,
    service: 'checkout',
    upstream: '10.0.1.5:8080',
    user_agent: 'curl/8',
    status: 503,
    bytes: 5,
  })
})

test.each([
  ['- "curl/8"', 'curl/8'],
  ['"https://a.example/" "curl/8"', 'curl/8'],
  // Quotes are not escaped.
  ['- "a "b" c"', 'a "b" c'],
  ['"-" "a" 7 "x@file" "http://10.0.0.9:1" 9ms"', 'a" 7 "x@file" "http://10.0.0.9:1" 9ms'],
  ['"-" "-"', undefined],
])('after the referer the user agent is whatever the client sent: %s', (headers, agent) => {
  const event = readLine(`${HEAD} ${headers} ${TAIL}`, TRAEFIK)
  expect(event).toMatchObject({ service: 'checkout', upstream: '10.0.1.5:8080', duration_ms: 12 })
  expect(event.user_agent).toBe(agent)
})

test('a request that no router took has neither router nor upstream', () => {
  const event = readLine(`${HEAD} "-" "-" - "-" "-" 0ms`, TRAEFIK)
  expect(event.duration_ms).toBe(0)
  expect(event.upstream).toBeUndefined()
  expect(event.service).toBe('web')
})

test('what was no request has neither method nor path', () => {
  const event = readLine(LINE.replace('GET /a HTTP/2.0', '- - -'), TRAEFIK)
  expect(event.method).toBeUndefined()
  expect(event.path).toBeUndefined()
})

test.each(['once', '5ms', 'ms', `${HEAD} "-" "curl/8"`, LINE.slice(0, -2), LINE.replace('12ms', 'ms'), TAIL])(
  'is no request: %s',
  (text) => {
    expect(parseLog(text, TRAEFIK).rejectCounts).toEqual({ unmatched: 1 })
  },
)
