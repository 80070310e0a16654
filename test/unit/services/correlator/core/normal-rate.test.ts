import { expect, test } from 'vitest'
import { findNormalRate } from '../../../../../services/correlator/core/normal-rate.ts'
import { atMinute, spikeAt } from '../drawn-log.ts'

/** A thousand requests a minute from minute 0 to the onset at minute 120. */
function normalOf(errorsAt: (minute: number) => number): number {
  const minutes = Array.from({ length: 125 }, (_, minute) => {
    return { startMs: atMinute(minute), requests: 1000, errors: minute < 120 ? errorsAt(minute) : 500 }
  })
  return findNormalRate(spikeAt(120, { baselineRate: 0.001 }), minutes)
}

test('a route that always failed more than its service is held against its own rate', () => {
  expect(normalOf(() => 13)).toBeCloseTo(0.013, 3)
})

test('one that fails less is held against what the detector took for normal', () => {
  expect(normalOf(() => 0)).toBe(0.001)
})

test('half an hour of an earlier incident is not what is normal', () => {
  expect(normalOf((minute) => (minute >= 60 && minute < 90 ? 400 : 2))).toBe(0.002)
})

test('nothing read of before leaves what the detector took for normal', () => {
  expect(findNormalRate(spikeAt(120, { baselineRate: 0.004 }), [])).toBe(0.004)
})
