import { KIND_SLICES, type Tried, withInterval } from './detection-report.ts'
import { atLeast, type Goal } from './goals.ts'
import { forecastsOf, onlyFaults, scoreJudgments } from './score.ts'
import { calibrationBins } from './statistics.ts'
import { renderTable } from './text-table.ts'

/** How well the cause is named, a row each. */
export function renderBlame(subject: string, tried: readonly Tried[]): string {
  return renderTable(
    [subject, 'right suspect', 'innocent blamed', 'wrong one blamed', 'calib. error', 'root of cascade'],
    tried.map(({ name, judgments }) => {
      const score = scoreJudgments(judgments)
      return [
        name,
        withInterval(score.rightSuspect),
        withInterval(score.innocentBlamed),
        withInterval(score.wrongChangeBlamed),
        Number.isNaN(score.calibrationError) ? '–' : score.calibrationError.toFixed(3),
        withInterval(score.rootService),
      ]
    }),
  )
}

/** By fault kind: the right suspect named, and any other change blamed, ours beside the usual blame on the same alarms. */
export function renderBlameByKind(ours: Tried, usual: Tried): string {
  return renderTable(
    ['fault', 'faults', 'right suspect', 'latest change', 'another blamed', 'latest change'],
    KIND_SLICES.map(({ name, keep }) => {
      const [mine, theirs] = [ours, usual].map(({ judgments }) => scoreJudgments(onlyFaults(judgments, keep)))
      if (mine === undefined || theirs === undefined) return [name]
      return [
        name,
        String(mine.recall.of),
        ...[mine.rightSuspect, theirs.rightSuspect, mine.anotherBlamed, theirs.anotherBlamed].map(withInterval),
      ]
    }),
  )
}

/** Worlds that make blame hard, and which share of their guilty changes is asked for. */
export const BLAME_WORLDS = [
  { flavour: 'hosts', says: 'pods, no versions', asked: 'rightSuspect', bound: 0.93 },
  { flavour: 'untagged', says: 'neither', asked: 'rightSuspect', bound: 0.85 },
  { flavour: 'cold-start', says: 'six gray releases', asked: 'rightFirst', bound: 0.9 },
  { flavour: 'hidden-callee', says: 'shown by callers', asked: 'rightSuspect', bound: 0.95 },
  { flavour: 'learned-callee', says: 'calls learned', asked: 'rightSuspect', bound: 0.95 },
] as const

/** The judgments of one of `BLAME_WORLDS`, ours and by the usual blame on the same alarms. */
export interface BlamedWorlds {
  readonly world: (typeof BLAME_WORLDS)[number]
  readonly ours: Tried
  readonly usual: Tried
}

export function blameGoals(blamed: readonly BlamedWorlds[]): Goal[] {
  return blamed.map(({ world, ours }) => {
    const named = world.asked === 'rightFirst' ? 'right one first' : 'right suspect'
    return atLeast(
      `${named}, ${world.flavour} (${world.says})`,
      scoreJudgments(ours.judgments)[world.asked],
      world.bound,
    )
  })
}

/** How blame does where it is hard, beside the usual blame on the same alarms. */
export function renderBlameWorlds(blamed: readonly BlamedWorlds[]): string {
  return renderTable(
    ['blame worlds', 'guilty', 'right suspect', 'right one first', 'latest change', 'another blamed', 'latest change'],
    blamed.map(({ world, ours, usual }) => {
      const [mine, theirs] = [scoreJudgments(ours.judgments), scoreJudgments(usual.judgments)]
      const shares = [mine.rightSuspect, mine.rightFirst, theirs.rightSuspect, mine.anotherBlamed, theirs.anotherBlamed]
      return [world.flavour, String(mine.rightSuspect.of), ...shares.map(withInterval)]
    }),
  )
}

/** How often suspects of each probability were guilty: all of them, or those that `pick` takes. */
export function renderCalibration({ name, judgments }: Tried, pick = forecastsOf): string {
  return renderTable(
    [`${name}: suspects given`, 'suspects', 'said', 'guilty'],
    calibrationBins(judgments.flatMap(pick)).map(({ from, said, true: so }) => [
      `${from.toFixed(1)}–${(from + 0.1).toFixed(1)}`,
      String(so.of),
      said.toFixed(3),
      withInterval(so),
    ]),
  )
}
