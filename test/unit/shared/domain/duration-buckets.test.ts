import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  DURATION_BUCKET_OF_1_MS,
  durationBucketEnd,
  durationQuantile,
} from '../../../../shared/domain/duration-buckets.ts'

test('the bucket of 1 ms ends there, and each other is half a power of two on', () => {
  expect(durationBucketEnd(DURATION_BUCKET_OF_1_MS)).toBe(1)
  expect(durationBucketEnd(DURATION_BUCKET_OF_1_MS + 2)).toBe(2)
  expect(durationBucketEnd(DURATION_BUCKET_OF_1_MS + 20)).toBe(1_024)
})

test('of nothing no quantile is told', () => {
  expect(durationQuantile([], 0.5)).toBe(null)
  expect(durationQuantile([{ bucket: 3, requests: 0 }], 0.5)).toBe(null)
})

test('a quantile is within a bucket of that of the durations themselves, however they are spread', () => {
  const durations = fc.array(fc.double({ min: 0.3, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
      const counts = all.map((duration) => {
        return { bucket: Math.ceil(2 * Math.log2(duration)) + DURATION_BUCKET_OF_1_MS, requests: 1 }
      })
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1] ?? 0
      const told = durationQuantile(counts, share) ?? 0
      expect(told).toBeGreaterThan(exact / 1.42)
      expect(told).toBeLessThan(exact * 1.42)
    }),
  )
})
