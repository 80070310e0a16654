import type { IncidentState, Severity } from '../../../shared/domain/incident.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'

/** Why something is said of an incident. */
export const NOTICE_REASONS = [
  'opened',
  'over',
  'worse',
  'new_suspect',
  'acknowledged',
  'rollback',
  'undone',
  'not_helped',
  'recovered',
  'reopened',
  'merged',
  'repeat_due',
] as const
export type NoticeReason = (typeof NOTICE_REASONS)[number]

/** What those who read a channel know of an incident: as it was when they were last told. Times are epoch milliseconds. */
export interface Told {
  /** How often they were told. */
  readonly count: number
  readonly atMs: number
  readonly state: IncidentState
  readonly severity: Severity
  readonly rate: number
  /** The change that was blamed; null for none. */
  readonly suspectId: string | null
  /** The latest rollback that they know of. */
  readonly undoId: string | null
  /** What came of the rollback that somebody pressed for, or that started by itself, as far as they know. */
  readonly rollback: string | null
  readonly isRefuted: boolean
  readonly isMerged: boolean
  /** How often it was said to be over. */
  readonly recoveries: number
}

/** How a channel finds again what it said: a message's id, its timestamp. */
export type Receipt = Readonly<Record<string, string>>

/** One thing said, or about to be said, of one incident on one channel. */
export interface Notice {
  readonly id: string
  readonly incidentId: string
  /** Where it goes, as the routes name it: `slack`, `slack:#checkout`, `pagerduty`. */
  readonly target: string
  readonly reason: NoticeReason
  /** One sentence. */
  readonly text: string
  /** `dropped`: it can't be delivered, and the log says why. */
  readonly state: 'due' | 'sent' | 'dropped'
  readonly createdAtMs: number
  readonly sentAtMs: number | null
  readonly told: Told
  readonly receipt: Receipt | null
}

/** The same words of the same incident on the same channel have the same id, whoever decides to say them, and when. */
export function noticeId(of: Pick<Notice, 'incidentId' | 'target' | 'reason' | 'told'>): string {
  return `ntc_${stableHash([of.incidentId, of.target, of.told.count, of.reason].join('\n'))}`
}
