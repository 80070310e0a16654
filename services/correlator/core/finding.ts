import type { ClearedReason, Evidence, EvidenceKind } from '../../../shared/domain/incident.ts'
import { clamp } from './log-math.ts'
import { EVIDENCE_LIMITS } from './weights.ts'

/** What one evidence says of one hypothesis. `clears`: it is enough to call a change innocent. */
export interface Finding {
  readonly evidence: Evidence
  readonly clears?: ClearedReason
}

/** A piece of evidence with its log-odds kept within what its kind may say. */
export function toEvidence(
  kind: EvidenceKind,
  logOdds: number,
  said: { readonly text: string; readonly data: Evidence['data'] },
): Evidence {
  const [lowest, highest] = EVIDENCE_LIMITS[kind]
  return { kind, logOdds: clamp(logOdds, lowest, highest), ...said }
}
