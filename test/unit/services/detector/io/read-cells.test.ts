import { expect, test } from 'vitest'
import { readHistoryStart } from '../../../../../services/detector/io/read-cells.ts'
import type { Store } from '../../../../../shared/store/store.ts'

const HOUR_CELLS = 360
const NEWEST_HOUR = 490_000
const range = { from: (NEWEST_HOUR - 71) * HOUR_CELLS, to: (NEWEST_HOUR + 1) * HOUR_CELLS }

/** Answers with so many rows in each of the last 72 hours. */
function hoursOf(rows: number): Pick<Store, 'query'> {
  const hours = Array.from({ length: 72 }, (_, ago) => ({ hour: NEWEST_HOUR - 71 + ago, row_count: String(rows) }))
  return { query: async (row) => hours.map((hour) => row.parse(hour)) }
}

test('after a start all history is judged again where that is little', async () => {
  expect(await readHistoryStart(hoursOf(10), range, { rowsMax: 1_000 })).toBe(range.from)
})

test('of much history the newest hours are judged again, as many as are within the bound', async () => {
  const start = await readHistoryStart(hoursOf(300), range, { rowsMax: 1_000 })
  expect(range.to - start).toBe(3 * HOUR_CELLS)
})

test('the newest hour is judged again however much it is', async () => {
  const start = await readHistoryStart(hoursOf(5_000), range, { rowsMax: 1_000 })
  expect(range.to - start).toBe(HOUR_CELLS)
})
