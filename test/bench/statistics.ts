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

/** Expected calibration error: |said − so| over ten equal bins, weighted by their forecasts; NaN of nothing. */
export function calibrationError(forecasts: readonly Forecast[]): number {
  const bins = Array.from({ length: 10 }, (_, i) =>
    forecasts.filter(({ probability }) => Math.min(Math.floor(probability * 10), 9) === i),
  )
  const gaps = bins.map((bin) =>
    Math.abs(bin.reduce((sum, { probability, isTrue }) => sum + probability - (isTrue ? 1 : 0), 0)),
  )
  return gaps.reduce((sum, gap) => sum + gap, 0) / forecasts.length
}
