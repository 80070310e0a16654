import { expect, test } from 'vitest'
import { caddy } from '../../../../../../services/ingest/core/formats/caddy.ts'
import { parseLog, readLine } from '../read-log.ts'

const CADDY = { name: 'caddy' } as const
const REQUEST = { remote_ip: '10.8.0.1', client_ip: '203.0.113.7', method: 'GET', host: 'shop.example', uri: '/a?b=1' }
const line = (members: object = {}) =>
  JSON.stringify({ ts: 1_772_355_600.25, status: 502, duration: 0.0125, size: 5, request: REQUEST, ...members })

test('a request ended at ts, took seconds, and is of the host that was asked', () => {
  expect(readLine(line(), CADDY)).toMatchObject({
    ts: '2026-03-01T09:00:00.250Z',
    duration_ms: 12.5,
    service: 'shop.example',
    path: '/a',
    client: '203.0.113.0',
  })
})

test('a duration may name its unit', () => {
  expect(readLine(line({ duration: '12.5ms' }), CADDY).duration_ms).toBe(12.5)
})

test('what log_append adds is read under our names', () => {
  const added = { service: 'checkout', version: 'v42', region: 'eu', upstream: '10.0.1.5:80', upstream_status: 503 }
  expect(readLine(line(added), CADDY)).toMatchObject({ ...added, upstream_status: '503' })
})

test('the first value of a header counts', () => {
  const headers = { 'User-Agent': ['curl/8', 'other'], 'X-Request-Id': ['r1'] }
  expect(readLine(line({ request: { ...REQUEST, headers } }), CADDY)).toMatchObject({
    user_agent: 'curl/8',
    request_id: 'r1',
  })
})

test.each([
  ['{"level":"info","ts":1772355600.25,"msg":"serving initial configuration"}', 'no-status'],
  ['{"status":200,"duration":1}', 'no-time'],
  ['once', 'not-json'],
])('is no request: %s', (text, reason) => {
  expect(parseLog(text, CADDY).rejectCounts).toEqual({ [reason]: 1 })
})

test('lines without a request are of another log', () => {
  expect(caddy.isLike(parseLog(line(), CADDY).columns)).toBe(true)
  expect(caddy.isLike(parseLog('{"ts":1772355600.25,"status":200,"path":"/a"}', CADDY).columns)).toBe(false)
})
