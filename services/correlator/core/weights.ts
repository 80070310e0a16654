import type { ChangeKind } from '../../../shared/domain/change.ts'
import type { Cause, EvidenceKind, NonChangeCause } from '../../../shared/domain/incident.ts'
import { FITTED_WEIGHTS } from './fitted-weights.ts'

/**
 * All numbers of the posterior in one place. They are chances a person can argue with; only what each evidence counts for
 * comes from a fit on labelled incidents. The worlds' base rates are nobody's: priors are not fitted.
 */

/** Chance that a change of this kind visibly breaks what it touches: about one deploy in a hundred does. */
export const CHANGE_PRIORS: Readonly<Record<ChangeKind, number>> = {
  deploy: 0.01,
  // Switched everywhere at once and tested less than code.
  config: 0.01,
  feature_flag: 0.008,
  migration: 0.01,
  infra: 0.006,
  dependency: 0.006,
  // Adding capacity seldom breaks anything, and going back to what ran well seldom does either.
  scale: 0.003,
  rollback: 0.002,
  other: 0.004,
}

/** Chance that a fault of this kind begins on one service within `PRIOR_WINDOW_MS` of its own accord. */
export const CAUSE_PRIORS: Readonly<Record<NonChangeCause, number>> = {
  upstream: 0.001,
  load: 0.0005,
  client: 0.0004,
  // An unreported change, a broken disk, whatever nobody thought of: more than any of the others, so that none of them is
  // named before something speaks for it.
  unknown: 0.0012,
}
/** The same of requests that stay away: a process that ended, a log that nobody reads any more, a caller that calls no more. */
export const SILENCE_PRIORS: Readonly<Record<NonChangeCause, number>> = {
  upstream: 0.0003,
  load: 0.0001,
  client: 0.0003,
  unknown: 0.0015,
}
/** The same of requests that take long: what it waits for is slow, or there are more of them, more often than with errors. */
export const SLOWNESS_PRIORS: Readonly<Record<NonChangeCause, number>> = {
  upstream: 0.0015,
  load: 0.0015,
  client: 0.0002,
  unknown: 0.002,
}
/** The same of requests that are refused or not found: clients do that to themselves every day. */
export const CLIENT_ERROR_PRIORS: Readonly<Record<NonChangeCause, number>> = {
  upstream: 0.0003,
  load: 0.0005,
  client: 0.01,
  unknown: 0.003,
}
export const PRIOR_WINDOW_MS = 2 * 3_600_000

/** A cancelled or failed change did not always take effect. */
export const UNFINISHED_PRIOR_FACTOR = 0.5

/** The model itself may be wrong: this much probability is always kept for `unknown`. */
export const MODEL_DOUBT = 0.005

/** Where a change sits, seen from the root of the incident: ln of how much rarer it is then the cause. */
export const RELATION_LOG_ODDS = {
  root: 0,
  // It would show its own errors first.
  callee: -1.5,
  affected: -1.5,
  platform: -0.7,
  // In no log: an unlogged dependency, or the failing service under another name.
  unseen: -1.5,
} as const

/**
 * All log-odds are multiplied with this: each is reasoned on the careful side, so together they say less than they know. Of
 * suspects given 0.75, nine in ten were guilty before.
 */
export const STEEPNESS = 1.2

/** What each evidence's log-odds are multiplied with: fitted on simulated incidents whose truth is known. */
export const EVIDENCE_WEIGHTS = FITTED_WEIGHTS

/** What the fit starts from and is held to: 1, and less where one evidence partly repeats what another one says. */
export const REASONED_WEIGHTS: Readonly<Record<EvidenceKind, number>> = {
  lag: 1,
  version_split: 1,
  host_split: 1,
  dose: 0.7,
  scope: 1,
  blast_radius: 1,
  status_mix: 1,
  load: 1,
  one_client: 1,
  already_there: 1,
  fingerprint: 1,
  churn: 0.7,
  history: 1,
  recovery: 0.8,
  feedback: 1,
}

/** No single evidence may say more than this, in nats: data are wrong now and then, and so are clocks. */
export const EVIDENCE_LIMITS: Readonly<Record<EvidenceKind, readonly [lowest: number, highest: number]>> = {
  lag: [-5, 5],
  version_split: [-6, 7],
  host_split: [-5, 6],
  dose: [-3, 3],
  scope: [-4, 3],
  blast_radius: [-4, 3],
  status_mix: [-3, 3],
  load: [-5, 6],
  one_client: [-5, 8],
  already_there: [-5, 0],
  fingerprint: [0, 3],
  churn: [0, 2],
  history: [-1, 1],
  recovery: [-4, 3],
  // More than all others together: who says so has looked.
  feedback: [-40, 40],
}

/**
 * Where the onset lies after a guilty change: parts that sum to 1. Faults surface at once, as the rollout proceeds, or
 * (leaks, caches, batch jobs) 20–50 minutes after it; a thin or slowly rising fault is noticed late; clocks differ.
 */
export const LAG_PARTS = {
  gradual: { fast: 0.57, rollout: 0.13, late: 0.05, slow: 0.2, broad: 0.04, early: 0.01 },
  // A switch acts at once or hardly ever.
  instant: { fast: 0.85, rollout: 0.02, late: 0.05, slow: 0.03, broad: 0.04, early: 0.01 },
} as const

/**
 * How often the errors of a guilty change climb over minutes instead of being up at once, by the part of its onset: what
 * leaks or fills up climbs, what is broken from the start does not.
 */
export const CLIMBING_SHARES: Readonly<Record<keyof (typeof LAG_PARTS)['gradual'], number>> = {
  fast: 0.12,
  rollout: 0.12,
  late: 0.4,
  slow: 0.75,
  broad: 0.2,
  early: 0.12,
}
/** The same of errors that no change of these caused. */
export const CLIMBING_SHARE_OF_OTHERS = 0.2

/** How the errors divide over 500 and the like, 502 with 504, and 503, by what causes them. */
export const STATUS_PROFILES: Readonly<
  Record<Cause | 'switch', { readonly internal: number; readonly gateway: number; readonly unavailable: number }>
> = {
  // A bad build or switch throws; now and then it does not start (502), or starves (503).
  change: { internal: 0.86, gateway: 0.06, unavailable: 0.08 },
  // A feature flag only lets other code run.
  switch: { internal: 0.92, gateway: 0.04, unavailable: 0.04 },
  upstream: { internal: 0.05, gateway: 0.62, unavailable: 0.33 },
  load: { internal: 0.07, gateway: 0.18, unavailable: 0.75 },
  client: { internal: 0.85, gateway: 0.1, unavailable: 0.05 },
  // Mostly changes that nobody reported, and machines.
  unknown: { internal: 0.6, gateway: 0.2, unavailable: 0.2 },
}
