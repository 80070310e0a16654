import { CELL_MS } from '../../../shared/domain/cell.ts'
import { collectAlerts, type UsualRule } from './alert.ts'
import { createWindow } from './window.ts'

/** The paging windows of the SRE workbook (chapter 5, table 5-8): how fast the month's budget burns over a long and a short window. */
const WINDOWS = [
  { burn: 14.4, longMinutes: 60, shortMinutes: 5 },
  { burn: 6, longMinutes: 360, shortMinutes: 30 },
]

/** Multi-window, multi-burn-rate alert on an availability objective (0–1, e.g. 0.999). */
export function burnRate(objective: number): UsualRule {
  return {
    name: 'burn rate',
    findAlerts: (counts) => {
      const window = createWindow(counts)
      // A window that is not full yet says nothing.
      const isBurning = (cell: number, minutes: number, burn: number): boolean => {
        const { requests, errors } = window(cell, minutes)
        return cell + 1 >= (minutes * 60_000) / CELL_MS && errors > burn * (1 - objective) * requests
      }
      return collectAlerts(counts, (cell) =>
        WINDOWS.some(
          ({ burn, longMinutes, shortMinutes }) =>
            isBurning(cell, longMinutes, burn) && isBurning(cell, shortMinutes, burn),
        ),
      )
    },
  }
}
