import type { Change } from '../../../shared/domain/change.ts'
import { isSameVersion } from '../../../shared/domain/same-version.ts'
import type { Candidate } from './candidates.ts'
import type { IncidentCase } from './incident-case.ts'
import { total } from './total.ts'
import { sayChange, sayDuration } from './wording.ts'

const MINUTE_MS = 60_000
/** A recovery this soon after an undoing is its doing. */
const RECOVERY_MS = 5 * MINUTE_MS
/** Errors are compared over so long before and after it; as bad for so long, it did not help. */
const LOOK_MS = 10 * MINUTE_MS
const STILL_FAILING = 0.5
const RECOVERED = 0.25
/** As many errors must have been due for their absence to mean anything. */
const ERRORS_MIN = 4
const CLOCK_SLACK_MS = MINUTE_MS
/** Nobody has seen the errors, written a fix and begun to roll it out this soon: what began by then is no answer to them. */
const FIX_AFTER_MS = 2 * MINUTE_MS
const AT_ONCE_MS = 15_000

/** What was done during an incident that takes a suspect back. */
export interface Undo {
  readonly change: Change
  /**
   * `reverts`: back to what ran before it. `goes_past`: further back, as whoever holds an earlier one guilty would go.
   * `replaces`: another version or setting on top, which may be the fix.
   */
  readonly kind: 'reverts' | 'goes_past' | 'replaces'
  readonly outcome: 'recovered' | 'no-help' | 'too-soon'
  /** From its start to recovery. */
  readonly recoveredAfterMs?: number
}

/** What was begun during an incident: all that can have undone anything. */
export function startedDuring({ onsetAtMs, endAtMs }: IncidentCase, changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ startedAtMs }) => startedAtMs > onsetAtMs && startedAtMs <= endAtMs + CLOCK_SLACK_MS)
}

/** The undoing of a candidate that tells most; undefined when nobody undid it during the incident. */
export function findUndo(incident: IncidentCase, candidate: Candidate, changes: readonly Change[]): Undo | undefined {
  const undos = startedDuring(incident, changes).flatMap((change) => {
    const kind = change.id === candidate.change.id ? undefined : kindOfUndo(incident, candidate, change)
    const isTooEarly = kind === 'replaces' && change.startedAtMs < incident.onsetAtMs + FIX_AFTER_MS
    return kind === undefined || isTooEarly ? [] : [{ change, kind, ...outcomeOf(incident, candidate, change) }]
  })
  return undos.toSorted((a, b) => telling(b) - telling(a) || b.change.startedAtMs - a.change.startedAtMs)[0]
}

function kindOfUndo({ data }: IncidentCase, candidate: Candidate, later: Change): Undo['kind'] | undefined {
  const { change, service } = candidate
  if (later.env !== change.env || later.service !== change.service || later.status === 'cancelled') return undefined
  if (!holdsCode(change)) return kindOfSwitchBack(change, later)
  if (later.kind !== 'rollback' && later.kind !== 'deploy') return undefined
  const { version } = later
  if (version === undefined) return later.kind === 'rollback' ? 'reverts' : 'replaces'
  if (change.version !== undefined && isSameVersion(version, change.version)) return undefined
  const ran = data.versions.find((span) => span.service === service && isSameVersion(span.version, version))
  const ranBefore = ran === undefined ? later.kind === 'rollback' : ran.firstAtMs < change.startedAtMs
  const { previousVersion } = change
  if (previousVersion !== undefined && isSameVersion(version, previousVersion)) return 'reverts'
  if (ranBefore) return previousVersion === undefined ? 'reverts' : 'goes_past'
  // Going back to something newer than the candidate leaves the candidate in place.
  return later.kind === 'rollback' ? undefined : 'replaces'
}

/** Whether going back to an earlier version could take it back: a setting, capacity and machines stay as they are. */
function holdsCode({ kind }: Change): boolean {
  return kind !== 'config' && kind !== 'feature_flag' && kind !== 'scale' && kind !== 'infra'
}

