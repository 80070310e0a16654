import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordErrorRatios } from '../../../../../services/api/io/record-error-ratios.ts'
import { createMetrics } from '../../../../../shared/runtime/metrics.ts'
import { type ApiServer, startApiServer } from '../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../support/shop-cells.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
})

afterAll(() => api.close())

async function render(query: ApiServer['store']['query'], nowMs = SHOP_NOW_MS): Promise<string> {
  const metrics = createMetrics()
  recordErrorRatios({ metrics, query, nowMs: () => nowMs })
  return (await metrics.render()).text
}

test('each service has its error ratio and its requests a second', async () => {
  const text = await render(api.store.query)
  expect(text).toContain('culprit_service_error_ratio{env="prod",service="checkout"} 0.04')
  expect(text).toContain('culprit_service_error_ratio{env="prod",service="search"} 0')
  expect(text).toContain('culprit_service_requests_per_second{env="prod",service="checkout"} 30')
})

test('however many services a log names, only the busiest are told', async () => {
  const atMs = SHOP_NOW_MS + 3_600_000
  const rows = Array.from({ length: 700 }, (_, n) => {
    const ts = new Date(atMs - 60_000).toISOString()
    return { ts, env: 'prod', service: `s${n}`, method: 'GET', route: '/', status: 200, count: n + 1 }
  })
  await api.store.insertRows('access_events', rows, 'many')
  const text = await render(api.store.query, atMs)
  expect(text.match(/^culprit_service_error_ratio\{/gm)).toHaveLength(200)
  expect(text).toContain('service="s699"')
})

test('a store that does not answer leaves the other metrics readable', async () => {
  const text = await render(() => Promise.reject(new Error('away')))
  expect(text).toContain('# HELP culprit_service_error_ratio')
  expect(text).not.toContain('culprit_service_error_ratio{')
})
