import { expect, test } from 'vitest'
import { baselineOf } from '../../../../../services/detector/core/baseline.ts'
import { normalOf, plausibleRatio } from '../../../../../services/detector/core/normal.ts'
import { emptySeries, seriesOf } from './drawn-series.ts'
import { byChance, seeded, type Traffic } from './simulate.ts'

const DAY = 8640

/** Errors at twenty times the mean rate in one of twenty stretches of `hold` cells, none in the others. */
function inBursts(hold: number): Traffic {
  const random = seeded(4)
  let failing = false
  return (cell) => {
    if (cell % hold === 0) failing = random() < 0.05
    return failing ? byChance(random, 100, 0.2)(cell) : [100, 0]
  }
}

function normalAfterADay(traffic: Traffic) {
  const series = seriesOf(traffic, DAY)
  return { ...normalOf(series, baselineOf(series)), level: baselineOf(series).rate }
}

test('a steady series is plausible only little above its level', () => {
  const { rate, level, blockCells } = normalAfterADay(byChance(seeded(1), 1_000, 0.01))
  expect(blockCells).toBe(1)
  expect(rate / level).toBeLessThan(1.8)
})

test.each([
  [1, 1],
  [3, 3],
  [6, 6],
])('bursts of %d cells are judged in blocks of about as many', (hold, cells) => {
  const { blockCells } = normalAfterADay(inBursts(hold))
  expect(blockCells).toBeGreaterThanOrEqual(cells / 2)
  expect(blockCells).toBeLessThanOrEqual(cells * 2)
})

test('a level that wanders by the hour is plausible far above its mean', () => {
  const random = seeded(2)
  const wandering: Traffic = (cell) => byChance(random, 500, Math.floor(cell / 540) % 2 === 0 ? 0.002 : 0.03)(cell)
  const { rate, level } = normalAfterADay(wandering)
  expect(rate / level).toBeGreaterThan(3)
})

test('of a series that nothing is known of, a failing sixth is plausible and a half is not', () => {
  const series = emptySeries()
  const { rate } = normalOf(series, baselineOf(series))
  expect(rate).toBeGreaterThan(1 / 6)
  expect(rate).toBeLessThan(0.5)
})

test.each([0.01, 0.35, 1, 10, 1_000])(
  'a gamma variable of shape %d reaches the plausible ratio at the given exponent',
  (shape) => {
    const ratio = plausibleRatio(shape, 7)
    expect(ratio).toBeGreaterThan(1)
    expect(shape * (ratio - 1 - Math.log(ratio))).toBeCloseTo(7, 3)
  },
)
