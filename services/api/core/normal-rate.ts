/** Sums over the steps of a time in which nothing was wrong: n requests and e errors a step. */
export interface NormalSums {
  readonly steps: number
  readonly n: number
  readonly e: number
  readonly nn: number
  readonly ee: number
  readonly ne: number
}

/** What is normal: an error rate, 0–1, and how much it moves from step to step beyond chance (variance over squared mean). */
export interface NormalRate {
  readonly rate: number
  readonly relativeVariance: number
}

const STEPS_MIN = 10
const RELATIVE_VARIANCE_MAX = 25
/** As many standard deviations as the band is wide on each side: chance leaves it once in hundreds of steps. */
const BAND_DEVIATIONS = 3

/**
 * The rate over all steps, and by moments how far the steps' counts spread beyond the binomial's variance (Williams 1982).
 * Undefined where hardly anything was seen.
 */
export function normalRateOf({ steps, n, e, nn, ee, ne }: NormalSums): NormalRate | undefined {
  if (n === 0 || steps < STEPS_MIN) return undefined
  const rate = e / n
  if (rate === 0) return { rate, relativeVariance: 0 }
  const squares = ee - 2 * rate * ne + rate * rate * nn
  const relativeVariance = (squares - n * rate * (1 - rate)) / (rate * rate * nn)
  return { rate, relativeVariance: Math.min(Math.max(relativeVariance, 0), RELATIVE_VARIANCE_MAX) }
}

/** Between which error rates a step of so many requests lies while nothing is wrong; null for a step without requests. */
export function normalBand({ rate, relativeVariance }: NormalRate, requests: number): readonly [number, number] | null {
  if (requests === 0) return null
  // With no error ever seen, one more is still nothing to be surprised of.
  const chance = Math.max(rate * (1 - rate), 1 / requests) / requests
  const deviation = Math.sqrt(chance + relativeVariance * rate * rate)
  return [Math.max(rate - BAND_DEVIATIONS * deviation, 0), Math.min(rate + BAND_DEVIATIONS * deviation, 1)]
}

/** A rate with the digits that mean something. */
export function roundRate(rate: number): number {
  return Number(rate.toPrecision(4))
}
