// Runs over a typed array with a state of two numbers.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { collectAlerts, type UsualRule } from './alert.ts'
import { stepRates } from './window.ts'

const STEP_CELLS = 60_000 / CELL_MS
/** Weight of the newest minute in the chart, and in the level that it is compared with (a memory of six hours). */
const FAST = 0.2
const SLOW = 1 / 360
const LIMIT = 4

/** Control chart of the smoothed one-minute share (Roberts 1959), four standard deviations above the long-run level. */
export function ewma(): UsualRule {
  return {
    name: 'EWMA',
    findAlerts: (counts) => {
      const alarms = alarmSteps(stepRates(counts, 1))
      return collectAlerts(counts, (cell) => (cell + 1) % STEP_CELLS === 0 && alarms[(cell + 1) / STEP_CELLS - 1] === 1)
    },
  }
}

function alarmSteps(rates: Float64Array): Uint8Array {
  const alarms = new Uint8Array(rates.length)
  let smooth = rates[0] ?? 0
  let mean = smooth
  let variance = 0
  for (let step = 0; step < rates.length; step++) {
    const rate = rates[step] ?? 0
    smooth += FAST * (rate - smooth)
    const deviation = Math.sqrt((variance * FAST) / (2 - FAST))
    if (step >= 60 && rate > 0 && smooth > mean + LIMIT * deviation) alarms[step] = 1
    const weight = Math.max(SLOW, 1 / (step + 1))
    const distance = rate - mean
    mean += weight * distance
    variance = (1 - weight) * (variance + weight * distance * distance)
  }
  return alarms
}
