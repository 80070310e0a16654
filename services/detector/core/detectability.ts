import type { Baseline } from './open-spike.ts'
import { surprise } from './surprise.ts'

/** A rise that would be seen: so much more of the requests failing, within so long at the present traffic. */
export interface DetectableRise {
  readonly withinMs: number
  /** Error rate, 0–1, that would be seen in that time; undefined: not even every request failing would. */
  readonly errorRate: number | undefined
}

const MINUTE_MS = 60_000
const HORIZONS_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS]

/** For each of 1, 5 and 30 minutes: the smallest error rate that the detector sees in that time at this traffic. */
export function detectableRises(
  series: { readonly baseline: Baseline; readonly requestsPerSecond: number },
  limits: { readonly threshold: number; readonly excessErrors: number; readonly uplift: number },
): DetectableRise[] {
  return HORIZONS_MS.map((withinMs) => {
    const requests = (series.requestsPerSecond * withinMs) / 1000
    return { withinMs, errorRate: smallestVisibleRate(requests, series.baseline, limits) }
  })
}

function smallestVisibleRate(
  requests: number,
  baseline: Baseline,
  limits: { readonly threshold: number; readonly excessErrors: number; readonly uplift: number },
): number | undefined {
  const isVisible = (rate: number) =>
    requests * (rate - baseline.rate) >= limits.excessErrors &&
    rate - baseline.rate >= limits.uplift &&
    surprise(requests * rate, requests, baseline.rate, baseline.shape) >= limits.threshold
  if (!isVisible(1)) return undefined
  let hidden = baseline.rate
  let visible = 1
  while (visible - hidden > 1e-4) {
    const middle = (visible + hidden) / 2
    if (isVisible(middle)) visible = middle
    else hidden = middle
  }
  return visible
}
