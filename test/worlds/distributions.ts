import type { Prng } from './prng.ts'

/** Uniform in [low, high). */
export function uniform(prng: Prng, low: number, high: number): number {
  return low + (high - low) * prng.next()
}

/** A number whose logarithm is uniform: as many between 1 and 10 as between 10 and 100. */
export function logUniform(prng: Prng, low: number, high: number): number {
  return Math.exp(uniform(prng, Math.log(low), Math.log(high)))
}

/** An integer in [low, high], both ends included. */
export function integer(prng: Prng, low: number, high: number): number {
  return low + Math.floor(prng.next() * (high - low + 1))
}

export function chance(prng: Prng, probability: number): boolean {
  return prng.next() < probability
}

/** One of them, alike likely. Throws on an empty list. */
export function pick<T>(prng: Prng, items: readonly T[]): T {
  return pickWeighted(
    prng,
    items.map((item) => ({ item, weight: 1 })),
  )
}

/** One of them, in proportion to its weight. Throws on an empty list. */
export function pickWeighted<T>(prng: Prng, items: readonly { readonly item: T; readonly weight: number }[]): T {
  let left = prng.next() * items.reduce((sum, { weight }) => sum + weight, 0)
  for (const { item, weight } of items) {
    left -= weight
    if (left < 0) return item
  }
  const last = items.at(-1)
  if (last === undefined) throw new Error('nothing to pick from')
  return last.item
}

/** The same items in random order (Fisher and Yates). */
export function shuffle<T>(prng: Prng, items: readonly T[]): T[] {
  const rest = [...items]
  const shuffled: T[] = []
  while (rest.length > 0) shuffled.push(...rest.splice(integer(prng, 0, rest.length - 1), 1))
  return shuffled
}

/** Standard normal (Box and Muller, one of the pair). */
export function normal(prng: Prng): number {
  return Math.sqrt(-2 * Math.log(1 - prng.next())) * Math.cos(2 * Math.PI * prng.next())
}

/** Mean `shape`, variance `shape` (Marsaglia and Tsang 2000; shapes below 1 by their boost). */
export function gamma(prng: Prng, shape: number): number {
  if (shape < 1) return gamma(prng, shape + 1) * (1 - prng.next()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(prng)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - prng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Mean a / (a + b). Where both draws underflow (tiny a and b) the answer is a coin's, as in the limit. */
export function beta(prng: Prng, { a, b }: { readonly a: number; readonly b: number }): number {
  const x = gamma(prng, a)
  const y = gamma(prng, b)
  if (x + y > 0) return x / (x + y)
  return chance(prng, a / (a + b)) ? 1 : 0
}

/** Knuth's product below a mean of 12, above it Hörmann's PTRS (1993), which is exact too. */
export function poisson(prng: Prng, mean: number): number {
  if (mean <= 0) return 0
  if (mean >= 12) return poissonByRejection(prng, mean)
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = prng.next(); product > limit; product *= prng.next()) count++
  return count
}

function poissonByRejection(prng: Prng, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const accept = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = prng.next() - 0.5
    const v = prng.next()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= accept) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const height = Math.log((v * inverseAlpha) / (a / (us * us) + b))
    if (height <= k * Math.log(mean) - mean - logFactorial(k)) return k
  }
}

/** Successes of `trials`. By inversion, in time that grows with the successes; halves what would underflow. */
export function binomial(prng: Prng, trials: number, probability: number): number {
  if (trials <= 0 || probability <= 0) return 0
  if (probability >= 1) return trials
  if (probability > 0.5) return trials - binomial(prng, trials, 1 - probability)
  if (trials * probability > 300) {
    const half = trials >> 1
    return binomial(prng, half, probability) + binomial(prng, trials - half, probability)
  }
  const odds = probability / (1 - probability)
  let mass = (1 - probability) ** trials
  let left = prng.next()
  let count = 0
  while (left > mass && count < trials) {
    left -= mass
    mass *= (odds * (trials - count)) / (count + 1)
    count++
  }
  return count
}

/** ln k!, by Stirling's series above 9 (error below 1e-8). */
export function logFactorial(k: number): number {
  if (k < 10) {
    let product = 1
    for (let i = 2; i <= k; i++) product *= i
    return Math.log(product)
  }
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * k) - 1 / (360 * k ** 3)
}
