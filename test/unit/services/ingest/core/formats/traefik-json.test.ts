import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const TRAEFIK = { name: 'traefik-json' } as const
const REQUEST = {
  StartUTC: '2026-03-01T09:00:00.000Z',
  Duration: 12_500_000,
  DownstreamStatus: 503,
  RequestMethod: 'GET',
  RequestPath: '/a',
  RequestHost: 'shop.example',
  ServiceName: 'checkout@docker',
  RouterName: 'checkout-router@docker',
  ServiceAddr: '10.0.1.5:8080',
  OriginStatus: 503,
  time: '2026-03-01T09:59:59Z',
}
const read = (members: object = {}) => readLine(JSON.stringify({ ...REQUEST, ...members }), TRAEFIK)

test('a request ended its nanoseconds after StartUTC, and is of its service', () => {
  expect(read()).toMatchObject({
    ts: '2026-03-01T09:00:00.013Z',
    duration_ms: 12.5,
    service: 'checkout',
    upstream: '10.0.1.5:8080',
    upstream_status: '503',
  })
})

test.each([
  ['ServiceName', { service: 'checkout-router' }],
  ['StartUTC', { ts: '2026-03-01T09:59:59.000Z' }],
] as const)('without %s the next best is taken', (dropped, expected) => {
  expect(read({ [dropped]: undefined })).toMatchObject(expected)
})

test('a request line stands in for method and path', () => {
  const dropped = { RequestMethod: undefined, RequestPath: undefined, RequestLine: 'POST /b HTTP/1.1' }
  expect(read(dropped)).toMatchObject({ method: 'POST', path: '/b' })
})

test('an origin status of 0 says that there was no origin', () => {
  expect(read({ OriginStatus: 0 }).upstream_status).toBeUndefined()
})

test.each([
  ['once', 'not-json'],
  ['{"level":"info","msg":"Configuration loaded","time":"2026-03-01T09:00:00Z"}', 'no-status'],
  ['{"DownstreamStatus":200,"RequestPath":"/a"}', 'no-time'],
])('is no request: %s', (text, reason) => {
  expect(parseLog(text, TRAEFIK).rejectCounts).toEqual({ [reason]: 1 })
})
