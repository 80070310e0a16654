/**
 * Durations are counted in buckets of half a power of two: wide enough that a service's minute takes a handful of rows, and
 * narrow enough that a quantile read off them is right within some percent.
 */

/** Ends at 1 ms; those before it are of fast services, the first of all that is faster still. */
export const DURATION_BUCKET_OF_1_MS = 6
export const DURATION_BUCKET_MAX = 63

/** The longest duration, ms, that a bucket holds. */
export function durationBucketEnd(bucket: number): number {
  return 2 ** ((bucket - DURATION_BUCKET_OF_1_MS) / 2)
}

/** The bucket that ends nearest to a duration, ms. */
export function durationBucketOf(duration: number): number {
  const bucket = DURATION_BUCKET_OF_1_MS + Math.round(2 * Math.log2(duration))
  return Math.min(Math.max(bucket, 0), DURATION_BUCKET_MAX)
}

/** Requests whose duration is in a bucket. */
export interface DurationCount {
  readonly bucket: number
  readonly requests: number
}

/**
 * The duration, ms, that a share of the requests (0–1) took at most; null of none. Within a bucket they are taken to be spread
 * evenly over the logarithm.
 */
export function durationQuantile(counts: readonly DurationCount[], share: number): number | null {
  const sorted = counts.toSorted((a, b) => a.bucket - b.bucket)
  const total = sorted.reduce((sum, { requests }) => sum + requests, 0)
  let before = 0
  for (const { bucket, requests } of sorted) {
    if (before + requests < share * total || requests === 0) {
      before += requests
      continue
    }
    const inside = (share * total - before) / requests
    return durationBucketEnd(bucket - 1 + inside)
  }
  return null
}
