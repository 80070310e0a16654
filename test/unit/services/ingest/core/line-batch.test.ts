import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BATCH_LINES, slotOf } from '../../../../../services/ingest/core/formats/line-format.ts'
import { createLineBatch, moveLine } from '../../../../../services/ingest/core/line-batch.ts'

test('a new batch has room for its lines, and none of them has a field', () => {
  const { size, slots, outcomes, starts, ends, lineIndexes } = createLineBatch()
  expect(size).toBe(0)
  expect([outcomes, starts, ends, lineIndexes].map(({ length }) => length)).toEqual(Array(4).fill(BATCH_LINES))
  expect(slots.every((slot) => slot === -1)).toBe(true)
})

test('a line that moves takes all its fields along, and leaves every other line as it is', () => {
  const line = fc.nat(BATCH_LINES - 1)
  fc.assert(
    fc.property(line, line, (from, to) => {
      const { slots } = createLineBatch()
      for (const i of slots.keys()) slots[i] = i
      moveLine(slots, from, to)
      for (let field = 0; slotOf(field) < slots.length; field++) {
        const of = (half: number) => slots.subarray(slotOf(field) + half, slotOf(field) + half + BATCH_LINES)
        for (const half of [0, BATCH_LINES]) {
          const expected = Array.from({ length: BATCH_LINES }, (_, i) => slotOf(field) + half + (i === to ? from : i))
          expect(Array.from(of(half))).toEqual(expected)
        }
      }
    }),
    { numRuns: 30 },
  )
})
