import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clamp, logBetaSequence, normalDensity } from '../../../../../services/correlator/core/log-math.ts'
import { logSumExp } from '../../../../../shared/domain/log-sum-exp.ts'

test.each<[string, readonly number[], number]>([
  ['of nothing', [], Number.NEGATIVE_INFINITY],
  ['of one', [3], 3],
  ['of two equal', [0, 0], Math.LN2],
  ['of 1, 2 and 3', [0, Math.LN2, Math.log(3)], Math.log(6)],
  ['far below what a double holds', [-2000, -2000], -2000 + Math.LN2],
  ['far above', [2000, 2000, 2000, 2000], 2000 + 2 * Math.LN2],
  ['of what is impossible', [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NEGATIVE_INFINITY],
  ['of the possible and the impossible', [1, Number.NEGATIVE_INFINITY], 1],
])('the logarithm of a sum: %s', (_, values, expected) => {
  expect(logSumExp(values)).toBeCloseTo(expected, 12)
})

test('the logarithm of a sum is at least its greatest part, and shifts with all of them', () => {
  const list = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(list, fc.double({ min: -500, max: 500, noNaN: true }), (values, shift) => {
      const whole = logSumExp(values)
      expect(whole).toBeGreaterThanOrEqual(Math.max(...values))
      expect(whole).toBeLessThanOrEqual(Math.max(...values) + Math.log(values.length) + 1e-9)
      expect(logSumExp(values.map((value) => value + shift))).toBeCloseTo(whole + shift, 9)
    }),
  )
})

// B(a + hits, b + misses) / B(a, b), by hand from factorials.
test.each([
  [0, 0, 1, 1, 1],
  [1, 0, 1, 1, 1 / 2],
  [2, 1, 1, 1, 1 / 12],
  [3, 3, 1, 1, 1 / 140],
  [1, 1, 2, 3, 1 / 5],
  [0, 4, 1, 9, 9 / 13],
  [1, 0, 0.5, 0.5, 1 / 2],
])('%d hits and %d misses with a share from Beta(%d, %d) have the known probability', (hits, misses, a, b, chance) => {
  expect(logBetaSequence(hits, misses, { a, b })).toBeCloseTo(Math.log(chance), 12)
})

test('of a billion hits the logarithm is exact to a millionth', () => {
  expect(logBetaSequence(1e9, 0, { a: 1, b: 1 })).toBeCloseTo(-Math.log(1e9 + 1), 5)
})

test('a longer sequence is never likelier, and one more hit or one more miss are all there can be', () => {
  const count = fc.integer({ min: 0, max: 100_000 })
  const shape = fc.double({ min: 0.1, max: 100, noNaN: true })
  fc.assert(
    fc.property(count, count, shape, shape, (hits, misses, a, b) => {
      const whole = logBetaSequence(hits, misses, { a, b })
      expect(whole).toBeLessThanOrEqual(1e-6)
      const parts = [logBetaSequence(hits + 1, misses, { a, b }), logBetaSequence(hits, misses + 1, { a, b })]
      expect(logSumExp(parts)).toBeCloseTo(whole, 5)
    }),
  )
})

// From the tables of the standard normal density.
test.each([
  [0, 0, 1, 0.398942280401],
  [1, 0, 1, 0.241970724519],
  [-1.96, 0, 1, 0.058440944333],
  [12, 10, 2, 0.12098536226],
  [50, 0, 1, 0],
])('the normal density at %d with mean %d and deviation %d is the tabled one', (x, mean, deviation, density) => {
  expect(normalDensity(x, mean, deviation)).toBeCloseTo(density, 11)
})

test.each([
  [5, 0, 3, 3],
  [-5, 0, 3, 0],
  [2, 0, 3, 2],
  [Number.POSITIVE_INFINITY, -1, 1, 1],
  [Number.NEGATIVE_INFINITY, -1, 1, -1],
])('%d kept within %d and %d is %d', (value, lowest, highest, kept) => {
  expect(clamp(value, lowest, highest)).toBe(kept)
})
