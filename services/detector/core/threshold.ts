import { CELL_MS } from '../../../shared/domain/cell.ts'

const WEEK_MS = 7 * 24 * 3600 * 1000

/** Few series are no reason to be jumpy: nobody wants to be woken more often for a small fleet's sake. */
const MIN_WATCHED = 10

/** A look tries many added rates; they overlap, and count for about so many independent ones. */
export const RISES_PER_LOOK = 3

/** Of the budget of false alarms services and routes have nearly half each; missing traffic and latency have the rest. */
const RISES_SHARE = 0.45
const DROPS_SHARE = 0.06
const LATENCY_SHARE = 0.04

/** Evidence that a rise of `watched` services, or of `watched` routes, must have, nats. */
export function riseThreshold(perWeek: number, watched: number): number {
  return alarmThreshold(perWeek * RISES_SHARE, watched)
}

/** Evidence that missing traffic of `watched` services must have, nats. */
export function dropThreshold(perWeek: number, watched: number): number {
  return alarmThreshold(perWeek * DROPS_SHARE, watched)
}

/** Evidence that `watched` services are slow must have, nats. */
export function latencyThreshold(perWeek: number, watched: number): number {
  return alarmThreshold(perWeek * LATENCY_SHARE, watched)
}

/**
 * How much evidence there must be, in nats, so that `watched` series looked at every ten seconds raise `perWeek` false
 * alarms a week together: −ln of the chance that one look may take. Looks that share cells are far from independent, so this
 * errs on the quiet side.
 */
function alarmThreshold(perWeek: number, watched: number): number {
  const looks = Math.max(MIN_WATCHED, watched) * (WEEK_MS / CELL_MS)
  return Math.log((looks * RISES_PER_LOOK) / perWeek)
}
