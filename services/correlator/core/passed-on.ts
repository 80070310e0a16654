import type { ServedMinute } from './evidence-data.ts'
import { total } from './total.ts'

const MINUTE_MS = 60_000
const ERRORS_MIN = 10

/** Of what a service passed on and of the errors that came on top of normal there: the part of one receiver, 0–1. */
export interface PassedOn {
  readonly shareOfExcess: number
  readonly shareOfRequests: number
}

/** Compares one receiver with all of these minutes; undefined where it is the only one, or hardly anything failed. */
export function comparePassedOn(
  minutes: readonly ServedMinute[],
  onsetAtMs: number,
  isTo: (upstream: string) => boolean,
): PassedOn | undefined {
  const sharesIn = (some: readonly ServedMinute[]) => {
    const toIt = some.filter(({ upstream }) => isTo(upstream))
    return {
      ...{ requests: total(some, 'requests'), errors: total(some, 'errors') },
      ...{ requestsToIt: total(toIt, 'requests'), errorsToIt: total(toIt, 'errors') },
    }
  }
  const before = sharesIn(minutes.filter(({ startMs }) => startMs + MINUTE_MS <= onsetAtMs))
  const after = sharesIn(minutes.filter(({ startMs }) => startMs >= onsetAtMs))
  const scale = after.requests / Math.max(before.requests, 1)
  const added = after.errors - scale * before.errors
  if (added < ERRORS_MIN || after.requestsToIt === after.requests) return undefined
  return {
    shareOfExcess: Math.min(Math.max((after.errorsToIt - scale * before.errorsToIt) / added, 0), 1),
    shareOfRequests: after.requestsToIt / after.requests,
  }
}
