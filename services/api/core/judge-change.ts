import { compareGroups } from '../../../shared/domain/compare-groups.ts'

export const CHANGE_VERDICTS = ['healthy', 'guilty', 'undetermined', 'too_little_traffic'] as const
export type ChangeVerdict = (typeof CHANGE_VERDICTS)[number]

export interface RequestCounts {
  readonly requests: number
  readonly errors: number
}

/** What is known of a change once it is made. */
export interface ChangeFacts {
  readonly before: RequestCounts
  readonly after: RequestCounts
  /** How long it has been in effect. */
  readonly sinceMs: number
  /** The highest that any incident holds it to be the cause, 0–1; undefined when none suspects it. */
  readonly probability: number | undefined
  /** An incident of its time says why it is innocent. */
  readonly isCleared: boolean
}

/** Fewer requests than this on either side would not show one in fifty failing. */
const REQUESTS_MIN = 250
const SINCE_MS_MIN = 5 * 60_000
/** A suspect below this is named for completeness' sake. */
const SUSPECTED_AT = 0.1
/** Errors come in bursts, and a service's traffic is another after a change than before: as much as is usual. */
const CORRELATION = 5e-4
/** From here on "it fails more than before" is ten times as likely as "it fails alike". */
const RISEN_NATS = Math.log(10)

/** Whether a change did harm, as far as incidents and the error rates around it can tell. */
export function judgeChange(facts: ChangeFacts, blameAt: number): ChangeVerdict {
  const { before, after, sinceMs, probability = 0, isCleared } = facts
  if (probability >= blameAt) return 'guilty'
  if (probability >= SUSPECTED_AT) return 'undetermined'
  if (sinceMs < SINCE_MS_MIN) return 'undetermined'
  if (Math.min(before.requests, after.requests) < REQUESTS_MIN) return 'too_little_traffic'
  if (isCleared) return 'healthy'
  return hasRisen(before, after) ? 'undetermined' : 'healthy'
}

function hasRisen(before: RequestCounts, after: RequestCounts): boolean {
  const stratum = {
    exposedRequests: after.requests,
    exposedErrors: after.errors,
    otherRequests: before.requests,
    otherErrors: before.errors,
  }
  return (compareGroups([stratum], CORRELATION)?.logBayesFactor ?? 0) > RISEN_NATS
}
