// What is counted by the minute is judged by the scan that judges cells: a minute is the last of its cells, the others stay empty.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { absorbMatured, baselineAt } from './baseline.ts'
import type { Baseline, OpenSpike } from './open-spike.ts'
import { countCells } from './rises.ts'
import { type AlarmLimits, type FoundRise, findRise, isCalm } from './scan.ts'
import { addToCell, errorsAt, requestsAt, type Series } from './series.ts'
import { closeSpike, openSpike, toSpike, updateSpike } from './spike-state.ts'

export const MINUTE_CELLS = 60_000 / CELL_MS

/** What a share must reach to be told of; each of the newest `lastingMinutes` shows it. */
export type MinuteLimits = AlarmLimits & { readonly lastingMinutes: number }

/** The requests of a series in one minute, and those of them that are counted. */
export interface MinuteCount {
  readonly minute: number
  readonly requests: number
  readonly hits: number
}

/** The cell that stands for a minute (its number: epoch time / 60 s). */
export function cellOfMinute(minute: number): number {
  return (minute + 1) * MINUTE_CELLS - 1
}

/** Takes in one minute, newer than those before it. Returns the spike that is over by it. */
export function judgeMinute(series: Series, count: MinuteCount, limits: MinuteLimits): OpenSpike | undefined {
  const { spike } = series
  const cell = cellOfMinute(count.minute)
  absorbMatured(series, cell)
  addToCell(series, cell, count.requests, count.hits)
  if (spike === undefined) {
    openIfUp(series, cell, limits)
    return undefined
  }
  updateSpike(series, spike, cell)
  return closeSpike(series, cell) === undefined ? undefined : spike
}

function openIfUp(series: Series, cell: number, limits: MinuteLimits): void {
  if (isCalm(series, cell)) return
  const baseline = baselineAt(series, cell)
  const rise = findRise(series, cell, { baseline, limits })
  if (rise === undefined || !isLasting(series, rise, { baseline, limits })) return
  openSpike(series, { rise, baseline, logBegan: Number.NEGATIVE_INFINITY })
}

/**
 * Each of the newest minutes has more than usual, by half as much as must be; and both they and what followed the minutes that mean
 * nothing show the rise by themselves: of a thin service one slow request a minute is more than half as much.
 */
function isLasting(
  series: Series,
  { fromCell, toCell }: FoundRise,
  judged: { readonly baseline: Baseline; readonly limits: MinuteLimits },
): boolean {
  const { lastingMinutes, uplift } = judged.limits
  for (let ago = 0; ago < lastingMinutes; ago++) {
    const at = toCell - ago * MINUTE_CELLS
    if (errorsAt(series, at) <= requestsAt(series, at) * (judged.baseline.rate + uplift / 2)) return false
  }
  const newest = toCell - lastingMinutes * MINUTE_CELLS + 1
  return (
    showsRise(series, [newest, toCell], judged) &&
    showsRise(series, [fromCell + (lastingMinutes - 1) * MINUTE_CELLS, toCell], judged)
  )
}

/** Fewer than this share of the least excess show nothing by themselves. */
const SHOWN_SHARE = 1 / 4

function showsRise(
  series: Series,
  [from, to]: readonly [number, number],
  { baseline, limits }: { readonly baseline: Baseline; readonly limits: MinuteLimits },
): boolean {
  const { requests, errors } = countCells(series, from, to + 1)
  const excess = errors - requests * baseline.rate
  return excess >= requests * limits.uplift && excess >= SHOWN_SHARE * limits.excessErrors
}

/** A minute's cell stands for all of it: whatever is said of one may lie anywhere in the minute that ends with it. */
const EARLIER_MS = 60_000 - CELL_MS
const MIDDLE_MS = EARLIER_MS - 2 * CELL_MS
const PARTS_MS = [EARLIER_MS, MIDDLE_MS, MIDDLE_MS - 2 * CELL_MS]

/** The spike as the rest of the product knows it: it began about the middle of its first minute. `kind` sets its id apart. */
export function toMinuteSpike({ key }: Series, open: OpenSpike, kind: string): Spike {
  const spike = toSpike(key, open)
  const guesses = spike.onsetGuesses.flatMap(({ atMs, weight }) =>
    PARTS_MS.map((earlierMs) => ({ atMs: atMs - earlierMs, weight: weight / PARTS_MS.length })),
  )
  return {
    ...spike,
    id: stableHash(JSON.stringify([spike.id, kind])),
    onsetAtMs: spike.onsetAtMs - MIDDLE_MS,
    onsetGuesses: guesses,
    resolvedAtMs: spike.resolvedAtMs === null ? null : spike.resolvedAtMs - EARLIER_MS,
  }
}
