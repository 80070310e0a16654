import type { Change } from '../../../shared/domain/change.ts'
import type { Verification } from '../../../shared/domain/incident.ts'
import type { IncidentCase } from './incident-case.ts'
import type { Posterior } from './posterior.ts'
import { findUndo, sayRecovery } from './undo.ts'
import { sayChange } from './wording.ts'

/** Whether taking back the blamed change ended the incident. */
export function verify(incident: IncidentCase, posterior: Posterior, changes: readonly Change[]): Verification {
  const [first] = posterior.candidates
  if (first === undefined || first.probability < incident.settings.blameAt) return { state: 'not_applicable' }
  const undo = findUndo(incident, first.candidate, changes)
  if (undo?.recoveredAfterMs !== undefined) {
    const text = sayRecovery(undo.change, undo.recoveredAfterMs)
    return { state: 'confirmed', text, recoveredAfterMs: undo.recoveredAfterMs }
  }
  if (undo?.kind === 'reverts' && undo.outcome === 'no-help') {
    return { state: 'refuted', text: `still failing long after ${sayChange(undo.change)}` }
  }
  return { state: incident.resolvedAtMs === null ? 'pending' : 'not_applicable' }
}
