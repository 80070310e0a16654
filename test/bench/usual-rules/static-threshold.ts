import { collectAlerts, type UsualRule } from './alert.ts'
import { createWindow } from './window.ts'

/** Fewer errors than this in the window ring nobody, or the rule would ring all day for thin services. */
const ERRORS_MIN = 5

/** "More than so many percent of errors over five minutes", asked every 10 seconds. `share` 0–1. */
export function staticThreshold(share: number): UsualRule {
  return {
    name: `${share * 100} %`,
    findAlerts: (counts) => {
      const window = createWindow(counts)
      return collectAlerts(counts, (cell) => {
        const { requests, errors } = window(cell, 5)
        return errors >= ERRORS_MIN && errors > share * requests
      })
    },
  }
}
