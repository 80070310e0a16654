import { expect, test } from 'vitest'
import { drawCase } from '../drawn-case.ts'
import { atMinute, drawLog, spikeAt, steady } from '../drawn-log.ts'

/** Six hundred requests a minute from minute 0, failures from minute 120 on. */
function climbOf(failures: readonly number[], observedRate = 0.1): number {
  const requests = steady(600, 120 + failures.length)
  const rows = drawLog([{ requests, failures: [...steady(0, 120), ...failures] }])
  return drawCase(rows, [spikeAt(120, { observedRate })]).course.climbLogOdds
}

function rising(minutes: number, to: number): number[] {
  return Array.from({ length: minutes }, (_, minute) => Math.round((to * (minute + 0.5)) / minutes))
}

test.each([3, 6, 10, 15])('errors that rise evenly over %i minutes are seen to climb', (minutes) => {
  expect(climbOf([...rising(minutes, 60), ...steady(60, 20)])).toBeGreaterThan(2)
})

test('errors that are up at once are seen not to climb', () => {
  expect(climbOf(steady(60, 30))).toBeLessThan(-2)
})

test('a few errors tell nothing of their course', () => {
  expect(climbOf([1, 2, 3, 4])).toBe(0)
  expect(climbOf([])).toBe(0)
})

test('however many errors there are, their course says no more than it may', () => {
  expect(climbOf([...rising(10, 600), ...steady(600, 20)])).toBe(5)
  expect(climbOf(steady(600, 30))).toBe(-5)
})

test('errors that climb are taken to have begun before they were noticed', () => {
  const failures = [...steady(0, 117), ...rising(10, 60), ...steady(60, 20)]
  const rows = drawLog([{ requests: steady(600, failures.length), failures }])
  const { climbLogOdds, climbStarts } = drawCase(rows, [spikeAt(120)]).course
  expect(climbLogOdds).toBeGreaterThan(2)
  const meanMs = climbStarts.reduce((sum, { atMs, weight }) => sum + weight * atMs, 0)
  expect(Math.abs(meanMs - atMinute(117))).toBeLessThan(60_000)
  expect(climbStarts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
})
