import fc from 'fast-check'
import { expect, test } from 'vitest'
import { riseEvidence } from '../../../../../services/detector/core/rise-evidence.ts'

/** Chances of 0, 1, 2… errors under a negative binomial of this mean and shape, by its recursion. */
function masses(mean: number, shape: number): number[] {
  const list = [(shape / (shape + mean)) ** shape]
  for (let k = 0; k < 5_000; k++) list.push((list[k] ?? 0) * ((k + shape) / (k + 1)) * (mean / (shape + mean)))
  return list
}

test.each([
  [100, 0.001, 1e5, 0.05],
  [100, 0.02, 5, 0.05],
  [1_000, 0.001, 0.05, 0.01],
  [10, 0.1, 0.3, 0.4],
])(
  'while nothing is wrong its exponential is 1 on average: %d requests at %d, shape %d, %d added',
  (n, rate, shape, added) => {
    const average = masses(n * rate, shape).reduce(
      (sum, mass, errors) => (mass < 1e-300 ? sum : sum + mass * Math.exp(riseEvidence(errors, n, rate, shape, added))),
      0,
    )
    expect(average).toBeCloseTo(1, 6)
  },
)

test('is the Poisson log-likelihood ratio where the rate stands still', () => {
  const [normal, faulty] = [100 * 0.001, 100 * (0.001 + 0.999 * 0.05)]
  const expected = 7 * Math.log(faulty / normal) - (faulty - normal)
  expect(riseEvidence(7, 100, 0.001, 1e9, 0.05)).toBeCloseTo(expected, 2)
})

test('the same errors speak louder spread over ten cells than crowded into one, where errors come in bursts', () => {
  const bursts = 0.05
  const crowded = riseEvidence(20, 100, 0.002, bursts, 0.02) + 9 * riseEvidence(0, 100, 0.002, bursts, 0.02)
  const spread = 10 * riseEvidence(2, 100, 0.002, bursts, 0.02)
  expect(spread).toBeGreaterThan(3 * crowded)
})

test('any counts give a finite number, and no errors never speak for a rise', () => {
  const counts = fc.record({
    requests: fc.integer({ min: 1, max: 10_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    rate: fc.double({ min: 1e-4, max: 0.98, noNaN: true }),
    shape: fc.double({ min: 1e-4, max: 1e6, noNaN: true }),
    added: fc.double({ min: 0.001, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(counts, ({ requests, share, rate, shape, added }) => {
      expect(Number.isFinite(riseEvidence(Math.floor(requests * share), requests, rate, shape, added))).toBe(true)
      expect(riseEvidence(0, requests, rate, shape, added)).toBeLessThanOrEqual(1e-9)
    }),
    { numRuns: 2_000 },
  )
})
