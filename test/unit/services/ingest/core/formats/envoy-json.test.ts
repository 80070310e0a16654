import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const ENVOY = { name: 'envoy-json' } as const
const REQUEST = {
  start_time: '2026-03-01T09:00:00.000Z',
  response_code: 503,
  method: 'GET',
  path: '/a',
  duration: 12,
  bytes_sent: 5,
  authority: 'shop.example',
  upstream_cluster: 'outbound|8080|v42|checkout.shop.svc.cluster.local',
  upstream_host: '10.0.1.5:8080',
}
const read = (members: object = {}) => readLine(JSON.stringify({ ...REQUEST, ...members }), ENVOY)

test('a request ended its duration of milliseconds after start_time, and is of its cluster', () => {
  expect(read()).toMatchObject({
    ts: '2026-03-01T09:00:00.012Z',
    duration_ms: 12,
    service: 'checkout',
    version: 'v42',
    upstream: '10.0.1.5:8080',
    status: 503,
  })
})

test('numbers may be texts', () => {
  expect(read({ response_code: '503', duration: '12', bytes_sent: '5' })).toEqual(read())
})

test('a cluster that names nobody leaves the host that was asked', () => {
  expect(read({ upstream_cluster: 'inbound|8080||', upstream_host: null }).service).toBe('shop.example')
})

test("Envoy Gateway's names are read as well", () => {
  const own = { authority: undefined, path: undefined, upstream_cluster: 'httproute/shop/checkout/rule/0' }
  const names = {
    ':authority': 'shop.example',
    'x-envoy-origin-path': '/b',
    'user-agent': 'curl/8',
    'x-request-id': 'r1',
  }
  expect(read({ ...own, ...names })).toMatchObject({
    service: 'checkout',
    virtual_host: 'shop.example',
    path: '/b',
    user_agent: 'curl/8',
    request_id: 'r1',
  })
})

test.each([
  ['once', 'not-json'],
  ['{"start_time":"2026-03-01T09:00:00.000Z","bytes_sent":5}', 'no-status'],
  ['{"response_code":200}', 'no-time'],
])('is no request: %s', (text, reason) => {
  expect(parseLog(text, ENVOY).rejectCounts).toEqual({ [reason]: 1 })
})
