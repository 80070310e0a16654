import type { ServiceMinute } from './evidence-data.ts'
import { groupBy } from './group-by.ts'
import type { IncidentCase } from './incident-case.ts'
import { total } from './total.ts'

const MINUTE_MS = 60_000
const BEFORE_MS = 30 * MINUTE_MS
const AFTER_MS = 5 * MINUTE_MS
const ERRORS_MIN = 5
const RATIO_MIN = 3
const EVIDENCE_MIN = 10

export interface Elsewhere {
  /** Services outside the incident whose error rate rose at its onset. */
  readonly failing: readonly string[]
  /** Services with traffic at the onset, the incident's own among them. */
  readonly serviceCount: number
}

/** Looks at every service of the environment in the minutes around the onset. */
export function lookElsewhere(incident: IncidentCase): Elsewhere {
  const byService = groupBy(incident.data.serviceMinutes, ({ service }) => service)
  const names = [...byService.keys()].toSorted()
  return {
    failing: names.filter((service) => {
      return !incident.services.includes(service) && rose(byService.get(service) ?? [], incident.onsetAtMs)
    }),
    serviceCount: names.length,
  }
}

/** Whether a service's errors rose at a time, by a Poisson likelihood ratio against the half hour before. */
function rose(minutes: readonly ServiceMinute[], atMs: number): boolean {
  const before = minutes.filter(({ startMs }) => startMs >= atMs - BEFORE_MS && startMs < atMs - MINUTE_MS)
  const after = minutes.filter(({ startMs }) => startMs >= atMs && startMs < atMs + AFTER_MS)
  const errors = total(after, 'errors')
  const rate = (total(before, 'errors') + 1) / Math.max(total(before, 'requests'), 1)
  const expected = rate * total(after, 'requests')
  if (errors < ERRORS_MIN || errors < RATIO_MIN * expected) return false
  return errors * Math.log(errors / expected) - (errors - expected) >= EVIDENCE_MIN
}
