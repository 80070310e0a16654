import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { OnsetGuess } from '../../../shared/domain/spike.ts'
import { burstShape } from './baseline.ts'
import { blipNats, blipOf } from './bursts.ts'
import { type Normal, normalOf } from './normal.ts'
import type { Baseline } from './open-spike.ts'
import { burstsSeldom } from './peaks.ts'
import { riseEvidence } from './rise-evidence.ts'
import { addedRates, countCells, observeRises, type Rise } from './rises.ts'
import { errorsAt, oldestCell, requestsAt, type Series } from './series.ts'
import type { ToldLimits } from './settings.ts'
import { surprise } from './surprise.ts'
import { BURSTY_ALARMS_PER_LOOK, STEADY_ALARMS_PER_LOOK } from './threshold.ts'

/** A run of cells `[fromCell, toCell]` and the evidence that its error rate is up, nats. */
export interface FoundRise {
  readonly fromCell: number
  readonly toCell: number
  readonly requests: number
  readonly errors: number
  readonly nats: number
}

/** What a rise must reach to be an alarm; `nats` of evidence. */
export type AlarmLimits = ToldLimits & { readonly nats: number }

/** Nothing speaks for a rise, and nothing in `cell` begins to: it need not be looked at. */
export function isCalm(series: Series, cell: number): boolean {
  return series.rises === undefined && errorsAt(series, cell) === 0
}

/** Takes in `cell`, the newest of the series, and returns the rise that is to be told; undefined where there is none. */
export function findRise(
  series: Series,
  cell: number,
  { baseline, limits }: { readonly baseline: Baseline; readonly limits: AlarmLimits },
): FoundRise | undefined {
  const normal = normalOf(series, baseline)
  const rise = observeRises(series, cell, normal)
  if (rise === undefined || rise.nats < limits.nats + lookNats(series)) return undefined
  const fromCell = Math.max(rise.fromCell, oldestCell(series, cell))
  const counted = countCells(series, fromCell, cell + 1)
  if (!isEnough(counted, baseline.rate, limits)) return undefined
  const range = { from: fromCell, to: cell }
  const blip = blipOf(series, cell)
  const worst = worstRun(series, range, blip.cells)
  const run = countCells(series, worst.from, Math.min(worst.to, cell + 1))
  const ofRun = blipNats(blip, run.errors - run.requests * baseline.rate)
  const nats = ofRun + confinedNats(series, worst) + evidenceWithout(series, range, { worst, rise, normal })
  if (nats < limits.nats) return undefined
  return { fromCell, toCell: cell, ...counted, nats: rise.nats }
}

/** What the sums of a look must have beyond the nats of an event of the same chance. */
function lookNats(series: Series): number {
  return Math.log(burstsSeldom((series.parent ?? series).peaks) ? STEADY_ALARMS_PER_LOOK : BURSTY_ALARMS_PER_LOOK)
}

/** More errors than expected, by as much as anybody wants to hear of. */
function isEnough(counted: { requests: number; errors: number }, rate: number, limits: ToldLimits): boolean {
  const expected = counted.requests * rate
  const excess = counted.errors - expected
  return (
    excess >= limits.excessErrors &&
    excess >= counted.requests * limits.uplift &&
    counted.errors >= expected * limits.ratio
  )
}

interface CellRun {
  readonly from: number
  /** Excluded. */
  readonly to: number
  readonly errors: number
}

/** One blip in twenty may be of one route alone. */
const ALONE_NATS = 3

/**
 * What a run of errors says against a blip where more of them are of this route than of the requests usually are, nats: a pod
 * that is replaced drops requests of every route alike. Where bursts are many, each route may have its own.
 */
function confinedNats(series: Series, { from, to }: CellRun): number {
  const { parent } = series
  if (parent === undefined || series.hours.requests === 0 || !burstsSeldom(parent.peaks)) return 0
  const ofService = countCells(parent, from, to)
  const share = series.hours.requests / parent.hours.requests
  return Math.min(
    surprise(countCells(series, from, to).errors, ofService.errors, share, Number.POSITIVE_INFINITY),
    ALONE_NATS,
  )
}

/** The `length` cells of `[from, to]` with the most errors. */
function worstRun(series: Series, { from, to }: { from: number; to: number }, length: number): CellRun {
  let worst = { from, to: from + length, errors: 0 }
  for (let first = from; first <= to; first++) {
    if (errorsAt(series, first) === 0) continue
    const { errors } = countCells(series, first, Math.min(first + length, to + 1))
    if (errors > worst.errors) worst = { from: first, to: first + length, errors }
  }
  return worst
}

/**
 * Evidence of cells `[from, to]` for a rise, those of the worst run left out. Before that run it may have begun at any time, or
 * not yet; after it, it goes on. With the worst run it seems as steep as `rise`, without it may be less so.
 */
function evidenceWithout(
  series: Series,
  { from, to }: { from: number; to: number },
  { worst, rise, normal }: { worst: CellRun; rise: Rise; normal: Normal },
): number {
  const evidence = addedRates(normal, rise.added).map((added) => {
    let before = 0
    for (const nats of blockEvidence(series, { from, to: worst.from - 1 }, { added, normal }))
      before = Math.max(before + nats, 0)
    return blockEvidence(series, { from: worst.to, to }, { added, normal }).reduce((sum, nats) => sum + nats, before)
  })
  return Math.max(...evidence)
}

/** Evidence of cells `[from, to]` for a rise by `added`, of each block of them. */
function blockEvidence(
  series: Series,
  { from, to }: { from: number; to: number },
  { added, normal }: { added: number; normal: Normal },
): number[] {
  const evidence: number[] = []
  let requests = 0
  let errors = 0
  for (let cell = from; cell <= to; cell++) {
    requests += requestsAt(series, cell)
    errors += errorsAt(series, cell)
    if (requests === 0 || ((cell + 1) % normal.blockCells !== 0 && cell < to)) continue
    evidence.push(riseEvidence(errors, requests, normal.rate, normal.shape, added))
    requests = 0
    errors = 0
  }
  return evidence
}

/**
 * Where the change began, given that there was one: every cell with errors in `[from, latest]` is tried as the first failing
 * one of those up to `to`, and its share of the likelihood is its weight. In time order, the likeliest MAX_GUESSES of them;
 * never empty.
 */
export function locateOnset(
  series: Series,
  cells: { readonly from: number; readonly latest: number; readonly to: number },
  baseline: Baseline,
): OnsetGuess[] {
  const tried: { cell: number; score: number }[] = []
  let requests = 0
  let errors = 0
  let heardCells = 0
  let best = 0
  for (let from = cells.to; from >= cells.from; from--) {
    requests += requestsAt(series, from)
    errors += errorsAt(series, from)
    // A burst does not go on where nothing is heard: a hole in the log must not make what is before it part of the rise.
    if (requestsAt(series.parent ?? series, from) > 0) heardCells += 1
    if (from > cells.latest || errorsAt(series, from) === 0) continue
    const shape = burstShape(series, heardCells)
    const score = surprise(errors, requests, baseline.rate, shape)
    tried.push({ cell: from, score })
    best = Math.max(best, score)
  }
  const likely = tried
    .map((guess) => ({ cell: guess.cell, weight: Math.exp(guess.score - best) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_GUESSES)
  const total = likely.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return [{ atMs: cells.latest * CELL_MS, weight: 1 }]
  return likely
    .map((guess) => ({ atMs: guess.cell * CELL_MS, weight: guess.weight / total }))
    .sort((a, b) => a.atMs - b.atMs)
}

const MAX_GUESSES = 30
