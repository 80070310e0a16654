// Keeps running sums over a sliding window of a typed array.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { collectAlerts, type UsualRule } from './alert.ts'
import { stepRates } from './window.ts'

const STEP_CELLS = 60_000 / CELL_MS
const HISTORY_STEPS = 360

/** "The last minute is more than three standard deviations above the mean of the six hours before", asked every minute. */
export function threeSigma(): UsualRule {
  return {
    name: '3 sigma',
    findAlerts: (counts) => {
      const alarms = alarmSteps(stepRates(counts, 1))
      // A step is judged when it is over: in the cell that ends it.
      return collectAlerts(counts, (cell) => (cell + 1) % STEP_CELLS === 0 && alarms[(cell + 1) / STEP_CELLS - 1] === 1)
    },
  }
}

function alarmSteps(rates: Float64Array): Uint8Array {
  const alarms = new Uint8Array(rates.length)
  let sum = 0
  let squares = 0
  for (let step = 0; step < rates.length; step++) {
    const rate = rates[step] ?? 0
    const known = Math.min(step, HISTORY_STEPS)
    if (known >= 60) {
      const mean = sum / known
      const deviation = Math.sqrt(Math.max(squares / known - mean * mean, 0))
      if (rate > 0 && rate > mean + 3 * deviation) alarms[step] = 1
    }
    const leaving = step >= HISTORY_STEPS ? (rates[step - HISTORY_STEPS] ?? 0) : 0
    sum += rate - leaving
    squares += rate * rate - leaving * leaving
  }
  return alarms
}
