import { expect, test } from 'vitest'
import {
  beta,
  binomial,
  gamma,
  logFactorial,
  normal,
  pickWeighted,
  poisson,
  shuffle,
} from '../../worlds/distributions.ts'
import { createPrng, type Prng } from '../../worlds/prng.ts'

const DRAWS = 40_000

/** Mean and variance lie within five standard errors of what they should be. */
function expectMoments(draw: (prng: Prng) => number, mean: number, variance: number): void {
  const prng = createPrng('moments')
  const values = Array.from({ length: DRAWS }, () => draw(prng))
  const sampledMean = values.reduce((sum, x) => sum + x, 0) / DRAWS
  const squares = values.map((x) => (x - sampledMean) ** 2)
  const sampledVariance = squares.reduce((sum, x) => sum + x, 0) / DRAWS
  const fourth = squares.reduce((sum, x) => sum + x * x, 0) / DRAWS
  expect(Math.abs(sampledMean - mean)).toBeLessThan(5 * Math.sqrt(variance / DRAWS))
  expect(Math.abs(sampledVariance - variance)).toBeLessThan(5 * Math.sqrt((fourth - sampledVariance ** 2) / DRAWS))
}

test.each([0.02, 0.9, 7, 11.9, 12.1, 40, 300])('poisson of mean %d has that mean and variance', (mean) => {
  expectMoments((prng) => poisson(prng, mean), mean, mean)
})

test.each([
  [3, 0.5],
  [600, 0.001],
  [600, 0.2],
  [50, 0.93],
  [5_000, 0.4],
])('binomial of %d at %d has its mean and variance', (trials, p) => {
  expectMoments((prng) => binomial(prng, trials, p), trials * p, trials * p * (1 - p))
})

test.each([0.05, 0.7, 1, 25])('gamma of shape %d has that mean and variance', (shape) => {
  expectMoments((prng) => gamma(prng, shape), shape, shape)
})

test.each([
  [0.02, 20],
  [2, 3],
  [50, 4_000],
])('beta of %d and %d has its mean and variance', (a, b) => {
  expectMoments((prng) => beta(prng, { a, b }), a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1)))
})

test('the normal has mean 0 and variance 1', () => {
  expectMoments(normal, 0, 1)
})

test('impossible and certain things are neither drawn nor missed', () => {
  const prng = createPrng('edges')
  expect(binomial(prng, 10, 0)).toBe(0)
  expect(binomial(prng, 10, 1)).toBe(10)
  expect(binomial(prng, 0, 0.5)).toBe(0)
  expect(poisson(prng, 0)).toBe(0)
})

test('weights decide how often each item is picked', () => {
  const prng = createPrng('weights')
  const items = [
    { item: 'rare', weight: 1 },
    { item: 'often', weight: 9 },
  ]
  const often = Array.from({ length: 10_000 }, () => pickWeighted(prng, items)).filter(
    (item) => item === 'often',
  ).length
  expect(Math.abs(often - 9_000)).toBeLessThan(150)
})

test('shuffling keeps every item once', () => {
  const items = Array.from({ length: 50 }, (_, i) => i)
  const shuffled = shuffle(createPrng('cards'), items)
  expect(shuffled).not.toEqual(items)
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items)
})

test('the logarithm of a factorial is right across the switch to the series', () => {
  let exact = 0
  for (let k = 1; k <= 60; k++) {
    exact += Math.log(k)
    expect(logFactorial(k)).toBeCloseTo(exact, 7)
  }
})
