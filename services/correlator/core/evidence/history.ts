import type { Change } from '../../../../shared/domain/change.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { CHANGE_PRIORS } from '../weights.ts'
import { sayPlural } from '../wording.ts'

/** Past changes worth of belief in the usual rate. */
const PRIOR_CHANGES = 100
/** So few that went well say nothing. */
const ALL_WELL_MIN = 30

/** How changes of one service and kind fared before. */
export interface ChangeRecord {
  readonly changeCount: number
  /** Of these, those blamed for an incident. */
  readonly blamedCount: number
}

/** Did changes of this service and kind break it before more often than such changes do? */
export function weighHistory(
  { kind, service }: Change,
  { changeCount, blamedCount }: ChangeRecord,
): Finding | undefined {
  if (blamedCount === 0 && changeCount < ALL_WELL_MIN) return undefined
  const usual = CHANGE_PRIORS[kind]
  const smoothed = (blamedCount + usual * PRIOR_CHANGES) / (changeCount + PRIOR_CHANGES)
  const what = service === undefined ? 'something' : 'this service'
  const text = `${blamedCount === 0 ? 'none' : blamedCount} of ${sayPlural(changeCount, 'earlier change')} of this kind broke ${what}`
  const data = { changes: changeCount, blamed: blamedCount }
  return { evidence: toEvidence('history', Math.log(smoothed / usual), { text, data }) }
}
