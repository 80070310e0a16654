import { CELL_MS } from '../../../../shared/domain/cell.ts'
import { logSumExp } from '../../../../shared/domain/log-sum-exp.ts'
import type { Candidate } from '../candidates.ts'
import { fitCourse, type Moment } from '../error-course.ts'
import { baselineRate } from '../excess.ts'
import { type Finding, toEvidence } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { type IncidentCase, isInScope } from '../incident-case.ts'
import { logMean } from '../log-math.ts'
import { total } from '../total.ts'
import { sayPercent } from '../wording.ts'

const MINUTE_MS = 60_000
/** Shorter rollouts, or onsets this near their end, show no difference. */
const LENGTH_MIN_MS = MINUTE_MS
/** So long after the end is looked at, where all traffic is on the new version. */
const AFTER_MS = 5 * MINUTE_MS
const ERRORS_MIN = 20
/** Where no tag tells, the first step of a rollout may be any of these shares; then it goes on evenly. */
const FIRST_SHARES = [0.1, 0.25, 0.5]
/** A bad release may break something that all versions share, at once. */
const AT_ONCE = 0.1
/** Other faults are mostly up at once; some climb, over as many minutes. */
const CLIMBING = { share: 0.2, minutes: [4, 15] }

interface RolloutMoment extends Moment {
  /** Share of requests on tagged new versions, 0–1. */
  readonly tagged: number
}

/**
 * Do errors rise as the rollout proceeds, and no further once it is done? What is unrelated is up at once, or climbs in its
 * own time. Says nothing of who failed at one moment, which the splits compare.
 */
export function weighRolloutDose(incident: IncidentCase, candidate: Candidate): Finding | undefined {
  const { relation } = candidate
  const { onsetAtMs } = incident
  if ((relation !== 'root' && relation !== 'callee') || !isSpreading(candidate, onsetAtMs)) return undefined
  const moments = readMoments(incident, candidate)
  if (total(moments, 'errors') < ERRORS_MIN) return undefined
  const normal = Math.max(incident.normalRate, baselineRate(incident, incident.root))
  const score = (shape: (moment: RolloutMoment) => number): number => fitCourse(moments, normal, shape)
  const follows =
    candidate.rollout === undefined || relation === 'callee'
      ? FIRST_SHARES.map((first) => score(({ atMs }) => shareAt(atMs, candidate, first)))
      : [score(({ tagged }) => tagged)]
  const atOnce = score(() => 1)
  const climbs = CLIMBING.minutes.map((minutes) =>
    score(({ atMs }) => Math.min((atMs + MINUTE_MS / 6 - onsetAtMs) / (minutes * MINUTE_MS), 1)),
  )
  const guilty = logSumExp([Math.log(1 - AT_ONCE) + logMean(follows), Math.log(AT_ONCE) + atOnce])
  const innocent = logSumExp([Math.log(1 - CLIMBING.share) + atOnce, Math.log(CLIMBING.share) + logMean(climbs)])
  return { evidence: toEvidence('dose', guilty - innocent, describe(moments, candidate)) }
}

/** Whether enough of the rollout is still to come that errors could rise with it. */
export function isSpreading({ startMs, endMs }: Candidate, onsetAtMs: number): boolean {
  return endMs - startMs >= LENGTH_MIN_MS && onsetAtMs <= endMs - LENGTH_MIN_MS / 2
}

function readMoments(incident: IncidentCase, { endMs, rollout }: Candidate): RolloutMoment[] {
  const { onsetAtMs, endAtMs, data, root, request } = incident
  const toMs = Math.min(endMs + AFTER_MS, endAtMs)
  const cells = data.cells.filter((cell) => {
    // Of the cell of the onset only a part failed, whatever failed it.
    const isWhole = cell.startMs >= onsetAtMs + CELL_MS && cell.startMs < toMs
    return cell.service === root && isWhole && isInScope(request, cell)
  })
  return [...groupBy(cells, ({ startMs }) => startMs)].map(([atMs, ofCell]) => {
    const requests = total(ofCell, 'requests')
    const onNew = ofCell.filter(({ version }) => rollout?.exposed.has(version) === true)
    return { atMs, requests, errors: total(ofCell, 'errors'), tagged: total(onNew, 'requests') / Math.max(requests, 1) }
  })
}

function shareAt(atMs: number, { startMs, endMs }: Candidate, first: number): number {
  const done = Math.min(Math.max((atMs - startMs) / (endMs - startMs), 0), 1)
  return first + (1 - first) * done
}

function describe(moments: readonly RolloutMoment[], { endMs }: Candidate): Pick<Finding['evidence'], 'text' | 'data'> {
  const rateOf = (some: readonly RolloutMoment[]): number =>
    total(some, 'errors') / Math.max(total(some, 'requests'), 1)
  const during = rateOf(moments.filter(({ atMs }) => atMs < endMs))
  const later = moments.filter(({ atMs }) => atMs >= endMs)
  if (later.length === 0) {
    const text = `${sayPercent(during)} fail while the rollout goes on`
    return { text, data: { error_rate_during: during } }
  }
  const after = rateOf(later)
  return {
    text: `${sayPercent(during)} fail from the first errors to the end of the rollout, ${sayPercent(after)} after it`,
    data: { error_rate_during: during, error_rate_after: after },
  }
}