/** A rollback to a version takes code back, not a setting. */
function kindOfSwitchBack(change: Change, later: Change): Undo['kind'] | undefined {
  if (later.kind === 'rollback') return later.version === undefined ? 'reverts' : undefined
  if (later.kind !== change.kind) return undefined
  const sameThing = later.title === undefined || change.title === undefined || namesSameThing(later.title, change.title)
  return sameThing ? 'reverts' : 'replaces'
}

const SAYS_BACK = /\b(?:revert\w*|back|undo|restore\w*|disable\w*|off)\b/i

/** `revert: new-cart on` undoes `new-cart on`, and `back to previous setting` whatever came last. */
function namesSameThing(one: string, other: string): boolean {
  if (SAYS_BACK.test(one)) return true
  const words = (title: string): Set<string> => new Set(title.toLowerCase().match(/[\p{L}\p{N}_.-]{3,}/gu) ?? [])
  const [a, b] = [words(one), words(other)]
  const shared = [...a].filter((word) => b.has(word)).length
  return shared * 2 >= Math.min(a.size, b.size)
}

/** Judged by the errors themselves: the detector takes its time to call a thin series recovered. */
function outcomeOf(
  incident: IncidentCase,
  candidate: Candidate,
  undo: Change,
): Pick<Undo, 'outcome' | 'recoveredAfterMs'> {
  const doneMs = undo.finishedAtMs ?? undo.startedAtMs
  const before = excessRate(incident, Math.max(undo.startedAtMs - LOOK_MS, incident.onsetAtMs), undo.startedAtMs)
  const after = excessRate(incident, doneMs, doneMs + LOOK_MS)
  const { resolvedAtMs } = incident
  const resolvedSoon =
    resolvedAtMs !== null && resolvedAtMs >= undo.startedAtMs - CLOCK_SLACK_MS && resolvedAtMs <= doneMs + RECOVERY_MS
  if (resolvedSoon) return { outcome: 'recovered', recoveredAfterMs: Math.max(resolvedAtMs - undo.startedAtMs, 0) }
  const wasFailing = before.rate >= STILL_FAILING * (incident.spike.observedRate - incident.spike.baselineRate)
  if (!wasFailing || before.rate * after.requests < ERRORS_MIN) return { outcome: 'too-soon' }
  if (after.rate <= RECOVERED * before.rate)
    return { outcome: 'recovered', recoveredAfterMs: doneMs - undo.startedAtMs }
  const waitedMs = incident.endAtMs - doneMs
  const isUnmoved = waitedMs > LOOK_MS && after.rate >= STILL_FAILING * before.rate
  return { outcome: isUnmoved && !stillServes(incident, candidate, doneMs + LOOK_MS) ? 'no-help' : 'too-soon' }
}

/** What still takes traffic so long after it was taken back has not been taken back. */
function stillServes({ data }: IncidentCase, { rollout, service }: Candidate, atMs: number): boolean {
  return data.versions.some(
    (span) => span.service === service && span.version === rollout?.version && span.lastAtMs >= atMs,
  )
}

/** Errors above normal per request, in whole minutes of what the incident is about. */
function excessRate(incident: IncidentCase, fromMs: number, toMs: number): { rate: number; requests: number } {
  const minutes = incident.data.scopeMinutes.filter(({ startMs }) => startMs >= fromMs && startMs + MINUTE_MS <= toMs)
  const requests = total(minutes, 'requests')
  if (requests === 0) return { rate: 0, requests: 0 }
  return { rate: Math.max(total(minutes, 'errors') / requests - incident.spike.baselineRate, 0), requests }
}

/** `normal again 2 min after rollback v41 began`. */
export function sayRecovery(undo: Change, recoveredAfterMs: number): string {
  if (recoveredAfterMs < AT_ONCE_MS) return `normal again as ${sayChange(undo)} took effect`
  return `normal again ${sayDuration(recoveredAfterMs)} after ${sayChange(undo)} began`
}

function telling({ kind, outcome }: Undo): number {
  if (outcome === 'too-soon') return 0
  return (outcome === 'recovered' ? 2 : 1) + (kind === 'replaces' ? 0 : 2)
}
