import { CELL_MS } from '../../../shared/domain/cell.ts'

const WEEK_MS = 7 * 24 * 3600 * 1000

/** Few series are no reason to be jumpy: nobody wants to be woken more often for a small fleet's sake. */
const MIN_WATCHED = 10

/** A look tries many added rates; they overlap, and count for about so many independent ones. */
const RISES_PER_LOOK = 3

/**
 * How much evidence a rise must have, in nats, so that `watched` series looked at every ten seconds raise `perWeek` false
 * alarms a week together: −ln of the chance that one look may take. Looks that share cells are far from independent, so this
 * errs on the quiet side.
 */
export function alarmThreshold(perWeek: number, watched: number): number {
  const looks = Math.max(MIN_WATCHED, watched) * (WEEK_MS / CELL_MS)
  return Math.log((looks * RISES_PER_LOOK) / perWeek)
}
