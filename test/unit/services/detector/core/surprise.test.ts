import fc from 'fast-check'
import { expect, test } from 'vitest'
import { surprise } from '../../../../../services/detector/core/surprise.ts'

const STANDS_STILL = Number.POSITIVE_INFINITY

test('is nothing where the errors are no more than expected', () => {
  expect(surprise(1, 100, 0.01, STANDS_STILL)).toBe(0)
  expect(surprise(0, 100, 0.01, 3)).toBe(0)
  expect(surprise(0, 0, 0.01, 3)).toBe(0)
})

// Exact upper tails of the binomial, −ln P(X ≥ k), summed term by term.
test.each([
  [5, 100, 0.001, 16.48],
  [20, 1000, 0.005, 14.99],
  [60, 10_000, 0.003, 13.94],
  [400, 1000, 0.3, 25.23],
])('%d of %d at %d comes within 1.5 nats of the exact binomial tail', (errors, requests, rate, exact) => {
  expect(Math.abs(surprise(errors, requests, rate, STANDS_STILL) - exact)).toBeLessThan(1.5)
})

test('the more the rate wanders, the less a burst surprises', () => {
  const byShape = [STANDS_STILL, 100, 10, 1, 0.1].map((shape) => surprise(20, 1000, 0.002, shape))
  expect(byShape).toEqual(byShape.toSorted((a, b) => b - a))
})

test('is finite where all but one of very many fail, and that is normal', () => {
  expect(surprise(978_521, 978_522, 0.9899999999999998, 0.005083312232135336)).toBeGreaterThanOrEqual(0)
})

test('any counts give a finite number that is never negative and grows with the errors', () => {
  const counts = fc.record({
    requests: fc.integer({ min: 1, max: 1_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    rate: fc.double({ min: 1e-7, max: 0.99, noNaN: true }),
    shape: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  })
  fc.assert(
    fc.property(counts, ({ requests, share, rate, shape }) => {
      const errors = Math.floor(requests * share)
      const score = surprise(errors, requests, rate, shape)
      expect(Number.isFinite(score)).toBe(true)
      expect(score).toBeGreaterThanOrEqual(0)
      if (errors < requests)
        expect(surprise(errors + 1, requests, rate, shape)).toBeGreaterThanOrEqual(score * (1 - 1e-5))
    }),
    { numRuns: 2000 },
  )
})
