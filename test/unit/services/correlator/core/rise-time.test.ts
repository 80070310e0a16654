import { expect, test } from 'vitest'
import { drawCase } from '../drawn-case.ts'
import { drawLog, spikeAt, steady } from '../drawn-log.ts'

function riseMinutes(failures: readonly number[], observedRate = 0.1): number {
  const rows = drawLog([{ requests: steady(600, 150), failures: [...steady(0, 120), ...failures] }])
  return drawCase(rows, [spikeAt(120, { observedRate })]).riseMs / 60_000
}

test('errors that are up at once took no time to rise', () => {
  expect(riseMinutes(steady(60, 30))).toBe(0)
})

test('errors that climb evenly took about as long as they climb', () => {
  const climbing = [...Array.from({ length: 10 }, (_, minute) => 6 * minute), ...steady(60, 20)]
  expect(riseMinutes(climbing)).toBeGreaterThan(8)
  expect(riseMinutes(climbing)).toBeLessThan(13)
})

test('where no error is read, nothing is known of a rise', () => {
  expect(riseMinutes([])).toBe(0)
})
