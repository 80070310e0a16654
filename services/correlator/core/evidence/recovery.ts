import type { Evidence } from '../../../../shared/domain/incident.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { sayRecovery, type Undo } from '../undo.ts'
import { sayChange, sayDuration } from '../wording.ts'

/** Recovery within minutes of undoing the right change is nearly sure; by chance it is about one in ten. */
const LOG_ODDS = {
  reverts: { recovered: 2.3, 'no-help': -2.5, 'too-soon': 0 },
  replaces: { recovered: 0.8, 'no-help': -0.2, 'too-soon': 0 },
} as const
/** Few broken changes mend themselves. Where rollbacks are never recorded, that none is means little. */
const BY_ITSELF_LOG_ODDS = { recorded: -0.9, unrecorded: -0.2 }
/** Fewer still within minutes, before anybody could have taken them back unrecorded. */
const SOON_MS = 5 * 60_000
const SOON_LOG_ODDS = -2

/** After the change was taken back, did the errors stop? `recordsUndos`: whether this change list ever holds a rollback. */
export function weighRecovery(
  incident: IncidentCase,
  undo: Undo | undefined,
  recordsUndos: boolean,
): Finding | undefined {
  if (undo === undefined) {
    if (incident.resolvedAtMs === null) return undefined
    const lastedMs = incident.resolvedAtMs - incident.onsetAtMs
    if (lastedMs < SOON_MS)
      return toFinding(SOON_LOG_ODDS, `normal again by itself after ${sayDuration(lastedMs)}`, {
        lasted_s: lastedMs / 1000,
      })
    const logOdds = recordsUndos ? BY_ITSELF_LOG_ODDS.recorded : BY_ITSELF_LOG_ODDS.unrecorded
    return toFinding(logOdds, 'normal again without anybody having recorded taking it back', {})
  }
  const logOdds = LOG_ODDS[undo.kind][undo.outcome]
  if (logOdds === 0) return undefined
  const text =
    undo.recoveredAfterMs === undefined
      ? `still failing long after ${sayChange(undo.change)}`
      : sayRecovery(undo.change, undo.recoveredAfterMs)
  return toFinding(logOdds, text, { change_id: undo.change.id, outcome: undo.outcome })
}

function toFinding(logOdds: number, text: string, data: Evidence['data']): Finding {
  return { evidence: toEvidence('recovery', logOdds, { text, data }) }
}
