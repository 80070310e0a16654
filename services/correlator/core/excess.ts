import type { SeriesTotal } from './evidence-data.ts'
import type { IncidentCase } from './incident-case.ts'
import { total } from './total.ts'

/** Errors' worth of the service's own rate that a thin series is pulled towards it with. */
const PRIOR_ERRORS = 2
/** A service that never failed is taken to fail this seldom. */
const RATE_MIN = 1e-6

export interface Excess {
  readonly requests: number
  readonly errors: number
  /** Errors beyond what these requests normally bring; never negative. */
  readonly excess: number
}

/** Share of a service's requests that failed before the incident; of the root, what the detector took for normal if it said so. */
export function baselineRate(incident: IncidentCase, service: string): number {
  // Of slow requests the detector tells how many are normally slow.
  const spikes = incident.group.spikes.filter(({ signal }) => signal !== 'latency')
  const wide = spikes.find((spike) => spike.service === service && spike.route === null)
  if (wide !== undefined) return Math.max(wide.baselineRate, RATE_MIN)
  const rows = incident.data.totals.filter((row) => row.service === service)
  const requests = total(rows, 'requestsBefore')
  // Nothing before: what the detector assumed of the failing route has to do.
  if (requests === 0) return Math.max(...spikes.map((spike) => spike.baselineRate), RATE_MIN)
  return Math.max(total(rows, 'errorsBefore') / requests, RATE_MIN)
}

/** What rows of one service suffered, against their own normal rate (a thin one borrows the service's). */
export function excessOf(rows: readonly SeriesTotal[], serviceRate: number): Excess {
  const requests = total(rows, 'requests')
  const errors = total(rows, 'errors')
  const normal =
    (total(rows, 'errorsBefore') + PRIOR_ERRORS) / (total(rows, 'requestsBefore') + PRIOR_ERRORS / serviceRate)
  return { requests, errors, excess: Math.max(errors - normal * requests, 0) }
}
