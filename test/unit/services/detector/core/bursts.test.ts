import { expect, test } from 'vitest'
import { blipOf, rememberBurst } from '../../../../../services/detector/core/bursts.ts'
import { emptySeries } from './drawn-series.ts'
import { defaultDetector, evenly, run, type Traffic } from './simulate.ts'

const HOUR = 360
const DAY = 24 * HOUR

test('bursts make the next like them no news for three days; what lasted longer does not', () => {
  const series = emptySeries()
  const usual = blipOf(series, 1_000)
  rememberBurst(series, { atCell: 1_000, errors: 500, cells: 40 })
  expect(blipOf(series, 1_001)).toEqual(usual)
  rememberBurst(series, { atCell: 1_000, errors: 60, cells: 7 })
  const known = blipOf(series, 1_001)
  expect(known.cells).toBe(8)
  expect(known.errors).toBeGreaterThan(usual.errors)
  expect(blipOf(series, 1_000 + 3 * DAY)).toEqual(usual)
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
