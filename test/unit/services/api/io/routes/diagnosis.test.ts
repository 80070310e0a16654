import { expect, test } from 'vitest'
import { startApiServer } from '../../../../../support/api-server.ts'
import { SHOP_NOW_MS } from '../../../../../support/shop-cells.ts'

test('a detector that has just begun is not behind what was stored before anything could be judged', async () => {
  const api = await startApiServer(SHOP_NOW_MS)
  const at = (secondsAgo: number) => new Date(SHOP_NOW_MS - secondsAgo * 1_000).toISOString()
  const judgedUntil = async () =>
    ((await api.get('/api/v1/diagnosis')).json() as { judged_until: unknown }).judged_until
  expect(await judgedUntil()).toBeNull()
  const threeDays = 3 * 24 * 3_600
  const checkpoint = { name: 'detector', position: SHOP_NOW_MS / 10_000 - threeDays / 10, updated_at: at(0) }
  await api.store.insertRows('checkpoints', [checkpoint], 'checkpoints')
  const event = { ts: at(20), env: 'prod', service: 'shop', method: 'GET', route: '/', status: 200, count: 1 }
  await api.store.insertRows('access_events', [event], 'first')
  expect(await judgedUntil()).toBe(at(20))
  await api.store.insertRows('access_events', [{ ...event, ts: at(2 * threeDays) }], 'older')
  expect(await judgedUntil()).toBe(at(threeDays))
  await api.close()
})
