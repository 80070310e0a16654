import type { NonChangeCause } from '../../../shared/domain/incident.ts'
import { NON_CHANGE_CAUSES } from '../../../shared/domain/incident.ts'
import { logSumExp } from '../../../shared/domain/log-sum-exp.ts'
import type { Candidate } from './candidates.ts'
import type { Finding } from './finding.ts'
import {
  CAUSE_PRIORS,
  CHANGE_PRIORS,
  EVIDENCE_WEIGHTS,
  MODEL_DOUBT,
  PRIOR_WINDOW_MS,
  RELATION_LOG_ODDS,
  STEEPNESS,
  UNFINISHED_PRIOR_FACTOR,
} from './weights.ts'

export interface WeighedCandidate {
  readonly candidate: Candidate
  readonly findings: readonly Finding[]
  readonly probability: number
}

interface WeighedCause {
  readonly cause: NonChangeCause
  readonly findings: readonly Finding[]
  readonly probability: number
}

/** Probabilities of all candidates and all other causes; they sum to 1. */
export interface Posterior {
  readonly candidates: readonly WeighedCandidate[]
  readonly causes: readonly WeighedCause[]
}

export interface Hypotheses {
  readonly candidates: readonly Omit<WeighedCandidate, 'probability'>[]
  readonly causes: Readonly<Record<NonChangeCause, readonly Finding[]>>
}

/** Prior times evidence for every hypothesis, normalised, with a little left for the model being wrong. */
export function weighHypotheses(
  { candidates, causes }: Hypotheses,
  lookbackMs: number,
  causePriors = CAUSE_PRIORS,
): Posterior {
  const changeLogs = candidates.map(({ candidate, findings }) => logPrior(candidate) + sumFindings(findings))
  // A longer lookback is a longer time in which something else may have begun.
  const window = Math.log(lookbackMs / PRIOR_WINDOW_MS)
  const causeLogs = NON_CHANGE_CAUSES.map((cause) => Math.log(causePriors[cause]) + window + sumFindings(causes[cause]))
  const whole = logSumExp([...changeLogs, ...causeLogs].map((log) => STEEPNESS * log))
  const toProbability = (log: number): number => (1 - MODEL_DOUBT) * Math.exp(STEEPNESS * log - whole)
  return {
    candidates: candidates.map((weighed, index) => {
      return { ...weighed, probability: toProbability(changeLogs[index] ?? Number.NEGATIVE_INFINITY) }
    }),
    causes: NON_CHANGE_CAUSES.map((cause, index) => {
      const doubt = cause === 'unknown' ? MODEL_DOUBT : 0
      return {
        cause,
        findings: causes[cause],
        probability: toProbability(causeLogs[index] ?? Number.NEGATIVE_INFINITY) + doubt,
      }
    }),
  }
}

function logPrior({ change, relation }: Candidate): number {
  const finished = change.status === 'failed' || change.status === 'cancelled' ? UNFINISHED_PRIOR_FACTOR : 1
  return Math.log(CHANGE_PRIORS[change.kind] * finished) + RELATION_LOG_ODDS[relation]
}

/** What all evidence together moves a hypothesis by, nats. */
function sumFindings(findings: readonly Finding[]): number {
  return findings.reduce((sum, { evidence }) => sum + EVIDENCE_WEIGHTS[evidence.kind] * evidence.logOdds, 0)
}
