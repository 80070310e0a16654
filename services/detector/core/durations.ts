// Hot path: histograms of a service's durations are arrays indexed by bucket and changed in place.
import {
  DURATION_BUCKET_MAX,
  DURATION_BUCKET_OF_1_MS,
  type DurationCount,
  durationQuantile,
} from '../../../shared/domain/duration-buckets.ts'

/** Requests by bucket of their duration. */
export type Durations = Float64Array

/** All but the slowest twentieth. */
const MOST = 0.95
/** Whatever is faster than this (it is the end of a bucket, 128 ms) is not slow, however fast it was before. */
const LEAST_SLOW_BUCKET = DURATION_BUCKET_OF_1_MS + 14

export function createDurations(): Durations {
  return new Float64Array(DURATION_BUCKET_MAX + 1)
}

export function addDurations(durations: Durations, added: readonly DurationCount[]): void {
  for (const { bucket, requests } of added) durations[bucket] = (durations[bucket] ?? 0) + requests
}

/** What came earlier counts for less. */
export function forgetDurations(durations: Durations, kept: number): void {
  for (let bucket = 0; bucket < durations.length; bucket++) durations[bucket] = (durations[bucket] ?? 0) * kept
}

/** The 95th percentile, ms; 0 of none. */
export function mostWithinMs(durations: Durations): number {
  return durationQuantile([...durations].map(toCount), MOST) ?? 0
}

/** The last bucket that is not slow, where a slow request takes `slowdown` times as long as all but the slowest twentieth. */
export function slowAfter(durations: Durations, slowdown: number): number {
  const least = DURATION_BUCKET_OF_1_MS + Math.round(2 * Math.log2(Math.max(mostWithinMs(durations) * slowdown, 1e-3)))
  return Math.min(Math.max(least, LEAST_SLOW_BUCKET), DURATION_BUCKET_MAX)
}

function toCount(requests: number, bucket: number): DurationCount {
  return { bucket, requests }
}
