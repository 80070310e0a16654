import type { ChangeKind } from '../../shared/domain/change.ts'

/** A change as it truly took effect; what is recorded of it may be less exact. Times are epoch milliseconds. */
export interface PlannedChange {
  readonly kind: ChangeKind
  /** Null: the whole platform. */
  readonly service: string | null
  readonly startMs: number
  readonly finishMs: number
  /** The part it touches; null is all of it. */
  readonly region: string | null
  readonly route: string | null
  /** Of the fault that it causes, or that it ends. */
  readonly causes: number | null
  readonly ends: number | null
  /** A rollout that stays on one pod of five for half of its time. */
  readonly isGray?: true
}

/** Only these replace what is running, step by step between start and finish. */
export function isRollout(change: PlannedChange): boolean {
  return change.kind === 'deploy' || change.kind === 'rollback'
}
