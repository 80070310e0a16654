import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withRows } from '../../../../../services/ingest/core/row-array.ts'

test('has places for the rows, keeps what was there, and is empty beyond', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(40), (values, rows) => {
      const array = Uint32Array.from(values)
      const longer = withRows(array, rows)
      expect(longer.length).toBeGreaterThanOrEqual(rows)
      expect(Array.from(longer.subarray(0, values.length))).toEqual(values)
      expect(longer.subarray(values.length).every((value) => value === 0)).toBe(true)
      expect(longer === array).toBe(rows <= values.length)
    }),
  )
})

test('one row after another costs few copies', () => {
  let array = new Uint32Array(0)
  let copies = 0
  for (let rows = 1; rows <= 10_000; rows++) {
    const longer = withRows(array, rows)
    if (longer !== array) copies += 1
    array = longer
  }
  expect(copies).toBeLessThan(20)
})
