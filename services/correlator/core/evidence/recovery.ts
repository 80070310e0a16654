import type { Evidence } from '../../../../shared/domain/incident.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import type { Undo } from '../undo.ts'
import { sayChange, sayDuration } from '../wording.ts'

/** Recovery within minutes of undoing the right change is nearly sure; by chance it is about one in ten. */
const LOG_ODDS = {
  reverts: { recovered: 2.3, 'no-help': -2.5, 'too-soon': 0 },
  replaces: { recovered: 0.8, 'no-help': -0.2, 'too-soon': 0 },
} as const
/** Few broken changes mend themselves; but not every mending is recorded. */
const BY_ITSELF_LOG_ODDS = -0.3

/** After the change was taken back, did the errors stop? */
export function weighRecovery(incident: IncidentCase, undo: Undo | undefined): Finding | undefined {
  if (undo === undefined) {
    if (incident.resolvedAtMs === null) return undefined
    return toFinding(BY_ITSELF_LOG_ODDS, 'normal again without anybody having recorded taking it back', {})
  }
  const logOdds = LOG_ODDS[undo.kind][undo.outcome]
  if (logOdds === 0) return undefined
  const text =
    undo.recoveredAfterMs === undefined
      ? `still failing long after ${sayChange(undo.change)}`
      : `normal again ${sayDuration(undo.recoveredAfterMs)} after ${sayChange(undo.change)} began`
  return toFinding(logOdds, text, { change_id: undo.change.id, outcome: undo.outcome })
}

function toFinding(logOdds: number, text: string, data: Evidence['data']): Finding {
  return { evidence: toEvidence('recovery', logOdds, { text, data }) }
}
