import { expect, test } from 'vitest'
import { applyRetention } from '../../shared/store/retention.ts'
import type { Store } from '../../shared/store/store.ts'
import { eventRow, readNumber } from './store-rows.ts'

const DAY_MS = 86_400_000

/** Old rows go. It changes the store for good, so it comes last. */
export function retentionSuite(opened: () => Store): void {
  test('each table keeps its rows for as long as it was told, and can be told otherwise', async () => {
    const at = (ageMs: number) => eventRow('aged', { ts: new Date(Date.now() - ageMs).toISOString() })
    const left = async (table: string) => {
      await opened().command(`OPTIMIZE TABLE ${table} FINAL`)
      return readNumber(opened(), `SELECT count() AS n FROM ${table} WHERE service = 'aged'`)
    }
    await opened().insertRows('access_events', [at(1000 * DAY_MS)], 'told nothing yet')
    expect(await left('access_events')).toBe(1)
    await applyRetention(opened(), { access_events: 7 * DAY_MS, cells_1m: 60 * DAY_MS })
    await opened().insertRows('access_events', [at(0), at(3 * DAY_MS), at(10 * DAY_MS)], 'aged')
    await expect.poll(() => left('access_events'), { timeout: 20_000 }).toBe(2)
    await expect.poll(() => left('cells_1m'), { timeout: 20_000 }).toBe(3)
    await applyRetention(opened(), { access_events: DAY_MS })
    await expect.poll(() => left('access_events'), { timeout: 20_000 }).toBe(1)
  })
}
