import { absorbDispersion, relativeVariance } from './dispersion.ts'
import type { Baseline } from './open-spike.ts'
import { errorsAt, RING_CELLS, requestsAt, type Series } from './series.ts'

/** Recent hours set the level: errors of this many cells ago count half (6 hours). */
const LEVEL_HALF_LIFE_CELLS = 2160
/** How bursty a series is shows only over a longer time (24 hours). */
const DISPERSION_HALF_LIFE_CELLS = 8640
/**
 * A cell becomes normal only after so long, so that a fault in its first hour does not vouch for itself. A young series
 * cannot wait that long: half its age, and at least three minutes.
 */
const MATURITY_CELLS = RING_CELLS - 1
const MIN_MATURITY_CELLS = 18

/**
 * Before anything is known a service is taken to fail 1 % of its requests, give or take much: about a third of an error's worth
 * of knowledge. A service that always failed 30 % is then no alarm when first seen; one that fails 60 % is.
 */
const PRIOR_RATE = 0.01
const PRIOR_ERRORS = 0.35
/** Levels drift by a few per cent for no reason that anybody would want to hear of. */
const DRIFT_VARIANCE = 0.001

/** The level now: what the series did in the past hours, drawn towards what its parent does where it is thin. */
export function baselineOf(series: Series): Baseline {
  const prior = series.parent === undefined ? PRIOR_RATE : baselineOf(series.parent).rate
  const errors = series.levelErrors + PRIOR_ERRORS
  return { rate: errors / (series.levelRequests + PRIOR_ERRORS / prior), shape: errors }
}

/**
 * Shape of the error rate's distribution over a window of `cells` cells, the level being known: what bursts do to a window
 * of that length, and drift.
 */
export function burstShape(series: Series, cells: number): number {
  return 1 / (relativeVariance(series.dispersion, cells, series.parent?.dispersion) + DRIFT_VARIANCE)
}

/** The same, with what is not known of the level: relative variances add up. */
export function windowShape(series: Series, baseline: Baseline, cells: number): number {
  return 1 / (1 / baseline.shape + 1 / burstShape(series, cells))
}

/** Lets the cells that have matured by `cell` into the normal, but for those that an incident held. */
export function absorbMatured(series: Series, cell: number): void {
  const age = cell - series.firstCell
  const maturity = Math.min(MATURITY_CELLS, Math.max(MIN_MATURITY_CELLS, Math.floor(age / 2)))
  const until = cell - maturity
  let skipped = 1
  for (; series.absorbedTo < until; series.absorbedTo++) {
    const requests = requestsAt(series, series.absorbedTo)
    if (requests === 0 || isAbnormal(series, series.absorbedTo)) skipped++
    else {
      absorbCell(series, { requests, errors: errorsAt(series, series.absorbedTo), cells: skipped })
      skipped = 1
    }
  }
  forgetTime(series, skipped - 1)
}

/** Marks cells from `from` on as not normal; the range is closed by `endAbnormal`. */
export function beginAbnormal(series: Series, from: number): void {
  const owner = series.parent ?? series
  const open = owner.abnormal.at(-1)
  if (open !== undefined && open.to >= from) {
    open.from = Math.min(open.from, from)
    open.to = Number.POSITIVE_INFINITY
  } else owner.abnormal.push({ from, to: Number.POSITIVE_INFINITY })
  while (owner.abnormal.length > MAX_ABNORMAL_RANGES) owner.abnormal.shift()
}

/** Closes the open range at `to`. */
export function endAbnormal(series: Series, to: number): void {
  const open = (series.parent ?? series).abnormal.at(-1)
  if (open !== undefined) open.to = to
}

/** Forgets the newest range: what happened in it was normal after all. */
export function dropAbnormal(series: Series): void {
  const { abnormal } = series.parent ?? series
  abnormal.pop()
}

/** What the series did during a spike becomes its normal. */
export function resetLevel(series: Series, seen: { readonly errors: number; readonly requests: number }): void {
  series.levelErrors = seen.errors
  series.levelRequests = seen.requests
}

const MAX_ABNORMAL_RANGES = 64

function isAbnormal(series: Series, cell: number): boolean {
  const ranges = (series.parent ?? series).abnormal
  for (let index = ranges.length - 1; index >= 0; index--) {
    const range = ranges[index]
    if (range !== undefined && cell >= range.from && cell < range.to) return true
  }
  return false
}

function absorbCell(series: Series, counted: { requests: number; errors: number; cells: number }): void {
  const { rate } = baselineOf(series)
  const decay = 0.5 ** (counted.cells / LEVEL_HALF_LIFE_CELLS)
  series.levelErrors = series.levelErrors * decay + counted.errors
  series.levelRequests = series.levelRequests * decay + counted.requests
  absorbDispersion(series.dispersion, counted, { rate, decay: 0.5 ** (counted.cells / DISPERSION_HALF_LIFE_CELLS) })
}

/** Cells without traffic say nothing, but what was known of the series grows old. */
function forgetTime(series: Series, cells: number): void {
  if (cells <= 0) return
  const decay = 0.5 ** (cells / LEVEL_HALF_LIFE_CELLS)
  series.levelErrors *= decay
  series.levelRequests *= decay
}
