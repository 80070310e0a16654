import { expect, test } from 'vitest'
import { clampFuture } from '../../../../../services/ingest/core/clamp-future.ts'

test('times from a clock that runs ahead count as of now, and are counted; others are left alone', () => {
  const atMs = Float64Array.of(1_000, 5_000, 5_001, 600_000)
  expect(clampFuture(atMs, 5_000)).toBe(2)
  expect([...atMs]).toEqual([1_000, 5_000, 5_000, 5_000])
})
