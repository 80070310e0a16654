import type { Change } from '../../../shared/domain/change.ts'
import type { Verification } from '../../../shared/domain/incident.ts'
import type { IncidentCase } from './incident-case.ts'
import type { Judgement } from './judge-causes.ts'
import { findUndo, sayRecovery } from './undo.ts'
import { sayChange, sayChangeOf, sayPercent } from './wording.ts'

/** Whether taking back the blamed change ended the incident; where it did not, who is blamed instead. */
export function verify(
  incident: IncidentCase,
  { posterior, refuted }: Judgement,
  changes: readonly Change[],
): Verification {
  const [first] = posterior.candidates
  const blamed = first !== undefined && first.probability >= incident.settings.blameAt ? first : undefined
  const undo = blamed === undefined ? undefined : findUndo(incident, blamed.candidate, changes)
  if (undo?.recoveredAfterMs !== undefined) {
    const text = sayRecovery(undo.change, undo.recoveredAfterMs)
    return { state: 'confirmed', text, recoveredAfterMs: undo.recoveredAfterMs }
  }
  const [withdrawn] = refuted
  if (withdrawn !== undefined) {
    const next =
      blamed === undefined
        ? 'no other change explains it'
        : `next is ${sayChangeOf(blamed.candidate.change)} (${sayPercent(blamed.probability)})`
    const tried = `still failing long after ${sayChange(withdrawn.undo.change)}`
    return { state: 'refuted', text: `${tried}: ${sayChange(withdrawn.change)} did not do it; ${next}` }
  }
  return { state: blamed !== undefined && incident.resolvedAtMs === null ? 'pending' : 'not_applicable' }
}
