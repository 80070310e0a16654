import { compareGroups, type Stratum } from '../../../shared/domain/compare-groups.ts'

export const ROLLOUT_VERDICTS = ['healthy', 'harmful', 'too_little_traffic'] as const
export type RolloutVerdict = (typeof ROLLOUT_VERDICTS)[number]

/** What a version did, against the others at the same time or, where none served, against the time before it. */
export interface RolloutTraffic {
  readonly strata: readonly Stratum[]
  /** How errors of this service cluster while nothing is wrong: the correlation of requests within a cell. */
  readonly correlation: number
}

export interface RolloutJudgement {
  readonly verdict: RolloutVerdict
  /** Waiting longer would hardly change it. */
  readonly isSettled: boolean
  readonly totals: Stratum
  /** Requests of the version that it takes to call it healthy. */
  readonly requestsNeeded: number
}

/**
 * The comparison is a likelihood ratio, so that the chance of a healthy version ever being called harmful, however often it
 * is looked at, is below one in this many (Ville's inequality).
 */
const HEALTHY_PER_FALSE_ALARM = 1_000
/** A rise that must not pass: so many more of the requests failing, or so many times as many, whichever is more. */
const HARMFUL_RISE = 0.02
const HARMFUL_RATIO = 3
/** Errors above normal that such a rise makes for certain to be seen. */
const ERRORS_NEEDED = 12
const EXCESS_MIN = 4
const SETTLED_TIMES = 4

/** Whether a version may go on being rolled out. */
export function judgeRollout({ strata, correlation }: RolloutTraffic): RolloutJudgement {
  const totals = sumStrata(strata)
  const { exposedRequests, exposedErrors, otherRequests, otherErrors } = totals
  const rate = otherRequests === 0 ? 0 : otherErrors / otherRequests
  const requestsNeeded = Math.ceil(ERRORS_NEEDED / Math.max(HARMFUL_RISE, rate * (HARMFUL_RATIO - 1)))
  const evidence = compareGroups(strata, correlation)?.logBayesFactor ?? 0
  const excess = exposedErrors - exposedRequests * rate
  const isHarmful = evidence >= Math.log(HEALTHY_PER_FALSE_ALARM) && excess >= EXCESS_MIN
  if (isHarmful) return { verdict: 'harmful', isSettled: true, totals, requestsNeeded }
  const isEnough = Math.min(exposedRequests, otherRequests) >= requestsNeeded
  // Evidence that still grows is waited for.
  const isSettled = exposedRequests >= SETTLED_TIMES * requestsNeeded && evidence <= 0
  return {
    verdict: isEnough ? 'healthy' : 'too_little_traffic',
    isSettled: isEnough && isSettled,
    totals,
    requestsNeeded,
  }
}

function sumStrata(strata: readonly Stratum[]): Stratum {
  const sum = (key: keyof Stratum) => strata.reduce((total, stratum) => total + stratum[key], 0)
  return {
    exposedRequests: sum('exposedRequests'),
    exposedErrors: sum('exposedErrors'),
    otherRequests: sum('otherRequests'),
    otherErrors: sum('otherErrors'),
  }
}
