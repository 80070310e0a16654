import { CELL_MS } from '../../../../shared/domain/cell.ts'
import { estimateCorrelation } from '../../../../shared/domain/error-correlation.ts'
import { type Candidate, CLOCK_SKEW_MS } from '../candidates.ts'
import { baselineRate } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { type IncidentCase, isInScope } from '../incident-case.ts'
import { onsetSpan } from '../onset.ts'
import { total } from '../total.ts'
import { sayCount, sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
/** Only a change that began near the onset can have come after the first errors. */
const NEAR_ONSET_MS = 15 * MINUTE_MS
const LOOK_BACK_MS = 4 * MINUTE_MS
const CLEARS_AT = -4

/** Did it fail like this before the change took effect? The minutes before it, at half the incident's rate against normal. */
export function weighAlreadyThere(incident: IncidentCase, { startMs }: Candidate): Finding | undefined {
  const { earliestMs, latestMs } = onsetSpan(incident.spike)
  if (startMs < earliestMs - NEAR_ONSET_MS || startMs > latestMs + CLOCK_SKEW_MS) return undefined
  const cells = incident.data.cells.filter(
    (cell) => cell.service === incident.root && isInScope(incident.request, cell),
  )
  const before = cells.filter((cell) => cell.startMs >= startMs - LOOK_BACK_MS && cell.startMs + CELL_MS <= startMs)
  const [requests, errors] = [total(before, 'requests'), total(before, 'errors')]
  const normal = Math.max(incident.normalRate, baselineRate(incident, incident.root))
  const failing = incident.spike.observedRate / 2
  if (requests === 0 || failing <= normal) return undefined
  const cellsBefore = Math.max(new Set(before.map((cell) => cell.startMs)).size, 1)
  const discount = 1 + (requests / cellsBefore) * estimateCorrelation(cells.filter((cell) => cell.startMs < earliestMs))
  const there = (errors * Math.log(failing / normal) - requests * (failing - normal)) / discount
  if (there <= 1) return undefined
  const text = `${sayPercent(errors / requests)} of ${sayCount(requests)} requests failed in the minutes before it already`
  return {
    evidence: toEvidence('already_there', -there, { text, data: { requests, errors } }),
    ...(-there <= CLEARS_AT && { clears: 'fault_already_there' as const }),
  }
}
