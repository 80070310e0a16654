import { logSumExp } from './log-sum-exp.ts'

/** What two groups did at the same time and place: those exposed to a change, and the others. */
export interface Stratum {
  readonly exposedRequests: number
  readonly exposedErrors: number
  readonly otherRequests: number
  readonly otherErrors: number
}

export interface GroupComparison {
  /** ln of how much better "the exposed fail more" explains the errors than "both fail alike"; negative: they fail alike. */
  readonly logBayesFactor: number
  /** Sums over the strata where both groups had traffic. */
  readonly totals: Stratum
}

/** How many times more the exposed may fail; all alike likely. */
const RATE_RATIOS = [1.5, 2, 3, 5, 10, 30, 100, 1000]
const ERRORS_MIN = 3

/**
 * Conditional likelihood of who got the errors, given how many there were in each stratum: whatever else moved the rate
 * at that time moved it for both groups and drops out. Burstiness discounts the evidence. Undefined where the two never
 * served at the same time, or hardly anything failed.
 * Source: conditional Poisson comparison, Breslow and Day 1987, 3.
 */
export function compareGroups(strata: readonly Stratum[], correlation: number): GroupComparison | undefined {
  const shared = strata.filter(({ exposedRequests, otherRequests }) => exposedRequests > 0 && otherRequests > 0)
  const totals = sumStrata(shared)
  const errors = totals.exposedErrors + totals.otherErrors
  if (errors < ERRORS_MIN) return undefined
  const perRatio = RATE_RATIOS.map((ratio) => shared.reduce((sum, stratum) => sum + logRatio(stratum, ratio), 0))
  const requestsPerError = shared.reduce((sum, stratum) => sum + requestsOf(stratum) * errorsOf(stratum), 0) / errors
  const discount = 1 + Math.max(requestsPerError - 1, 0) * correlation
  const logBayesFactor = logSumExp(perRatio.map((value) => value / discount)) - Math.log(RATE_RATIOS.length)
  return { logBayesFactor, totals }
}

/** ln P(errors fall like this | exposed fail `ratio` times as often) − ln P(… | alike). */
function logRatio(stratum: Stratum, ratio: number): number {
  const { exposedRequests, exposedErrors, otherRequests } = stratum
  const alike = exposedRequests + otherRequests
  return (
    exposedErrors * Math.log(ratio) + errorsOf(stratum) * Math.log(alike / (exposedRequests * ratio + otherRequests))
  )
}

function requestsOf({ exposedRequests, otherRequests }: Stratum): number {
  return exposedRequests + otherRequests
}

function errorsOf({ exposedErrors, otherErrors }: Stratum): number {
  return exposedErrors + otherErrors
}

function sumStrata(strata: readonly Stratum[]): Stratum {
  return strata.reduce(
    (sum, stratum) => ({
      exposedRequests: sum.exposedRequests + stratum.exposedRequests,
      exposedErrors: sum.exposedErrors + stratum.exposedErrors,
      otherRequests: sum.otherRequests + stratum.otherRequests,
      otherErrors: sum.otherErrors + stratum.otherErrors,
    }),
    { exposedRequests: 0, exposedErrors: 0, otherRequests: 0, otherErrors: 0 },
  )
}
