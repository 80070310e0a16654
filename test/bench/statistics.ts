import { integer } from '../worlds/distributions.ts'
import { createPrng } from '../worlds/prng.ts'

/** A share with its 95 % Wilson interval; NaN of nothing. */
export interface Proportion {
  readonly hits: number
  readonly of: number
  readonly share: number
  readonly low: number
  readonly high: number
}

const Z95 = 1.959964

/** Wilson 1927: keeps its promise at 0 and 1 and on few trials, where the normal interval does not. */
export function wilson(hits: number, of: number): Proportion {
  if (of === 0) return { hits, of, share: Number.NaN, low: 0, high: 1 }
  const share = hits / of
  const spread = Z95 ** 2 / of
  const middle = share + spread / 2
  const half = Z95 * Math.sqrt((share * (1 - share)) / of + spread / (4 * of))
  const bound = (value: number): number => Math.min(Math.max(value / (1 + spread), 0), 1)
  return { hits, of, share, low: bound(middle - half), high: bound(middle + half) }
}

/** Nearest-rank quantile, `q` 0–1; NaN of nothing. Infinite values sort last. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(Math.ceil(q * sorted.length) - 1, 0)] ?? Number.NaN
}

/** One statement with its probability, and whether it was true. */
export interface Forecast {
  readonly probability: number
  readonly isTrue: boolean
}

/** What was said in one tenth of the scale, and how often it came true. */
export interface CalibrationBin {
  readonly from: number
  /** Mean of what was said. */
  readonly said: number
  readonly true: Proportion
}

/** Ten equal bins over 0–1; the empty ones are left out. */
export function calibrationBins(forecasts: readonly Forecast[]): CalibrationBin[] {
  return Array.from({ length: 10 }, (_, i) => i / 10).flatMap((from, i) => {
    const bin = forecasts.filter(({ probability }) => Math.min(Math.floor(probability * 10), 9) === i)
    if (bin.length === 0) return []
    const said = bin.reduce((sum, { probability }) => sum + probability, 0) / bin.length
    return [{ from, said, true: wilson(bin.filter(({ isTrue }) => isTrue).length, bin.length) }]
  })
}

/** Expected calibration error: |said − so| over the bins, weighted by their forecasts; NaN of nothing. */
export function calibrationError(forecasts: readonly Forecast[]): number {
  const gaps = calibrationBins(forecasts).map(({ said, true: so }) => Math.abs(said - so.share) * so.of)
  return gaps.reduce((sum, gap) => sum + gap, 0) / forecasts.length
}

export interface Interval {
  readonly low: number
  readonly high: number
}

const BOOTSTRAP_DRAWS = 1_000

/** 95 % interval of a statistic by drawing whole items (worlds) again with replacement; the same items give the same one. */
export function bootstrap<T>(items: readonly T[], statistic: (sample: readonly T[]) => number): Interval {
  const prng = createPrng('bootstrap')
  const draw = (): T[] => items.flatMap(() => items[integer(prng, 0, items.length - 1)] ?? [])
  const drawn = Array.from({ length: BOOTSTRAP_DRAWS }, () => statistic(draw()))
  return { low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) }
}

/** 95 % score interval of a rate, given a count that came of some exposure; keeps its promise at 0. */
export function poissonInterval(count: number, exposure: number): Interval {
  const middle = count + Z95 ** 2 / 2
  const half = Z95 * Math.sqrt(count + Z95 ** 2 / 4)
  return { low: Math.max(middle - half, 0) / exposure, high: (middle + half) / exposure }
}
