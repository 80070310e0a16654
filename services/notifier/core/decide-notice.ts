import type { Change } from '../../../shared/domain/change.ts'
import type { Incident, Severity } from '../../../shared/domain/incident.ts'
import type { IncidentNews } from './incident-news.ts'
import type { NoticeReason, Told } from './notice.ts'
import { type RollbackAttempt, rollbackKey } from './rollback-attempt.ts'
import type { Silence } from './silence.ts'

/** What is decided of one incident for one channel. */
export type Decision =
  | { readonly kind: 'tell'; readonly reason: NoticeReason }
  /** Nobody is disturbed, but what stands there is out of date. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'silent'; readonly because: SilentBecause }

export type SilentBecause =
  | 'over_before_it_was_told'
  | 'silenced'
  | 'rolling_out'
  | 'may_flap'
  | 'merged_before_it_was_told'
  | 'merged'

export interface Circumstances {
  readonly nowMs: number
  /** The silence that covers it now. */
  readonly silence: Silence | undefined
  /** What came of the rollback that was pressed for or started by itself; undefined where none was. */
  readonly rollback: RollbackAttempt | undefined
  /** Recent changes of its service and environment. */
  readonly changes: readonly Change[]
  /** A suspect at least this probable is blamed. */
  readonly blameAt: number
  /** An open incident that nobody acknowledged is told again so often; null: never. */
  readonly repeatMs: number | null
}

const MINUTE_MS = 60_000
/** A rollout that replaces instances may fail a few requests; this long it is given to end by itself. */
const ROLLOUT_PATIENCE_MS = 2 * MINUTE_MS
/** A rollout that nobody said the end of is taken to be over by then. */
const ROLLOUT_MS_MAX = 15 * MINUTE_MS
/** Failures that come of instances being replaced. */
const REPLACED_STATUSES: ReadonlySet<string> = new Set(['502', '503', '504'])
const REPLACED_SHARE = 0.8
/** An incident that came back must stay away this long before it is said to be over; twice as long each further time. */
const SETTLE_MS = 5 * MINUTE_MS
const SETTLE_MS_MAX = 60 * MINUTE_MS
/** It got worse when the share of failing requests is at least so many times what was told, and so much more. */
const WORSE_FACTOR = 2
const WORSE_SHARE = 0.01
/** Between two tellings that it got worse, or that another change is suspected, so long at least. */
const CALM_MS = 3 * MINUTE_MS
/** What was over before anybody could be told is news for so long. */
const RECENT_MS = 60 * MINUTE_MS
const SEVERITY_RANK: Readonly<Record<Severity, number>> = { minor: 0, major: 1, critical: 2 }

/** Whether to speak of an incident now, and why. `told`: what its readers know; undefined when they know nothing of it. */
export function decideNotice(told: Told | undefined, news: IncidentNews, at: Circumstances): Decision {
  if (told === undefined) return decideFirst(news, at)
  if (news.mergedInto !== null) return told.isMerged ? silent('merged') : speak('merged', at)
  const { incident } = news
  if (incident.state === 'resolved') {
    if (told.state === 'resolved') return { kind: 'refresh' }
    const settledAtMs = Math.min(incident.resolvedAtMs ?? at.nowMs, at.nowMs) + settleMs(told.recoveries)
    return at.nowMs < settledAtMs ? silent('may_flap') : speak('recovered', at)
  }
  if (told.state === 'resolved') return speak('reopened', at)
  const reason = reasonWhileOpen(told, incident, at)
  return reason === undefined ? { kind: 'refresh' } : speak(reason, at)
}

/** What its readers know once they are told of it as it is now. */
export function toldAfter(
  told: Told | undefined,
  reason: NoticeReason,
  { news, at }: { news: IncidentNews; at: Circumstances },
): Told {
  const { incident } = news
  return {
    count: (told?.count ?? 0) + 1,
    atMs: at.nowMs,
    state: incident.state,
    severity: incident.severity,
    rate: incident.observedRate,
    suspectId: blamedId(incident, at.blameAt),
    undoId: lastUndo(incident, at.changes)?.id ?? told?.undoId ?? null,
    rollback: rollbackKey(at.rollback) ?? told?.rollback ?? null,
    isRefuted: incident.verification.state === 'refuted',
    isMerged: news.mergedInto !== null,
    recoveries: (told?.recoveries ?? 0) + (reason === 'recovered' || reason === 'over' ? 1 : 0),
  }
}

