import { afterAll, beforeAll, expect, test } from 'vitest'
import { detectorSettings, readConfig } from '../../../../../services/cli/config.ts'
import { createDetectableReader } from '../../../../../services/cli/live/read-detectable.ts'
import { type ApiServer, startApiServer } from '../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../support/shop-cells.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
})

afterAll(() => api.close())

test('what would be seen on each route: the longer it lasts, the smaller it may be', async () => {
  const read = createDetectableReader(
    { query: api.store.query, nowMs: () => SHOP_NOW_MS },
    detectorSettings(await readConfig(undefined, {})),
  )
  const [route, ...others] = await read('prod', 'search')
  expect(others).toEqual([])
  expect(route).toMatchObject({ method: 'POST', route: '/search/{id}', requests_per_second: 10 })
  const rates = route?.rises.map(({ error_rate }) => error_rate ?? 1) ?? []
  expect(route?.rises.map(({ within_s }) => within_s)).toEqual([60, 300, 1_800])
  expect(rates).toEqual(rates.toSorted((a, b) => b - a))
  expect(rates[0]).toBeLessThan(0.1)
  expect(await read('prod', 'nobody')).toEqual([])
})
