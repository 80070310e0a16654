import { expect, test } from 'vitest'
import { keepFindings } from '../../../../../services/api/io/keep-findings.ts'
import type { Store } from '../../../../../shared/store/store.ts'

const stored = { rows: 1, times: 1 }
const query: Store['query'] = async (row) => [row.parse({ ...stored })]
let nowMs = 0

test('an answer stands until something is stored, and then is right at once', async () => {
  const keep = keepFindings<number>({ query, nowMs: () => nowMs }, ['changes'])
  let reads = 0
  const ask = (key = 'all') => keep(key, async () => ++reads)
  expect([await ask(), await ask()]).toEqual([1, 1])
  expect(await ask('of one service')).toBe(2)
  stored.rows += 1
  expect([await ask(), await ask()]).toEqual([3, 3])
  stored.times += 1
  expect(await ask()).toBe(4)
  // What cells say may be in it.
  nowMs += 10_000
  expect(await ask()).toBe(5)
})
