import type { Change } from './change.ts'
import type { IncidentCommand } from './command.ts'

export const SIGNALS = ['error_rate', 'traffic_drop', 'latency'] as const
export type Signal = (typeof SIGNALS)[number]
export type Severity = 'critical' | 'major' | 'minor'
export type IncidentState = 'open' | 'acknowledged' | 'resolved'
export const NON_CHANGE_CAUSES = ['upstream', 'load', 'client', 'unknown'] as const
export type NonChangeCause = (typeof NON_CHANGE_CAUSES)[number]
export type Cause = 'change' | NonChangeCause

export const EVIDENCE_KINDS = [
  'lag',
  'version_split',
  'host_split',
  'dose',
  'scope',
  'blast_radius',
  'status_mix',
  'load',
  'one_client',
  'already_there',
  'fingerprint',
  'churn',
  'history',
  'recovery',
  'feedback',
] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

/** `logOdds` in nats for its hypothesis; `text` is a sentence with its numbers; `data` the numbers themselves (snake_case keys). */
export interface Evidence {
  readonly kind: EvidenceKind
  readonly logOdds: number
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Suspect {
  readonly changeId: string
  readonly probability: number
  readonly change: Change
  readonly evidence: readonly Evidence[]
}

export interface OtherCause {
  readonly cause: NonChangeCause
  readonly probability: number
  readonly evidence: readonly Evidence[]
}

export const CLEARED_REASONS = [
  'began_after_onset',
  'fault_already_there',
  'no_traffic_through_it',
  'unchanged_hosts_fail_alike',
  'old_version_fails_alike',
  'outside_its_scope',
  'victim_of_dependency',
  'rate_unmoved',
] as const
export type ClearedReason = (typeof CLEARED_REASONS)[number]

export interface ClearedChange {
  readonly changeId: string
  readonly reason: ClearedReason
  readonly text: string
}

export interface AffectedSeries {
  readonly service: string
  readonly method: string | null
  readonly route: string | null
  readonly version: string | null
  readonly region: string | null
  readonly requests: number
  readonly errors: number
  readonly shareOfExcess: number
}

export const RECOMMENDED_ACTIONS = [
  'rollback',
  'revert_config',
  'disable_flag',
  'roll_forward',
  'scale',
  'block_client',
  'escalate_upstream',
  'investigate',
] as const
export type RecommendedAction = (typeof RECOMMENDED_ACTIONS)[number]

export interface Recommendation {
  readonly action: RecommendedAction
  readonly changeId: string | null
  readonly toVersion: string | null
  /** A line for a shell, its arguments quoted; null when no template fits. */
  readonly command: string | null
  readonly reason: string
  readonly cautions: readonly string[]
}

export interface Verification {
  readonly state: 'pending' | 'confirmed' | 'refuted' | 'not_applicable'
  readonly text?: string
  readonly recoveredAfterMs?: number
}

/** Requests that stay away: of the root, or of another service of the incident. */
export interface TrafficLoss {
  readonly service: string
  readonly expectedRequests: number
  readonly requests: number
  /** Null while some requests still come. */
  readonly silentSinceMs: number | null
  readonly othersKnown: number
  readonly othersSending: number
  /** A sentence that says so. */
  readonly text: string
}

/** Requests that take long: of the root, or of another service of the incident. Shares are 0–1. */
export interface Latency {
  readonly service: string
  /** A request that takes longer is slow, ms. */
  readonly slowerThanMs: number
  readonly requests: number
  readonly slowRequests: number
  /** Of slow requests: while it lasts, and normally. */
  readonly share: number
  readonly normalShare: number
  /** The 95th percentile, ms: while it lasts, and normally. */
  readonly p95Ms: number
  readonly normalP95Ms: number
  /** A sentence that says so. */
  readonly text: string
}

/** One outage: what is broken, since when, how bad, which change, how sure, what to do. Times are epoch milliseconds. */
export interface Incident {
  readonly id: string
  readonly env: string
  /** The root: the service where it began, not its victims. */
  readonly service: string
  readonly signal: Signal
  readonly state: IncidentState
  readonly severity: Severity
  readonly startedAtMs: number
  readonly detectedAtMs: number
  readonly updatedAtMs: number
  readonly resolvedAtMs: number | null
  /** The log began inside it. */
  readonly alreadyFailing: boolean
  readonly chronic: boolean
  readonly baselineRate: number
  readonly observedRate: number
  readonly requests: number
  readonly errors: number
  readonly excessErrors: number
  readonly statuses: Readonly<Record<string, number>>
  readonly affected: readonly AffectedSeries[]
  readonly cause: Cause
  readonly suspects: readonly Suspect[]
  readonly otherCauses: readonly OtherCause[]
  readonly cleared: readonly ClearedChange[]
  readonly recommendation: Recommendation
  readonly verification: Verification
  /** What people said about it, in time order; absent: nothing. */
  readonly timeline?: readonly IncidentCommand[]
  /** Absent where traffic is as it should be. */
  readonly traffic?: TrafficLoss
  /** Absent where requests take no longer than they should. */
  readonly latency?: Latency
}
