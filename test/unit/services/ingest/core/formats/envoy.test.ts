import { expect, test } from 'vitest'
import { parseLog, readLine, readLog } from '../read-log.ts'

const ENVOY = { name: 'envoy' } as const
const REQUEST = '0 5120 12 11 "203.0.113.7,10.8.0.1" "curl/8" "r1" "shop.example" "10.0.1.5:8080"'
const DEFAULT = `[2026-03-01T09:00:00.000Z] "GET /a HTTP/1.1" 503 UF ${REQUEST}`
const istio = (cluster: string) =>
  `[2026-03-01T09:00:00.000Z] "GET /a HTTP/2" 503 UF via_upstream - "-" ${REQUEST} ${cluster} 10.4.0.9:39402 10.4.0.9:8443 203.0.113.7:0 shop.example default`

test('a request ended its duration of milliseconds after the time that it logs', () => {
  expect(readLine(DEFAULT, ENVOY)).toMatchObject({
    ts: '2026-03-01T09:00:00.012Z',
    duration_ms: 12,
    status: 503,
    bytes: 5120,
    service: 'shop.example',
    upstream: '10.0.1.5:8080',
    client: '203.0.113.0',
    request_id: 'r1',
  })
})

test("Istio's lines name service and version, also between others", () => {
  const log = [istio('outbound|8080|v42|checkout.shop.svc.cluster.local'), DEFAULT, istio('inbound|8080||')].join('\n')
  const events = readLog(log, ENVOY)
  expect(events.map(({ service, version }) => [service, version])).toEqual([
    ['checkout', 'v42'],
    ['shop.example', undefined],
    ['shop.example', undefined],
  ])
  expect(events.map(({ upstream }) => upstream)).toEqual(Array(3).fill('10.0.1.5:8080'))
})

test('a request that reached no upstream has none', () => {
  expect(readLine(DEFAULT.replace('"10.0.1.5:8080"', '"-"'), ENVOY).upstream).toBeUndefined()
})

test.each([
  'once',
  DEFAULT.slice(1),
  DEFAULT.slice(0, -20),
  DEFAULT.replace('2026-03-01T09:00:00.000Z', 'now'),
  '[2026-03-01 09:00:00.000][1][info][main] starting',
])('is no request: %s', (text) => {
  expect(parseLog(text, ENVOY).rejectCounts).toEqual({ unmatched: 1 })
})
