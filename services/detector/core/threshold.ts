import { CELL_MS } from '../../../shared/domain/cell.ts'

const WEEK_MS = 7 * 24 * 3600 * 1000

/** Few series are no reason to be jumpy: nobody wants to be woken more often for a small fleet's sake. */
const MIN_WATCHED = 10

/**
 * Sums for nine added rates reach h nats this many times e^−h a look, where errors come evenly and where they come in bursts:
 * looks share most of their cells, and errors are whole. Fitted by test/bench/alarm-rate.ts.
 */
export const STEADY_ALARMS_PER_LOOK = 0.3
export const BURSTY_ALARMS_PER_LOOK = 0.7
/** Missing traffic, latency and client errors are looked for over windows of several lengths, which count for about so many independent ones. */
const WINDOWS_PER_LOOK = 3

/** Of the budget of false alarms services and routes have nearly half each; the others have the rest. */
const RISES_SHARE = 0.45
const DROPS_SHARE = 0.06
const LATENCY_SHARE = 0.03
const CLIENT_ERRORS_SHARE = 0.01

/** −ln of the chance that one look for a rise of one of `watched` services, or of `watched` routes, may take. */
export function riseThreshold(perWeek: number, watched: number): number {
  return lookNats(perWeek * RISES_SHARE, watched)
}

/** Evidence that missing traffic of `watched` services must have, nats. */
export function dropThreshold(perWeek: number, watched: number): number {
  return lookNats(perWeek * DROPS_SHARE, watched) + Math.log(WINDOWS_PER_LOOK)
}

/** Evidence that `watched` services are slow must have, nats. */
export function latencyThreshold(perWeek: number, watched: number): number {
  return lookNats(perWeek * LATENCY_SHARE, watched) + Math.log(WINDOWS_PER_LOOK)
}

/** Evidence that one kind of client error of `watched` such kinds and services must have, nats. */
export function clientErrorThreshold(perWeek: number, watched: number): number {
  return lookNats(perWeek * CLIENT_ERRORS_SHARE, watched) + Math.log(WINDOWS_PER_LOOK)
}

/** `watched` series are looked at every ten seconds and may raise `perWeek` false alarms a week together. */
function lookNats(perWeek: number, watched: number): number {
  const looks = Math.max(MIN_WATCHED, watched) * (WEEK_MS / CELL_MS)
  return Math.log(looks / perWeek)
}
