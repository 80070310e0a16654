import { CELL_MS } from '../../../shared/domain/cell.ts'
import { collectAlerts, type UsualRule } from './alert.ts'
import { createWindow, stepRates } from './window.ts'

const MINUTES = 5
const STEP_CELLS = (MINUTES * 60_000) / CELL_MS
const HISTORY_STEPS = 72

/** "The last five minutes are more than six median deviations above the median of the six hours before", asked every 10 seconds. */
export function medianMad(): UsualRule {
  return {
    name: 'MAD',
    findAlerts: (counts) => {
      const window = createWindow(counts)
      const limits = stepLimits(stepRates(counts, MINUTES))
      return collectAlerts(counts, (cell) => {
        const limit = limits[Math.floor((cell + 1) / STEP_CELLS)]
        const { requests, errors } = window(cell, MINUTES)
        return limit !== undefined && requests > 0 && errors > limit * requests
      })
    },
  }
}

/** For each step the highest share that is still normal, from the steps before it; nothing is alarming in the first hour. */
function stepLimits(rates: Float64Array): number[] {
  return Array.from(rates, (_, step) => {
    const history = rates.slice(Math.max(step - HISTORY_STEPS, 0), step)
    if (history.length < 60 / MINUTES) return 1
    const median = medianOf(history)
    return median + 6 * medianOf(history.map((rate) => Math.abs(rate - median)))
  })
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted()
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2
}
