import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MALFORMED, parseDuration } from '../../../../../services/ingest/core/parse-duration.ts'

function durationOf(text: string, unitMs: number): number {
  const bytes = Buffer.from(`[${text}]`)
  return parseDuration(bytes, 1, bytes.length - 1, unitMs)
}

test.each([
  ['0.125', 1000, 125],
  ['12', 1, 12],
  ['1234567', 1e-6, 1.234567],
  ['2500', 1e-3, 2.5],
  ['1.5ms', 1000, 1.5],
  ['0.012s', 1, 12],
  ['820µs', 1, 0.82],
  ['820us', 1, 0.82],
  ['1m0.2s', 1, 60_200],
  ['2h3m', 1, 7_380_000],
  ['9.2e-05', 1000, 0.092],
  ['0.001 0.020 0.000', 1000, 21],
  ['0.1, 0.2 : 0.3', 1000, 600],
  ['-1 0.020 -1', 1000, 20],
  ['-, 0.5', 1000, 500],
])('%s in units of %d ms is %d ms', (text, unitMs, ms) => {
  expect(durationOf(text, unitMs)).toBeCloseTo(ms, 9)
})

test.each(['-1', '-0.5', '-', '-1 -1 -1', '-1.2e3'])('%s says nothing', (text) => {
  expect(durationOf(text, 1)).toBeNaN()
})

test.each(['fast', '1.2.3', '5 apples', '5x', '.', '1e999', 'ms', '0x10', '--1', '1..5'])(
  '%s is no duration',
  (text) => {
    expect(durationOf(text, 1)).toBe(MALFORMED)
  },
)

test('whatever the bytes: a time that is not negative, nothing, or no duration', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.-+eE :,msuhnµ'), maxLength: 30 }), (text) => {
      const ms = durationOf(text, 1000)
      expect(Number.isNaN(ms) || ms >= 0).toBe(true)
    }),
  )
})
