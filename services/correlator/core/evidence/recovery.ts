import type { Evidence } from '../../../../shared/domain/incident.ts'
import type { Candidate } from '../candidates.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { sayRecovery, type Undo } from '../undo.ts'
import { sayChange, sayDuration } from '../wording.ts'

/** Recovery within minutes of undoing the right change is nearly sure; by chance it is about one in ten. */
const LOG_ODDS = {
  reverts: { recovered: 2.3, 'no-help': -2.5, 'too-soon': 0 },
  goes_past: { recovered: 1.4, 'no-help': -2.5, 'too-soon': 0 },
  replaces: { recovered: 0.8, 'no-help': -0.2, 'too-soon': 0 },
} as const
/** Few broken changes mend themselves. Where rollbacks are never recorded, that none is means little. */
const BY_ITSELF_LOG_ODDS = { recorded: -0.9, unrecorded: -0.2 }
/** Fewer still within minutes, before anybody could have taken them back unrecorded; what stumbles by itself mostly does. */
const BY_ITSELF_SOON = [
  { withinMs: 2 * 60_000, logOdds: -3 },
  { withinMs: 5 * 60_000, logOdds: -2 },
] as const

/** And what spreads would fail more, not less, while it goes on spreading. */
const BY_ITSELF_SPREADING_LOG_ODDS = -4

/** After the change was taken back, did the errors stop? `recordsUndos`: whether this change list ever holds a rollback. */
export function weighRecovery(
  incident: IncidentCase,
  candidate: Candidate,
  { undo, recordsUndos }: { readonly undo: Undo | undefined; readonly recordsUndos: boolean },
): Finding | undefined {
  if (undo === undefined) return weighByItself(incident, candidate, recordsUndos)
  const ofUndo = LOG_ODDS[undo.kind][undo.outcome]
  if (ofUndo === 0) return undefined
  // What another release on top did not end was still in place when it ended.
  const endedByItself = undo.kind === 'replaces' && undo.outcome === 'no-help' && incident.resolvedAtMs !== null
  const logOdds = endedByItself ? Math.min(byItself(recordsUndos), ofUndo) : ofUndo
  const text =
    undo.recoveredAfterMs === undefined
      ? `still failing long after ${sayChange(undo.change)}`
      : sayRecovery(undo.change, undo.recoveredAfterMs)
  return toFinding(logOdds, text, { change_id: undo.change.id, outcome: undo.outcome })
}

function weighByItself(
  { resolvedAtMs, onsetAtMs }: IncidentCase,
  { startMs, endMs }: Candidate,
  recordsUndos: boolean,
): Finding | undefined {
  if (resolvedAtMs === null) return undefined
  const lastedMs = resolvedAtMs - onsetAtMs
  const soon = BY_ITSELF_SOON.find(({ withinMs }) => lastedMs < withinMs)
  if (soon === undefined) {
    return toFinding(byItself(recordsUndos), 'normal again without anybody having recorded taking it back', {})
  }
  const text = `normal again by itself after ${sayDuration(lastedMs)}`
  const isSpreading = resolvedAtMs < (startMs + endMs) / 2
  if (isSpreading) {
    const said = `${text}, before half of the rollout was done`
    return toFinding(BY_ITSELF_SPREADING_LOG_ODDS, said, { lasted_s: lastedMs / 1000 })
  }
  return toFinding(soon.logOdds, text, { lasted_s: lastedMs / 1000 })
}

function byItself(recordsUndos: boolean): number {
  return recordsUndos ? BY_ITSELF_LOG_ODDS.recorded : BY_ITSELF_LOG_ODDS.unrecorded
}

function toFinding(logOdds: number, text: string, data: Evidence['data']): Finding {
  return { evidence: toEvidence('recovery', logOdds, { text, data }) }
}