/** The latest rollback of the incident's service since it began. */
export function lastUndo(incident: Incident, changes: readonly Change[]): Change | undefined {
  return changes
    .filter(
      ({ kind, service, env, startedAtMs, status }) =>
        kind === 'rollback' &&
        status !== 'cancelled' &&
        service === incident.service &&
        env === incident.env &&
        startedAtMs > incident.startedAtMs,
    )
    .toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0]
}

/** The change that is blamed; null where none is probable enough. */
export function blamedId(incident: Incident, blameAt: number): string | null {
  const [first] = incident.suspects.toSorted((a, b) => b.probability - a.probability)
  return first !== undefined && first.probability >= blameAt ? first.changeId : null
}

function decideFirst({ incident, mergedInto }: IncidentNews, at: Circumstances): Decision {
  if (mergedInto !== null) return silent('merged_before_it_was_told')
  if (isRollingOut(incident, at)) return silent('rolling_out')
  const { resolvedAtMs } = incident
  if (resolvedAtMs === null) return speak('opened', at)
  return at.nowMs - resolvedAtMs < RECENT_MS ? speak('over', at) : silent('over_before_it_was_told')
}

/** The first of these that applies; one telling covers all that moved. */
function reasonWhileOpen(told: Told, incident: Incident, at: Circumstances): NoticeReason | undefined {
  const { nowMs, blameAt, changes, repeatMs } = at
  const isCalm = nowMs - told.atMs >= CALM_MS
  if (SEVERITY_RANK[incident.severity] > SEVERITY_RANK[told.severity]) return 'worse'
  if (incident.state === 'acknowledged' && told.state === 'open') return 'acknowledged'
  const rollback = rollbackKey(at.rollback)
  if (rollback !== null && rollback !== told.rollback) return 'rollback'
  const undo = lastUndo(incident, changes)
  if (undo !== undefined && undo.id !== told.undoId) return 'undone'
  if (incident.verification.state === 'refuted' && !told.isRefuted) return 'not_helped'
  const blamed = blamedId(incident, blameAt)
  if (blamed !== null && blamed !== told.suspectId && (isCalm || told.suspectId === null)) return 'new_suspect'
  const isWorse = incident.observedRate >= told.rate * WORSE_FACTOR && incident.observedRate >= told.rate + WORSE_SHARE
  if (isWorse && isCalm) return 'worse'
  if (repeatMs !== null && incident.state === 'open' && nowMs - told.atMs >= repeatMs) return 'repeat_due'
  return undefined
}

/** Its own instances are being replaced, and what fails is what fails then. A critical one is told at once. */
function isRollingOut(incident: Incident, { changes, nowMs }: Circumstances): boolean {
  const untilMs = incident.resolvedAtMs ?? nowMs
  if (incident.severity === 'critical' || untilMs - incident.detectedAtMs >= ROLLOUT_PATIENCE_MS) return false
  const isUnderWay = changes.some(
    ({ kind, service, env, startedAtMs, finishedAtMs, status }) =>
      (kind === 'deploy' || kind === 'rollback' || kind === 'scale') &&
      service === incident.service &&
      env === incident.env &&
      startedAtMs <= untilMs &&
      untilMs - startedAtMs < ROLLOUT_MS_MAX &&
      (finishedAtMs === undefined ? status === 'started' : incident.startedAtMs < finishedAtMs),
  )
  if (!isUnderWay) return false
  const counts = Object.entries(incident.statuses)
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  const replaced = counts.reduce((sum, [status, count]) => sum + (REPLACED_STATUSES.has(status) ? count : 0), 0)
  return all > 0 && replaced >= REPLACED_SHARE * all
}

function settleMs(recoveries: number): number {
  return recoveries === 0 ? 0 : Math.min(SETTLE_MS * 2 ** (recoveries - 1), SETTLE_MS_MAX)
}

function speak(reason: NoticeReason, { silence }: Circumstances): Decision {
  return silence === undefined ? { kind: 'tell', reason } : silent('silenced')
}

function silent(because: SilentBecause): Decision {
  return { kind: 'silent', because }
}
