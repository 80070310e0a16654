import { expect, test } from 'vitest'
import { bursting, createPeaks, observeRun } from '../../../../../services/detector/core/peaks.ts'

const DAY = 24 * 360
const HALF_MINUTE = 0
const TWO_MINUTES = 1

test('keeps the 24 worst bursts of three days, one of every ten minutes', () => {
  const peaks = createPeaks(0)
  for (let burst = 1; burst <= 40; burst++)
    for (const errors of [burst, burst - 0.5]) observeRun(peaks, burst * 60, HALF_MINUTE, errors)
  observeRun(peaks, 41 * 60, HALF_MINUTE, 0)
  expect(bursting(peaks, 41 * 60)).toMatchObject({ count: 24, least: 17, sum: 24 * 28.5 })
  observeRun(peaks, 4 * DAY, HALF_MINUTE, 0)
  observeRun(peaks, 4 * DAY + 60, HALF_MINUTE, 0)
  expect(bursting(peaks, 4 * DAY + 60).count).toBe(0)
})

test('a few errors are no burst', () => {
  const peaks = createPeaks(0)
  for (let burst = 1; burst <= 20; burst++) observeRun(peaks, burst * 60, HALF_MINUTE, 3)
  expect(bursting(peaks, 21 * 60).count).toBe(0)
})

test('bursts last two minutes where these hold much more than the worst half of one', () => {
  const lasting = (ratio: number): number => {
    const peaks = createPeaks(0)
    for (let burst = 1; burst <= 9; burst++) {
      observeRun(peaks, burst * 60, HALF_MINUTE, 10)
      observeRun(peaks, burst * 60, TWO_MINUTES, 10 * ratio)
    }
    return bursting(peaks, 10 * 60).cells
  }
  expect(lasting(1.2)).toBe(4)
  expect(lasting(2.5)).toBe(12)
})
