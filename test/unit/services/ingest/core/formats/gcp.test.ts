import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const GCP = { name: 'gcp' } as const
const HTTP = {
  requestMethod: 'GET',
  requestUrl: 'https://shop.example/a?b=1',
  status: 503,
  responseSize: '5',
  remoteIp: '203.0.113.7',
  serverIp: '10.0.1.5',
  latency: '0.0125s',
}
const line = (http: object = {}, members: object = {}) =>
  JSON.stringify({
    httpRequest: { ...HTTP, ...http },
    resource: { labels: { backend_service_name: 'checkout' } },
    timestamp: '2026-03-01T09:00:00.000Z',
    trace: 'projects/shop/traces/4bf92f3577b34da6a3ce929d0e0e4736',
    ...members,
  })

test('a request ended its latency of seconds after timestamp, and is of the backend service', () => {
  expect(readLine(line(), GCP)).toMatchObject({
    ts: '2026-03-01T09:00:00.013Z',
    duration_ms: 12.5,
    service: 'checkout',
    upstream: '10.0.1.5',
    virtual_host: 'shop.example',
    path: '/a',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  })
})

test('Cloud Run names service, revision and location', () => {
  const labels = { service_name: 'cart', revision_name: 'cart-00042-abc', location: 'europe-west1' }
  expect(readLine(line({}, { resource: { labels } }), GCP)).toMatchObject({
    service: 'cart',
    version: 'cart-00042-abc',
    region: 'europe-west1',
  })
})

test.each(['/a', 'https:///a', 'shop.example:443/a'])('%s names no host', (requestUrl) => {
  expect(readLine(line({ requestUrl }), GCP).virtual_host).toBeUndefined()
})

test('a request whose client left before any response is an event like that of a log which says so', () => {
  const left = readLine(line({ status: undefined }), GCP)
  const alike = readLine('10.0.0.1 - - [01/Mar/2026:09:00:00 +0000] "GET /a HTTP/1.1" - 5', { name: 'common' })
  expect(left.status).toBe(alike.status)
  expect(left).toMatchObject({ ts: '2026-03-01T09:00:00.013Z', service: 'checkout' })
})

test.each([
  ['once', 'not-json'],
  ['{"timestamp":"2026-03-01T09:00:00.000Z","textPayload":"started"}', 'no-status'],
  ['{"httpRequest":{"status":200,"requestUrl":"/a"}}', 'no-time'],
])('is no request: %s', (text, reason) => {
  expect(parseLog(text, GCP).rejectCounts).toEqual({ [reason]: 1 })
})
