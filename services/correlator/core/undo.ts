import type { Change } from '../../../shared/domain/change.ts'
import type { Candidate } from './candidates.ts'
import type { VersionSpan } from './evidence-data.ts'
import type { IncidentCase } from './incident-case.ts'
import { isSameVersion } from './match-version.ts'

const MINUTE_MS = 60_000
/** A recovery this soon after an undoing is its doing. */
const RECOVERY_MS = 5 * MINUTE_MS
/** So long after it without recovery, it did not help. */
const NO_HELP_MS = 10 * MINUTE_MS
const CLOCK_SLACK_MS = MINUTE_MS

/** What was done during an incident that takes a suspect back. */
export interface Undo {
  readonly change: Change
  /** `reverts`: back to what ran before. `replaces`: another version or setting on top, which may be the fix. */
  readonly kind: 'reverts' | 'replaces'
  readonly outcome: 'recovered' | 'no-help' | 'too-soon'
  /** From its start to recovery. */
  readonly recoveredAfterMs?: number
}

/** The undoing of a candidate that tells most; undefined when nobody undid it during the incident. */
export function findUndo(incident: IncidentCase, candidate: Candidate, changes: readonly Change[]): Undo | undefined {
  const undos = changes.flatMap((change) => {
    const startedDuring =
      change.startedAtMs > incident.onsetAtMs && change.startedAtMs <= incident.endAtMs + CLOCK_SLACK_MS
    const kind =
      startedDuring && change.id !== candidate.change.id ? kindOfUndo(incident, candidate, change) : undefined
    return kind === undefined ? [] : [{ change, kind, ...outcomeOf(incident, change) }]
  })
  return undos.toSorted((a, b) => telling(b) - telling(a) || b.change.startedAtMs - a.change.startedAtMs)[0]
}

function kindOfUndo({ data }: IncidentCase, candidate: Candidate, later: Change): Undo['kind'] | undefined {
  const { change, service } = candidate
  if (later.env !== change.env || later.service !== change.service || later.status === 'cancelled') return undefined
  if (change.kind === 'config' || change.kind === 'feature_flag') {
    const sameThing =
      later.title === undefined || change.title === undefined || namesSameThing(later.title, change.title)
    if (later.kind === 'rollback') return 'reverts'
    if (later.kind !== change.kind) return undefined
    return sameThing ? 'reverts' : 'replaces'
  }
  if (later.kind !== 'rollback' && later.kind !== 'deploy') return undefined
  if (later.version !== undefined && change.version !== undefined && isSameVersion(later.version, change.version))
    return undefined
  const versions = data.versions.filter((span) => span.service === service)
  return later.kind === 'rollback' || bringsBack(later, change, versions) ? 'reverts' : 'replaces'
}

/** A deploy of what ran before. */
function bringsBack(
  { version }: Change,
  { previousVersion, startedAtMs }: Change,
  spans: readonly VersionSpan[],
): boolean {
  if (version === undefined) return false
  if (previousVersion !== undefined && isSameVersion(version, previousVersion)) return true
  return spans.some((span) => isSameVersion(span.version, version) && span.firstAtMs < startedAtMs)
}

/** `revert: new-cart on` undoes `new-cart on`. */
function namesSameThing(one: string, other: string): boolean {
  const words = (title: string): Set<string> => new Set(title.toLowerCase().match(/[\p{L}\p{N}_.-]{3,}/gu) ?? [])
  const [a, b] = [words(one), words(other)]
  const shared = [...a].filter((word) => b.has(word)).length
  return shared * 2 >= Math.min(a.size, b.size)
}

function outcomeOf(incident: IncidentCase, undo: Change): Pick<Undo, 'outcome' | 'recoveredAfterMs'> {
  const doneMs = undo.finishedAtMs ?? undo.startedAtMs
  const { resolvedAtMs, endAtMs } = incident
  const soon =
    resolvedAtMs !== null && resolvedAtMs >= undo.startedAtMs - CLOCK_SLACK_MS && resolvedAtMs <= doneMs + RECOVERY_MS
  if (soon) return { outcome: 'recovered', recoveredAfterMs: Math.max(resolvedAtMs - undo.startedAtMs, 0) }
  return { outcome: endAtMs > doneMs + NO_HELP_MS ? 'no-help' : 'too-soon' }
}

function telling({ kind, outcome }: Undo): number {
  if (outcome === 'too-soon') return 0
  return (outcome === 'recovered' ? 2 : 1) + (kind === 'reverts' ? 2 : 0)
}
