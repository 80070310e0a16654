import { expect, test } from 'vitest'
import { blipNats, blipOf, rememberBurst } from '../../../../../services/detector/core/bursts.ts'
import { emptySeries, START_CELL, seriesOf } from './drawn-series.ts'
import { defaultDetector, evenly, run, type Traffic } from './simulate.ts'

const HOUR = 360
const DAY = 24 * HOUR

test('bursts make the next like them no news for three days; what lasted longer does not', () => {
  const series = emptySeries()
  const atCell = START_CELL + DAY
  const usual = blipOf(series, atCell)
  rememberBurst(series, { atCell, errors: 500, cells: 40 })
  expect(blipOf(series, atCell)).toEqual(usual)
  rememberBurst(series, { atCell, errors: 60, cells: 7 })
  const known = blipOf(series, atCell)
  expect(known.cells).toBe(8)
  expect(known.mean).toBeGreaterThan(usual.mean)
  expect(blipOf(series, atCell + 3 * DAY).mean).toEqual(usual.mean)
})

test('the longer a service is known and does not burst, the less a blip explains', () => {
  const series = emptySeries()
  const nats = [0, HOUR, 8 * HOUR, 3 * DAY].map((age) => blipNats(blipOf(series, START_CELL + age), 30))
  expect(nats).toEqual(nats.toSorted((a, b) => a - b))
  expect(new Set(nats).size).toBe(4)
})

test('bursts that never were an alarm make the next like them no news', () => {
  const burst = (cell: number): boolean => cell % (2 * HOUR) < 3
  const calm = evenly(100, 0.0005)
  const bursting = seriesOf((cell) => (burst(cell) ? [100, 10] : calm(cell)), DAY)
  const newest = START_CELL + DAY
  const excess = 35
  expect(blipNats(blipOf(bursting, newest), excess)).toBeLessThan(
    blipNats(blipOf(seriesOf(calm, DAY), newest), excess) - 2,
  )
})

test('a burst of a minute is told once or twice, not daily; a fault that lasts is told all the same', () => {
  const detector = defaultDetector()
  const calm = evenly(100, 0.0005)
  const isBurst = (cell: number) => cell > 12 * HOUR && cell % (6 * HOUR) < 6
  const faultAt = 4 * DAY + HOUR
  const traffic: Traffic = (cell) => {
    if (isBurst(cell) && cell < faultAt) return [100, 9]
    return cell >= faultAt && cell < faultAt + 60 ? [100, 9] : calm(cell)
  }
  run(detector, traffic, [0, faultAt + HOUR])
  const told = detector.spikes().filter(({ route }) => route === null)
  const ofFault = told.filter(({ onsetAtMs }) => Math.abs(onsetAtMs / 10_000 - faultAt) <= 2)
  expect(ofFault).toHaveLength(1)
  expect((ofFault[0]?.detectedAtMs ?? 0) / 10_000 - faultAt).toBeLessThanOrEqual(18)
  expect(told.length - 1).toBeLessThanOrEqual(2)
})
