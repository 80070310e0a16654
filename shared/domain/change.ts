export const CHANGE_KINDS = [
  'deploy',
  'config',
  'feature_flag',
  'infra',
  'migration',
  'dependency',
  'scale',
  'rollback',
  'other',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** In the order a change goes through them: of two reports of one change the further status wins. */
export const CHANGE_STATUSES = ['started', 'succeeded', 'failed', 'cancelled'] as const
export type ChangeStatus = (typeof CHANGE_STATUSES)[number]

/** The `source` of a deploy that nobody reported: the log names a version that was never seen before. */
export const INFERRED_SOURCE = 'inferred'

/** The part that a change touches; an absent list means all of them. */
export interface ChangeScope {
  readonly regions?: readonly string[]
  readonly hosts?: readonly string[]
  readonly routes?: readonly string[]
  /** 0–100. */
  readonly percent?: number
}

/** Somebody or something altered what is running. Times are epoch milliseconds. */
export interface Change {
  readonly id: string
  readonly startedAtMs: number
  /** Absent: unknown, or still going. */
  readonly finishedAtMs?: number
  readonly kind: ChangeKind
  /** Absent: the whole platform. */
  readonly service?: string
  readonly env: string
  readonly version?: string
  readonly previousVersion?: string
  readonly status: ChangeStatus
  readonly title?: string
  readonly author?: string
  readonly url?: string
  readonly commit?: string
  readonly repo?: string
  readonly pullRequest?: string
  readonly source?: string
  readonly scope?: ChangeScope
  /** False: a rollback is unsafe, so roll forward. */
  readonly reversible: boolean
  readonly rollback?: { readonly command?: string; readonly url?: string }
}
