import { absorbDispersion, burstVariance, relativeVariance } from './dispersion.ts'
import type { Baseline } from './open-spike.ts'
import { observeRun, observeTime, RUN_CELLS } from './peaks.ts'
import { errorsAt, type Level, RING_CELLS, requestsAt, type Series } from './series.ts'

/** Recent hours set the level: errors of this many cells ago count half (6 hours)… */
const HOURS_HALF_LIFE_CELLS = 2160
/** …and where errors are many enough to tell, the newest of them (1 hour) do: levels follow the time of day. */
const NEWEST_HALF_LIFE_CELLS = 360
/** So many errors' worth of the past hours stand against those of the newest. */
const HOURS_ERRORS_MAX = 30
/** How bursty a series is shows only over a longer time (24 hours). */
const DISPERSION_HALF_LIFE_CELLS = 8640
/**
 * A cell becomes normal only after so long, so that a fault in its first hour does not vouch for itself. A young series
 * cannot wait that long: half its age, and at least three minutes.
 */
const MATURITY_CELLS = RING_CELLS - 1
const MIN_MATURITY_CELLS = 18
/** What a young series did with no more errors than are expected of one that nothing is known of is normal after a minute. */
const GOOD_MATURITY_CELLS = 6

/**
 * Before anything is known a service is taken to fail 1 % of its requests, give or take much: about a third of an error's worth
 * of knowledge. A service that always failed 30 % is then no alarm when first seen; one that fails 60 % is.
 */
const PRIOR_RATE = 0.01
const PRIOR_ERRORS = 0.35
/** Rarer than one request in ten thousand is luck: a pod that is replaced costs more. */
const LEAST_RATE = 0.0001
/** Levels drift by a few per cent for no reason that anybody would want to hear of. */
const DRIFT_VARIANCE = 0.001

/**
 * The level now: what the series did in the newest hour that is known to be normal, drawn towards what it did in the past
 * hours where that is thin, and towards what its parent does where those are.
 */
export function baselineOf(series: Series): Baseline {
  const prior = series.parent === undefined ? PRIOR_RATE : baselineOf(series.parent).rate
  const hours = drawTowards(series.hours, { rate: prior, shape: PRIOR_ERRORS })
  const newest = drawTowards(series.newestHour, { rate: hours.rate, shape: Math.min(hours.shape, HOURS_ERRORS_MAX) })
  return { rate: Math.max(newest.rate, LEAST_RATE), shape: Math.max(newest.shape, hours.shape) }
}

/** Traffic of the past ten minutes is held against the normal one… */
const RECENT_CELLS = 60
/** …which halves within an hour for a reason of its own: a canary that ended, clients that were moved, a job that is done. */
const FALLEN_SHARE = 0.5

/**
 * The level that a rise is looked for above. Where traffic has fallen to less than half, what fails as often as before fails a
 * larger share of what is left: as many errors as before are no rise.
 */
export function baselineAt(series: Series, cell: number): Baseline {
  const baseline = baselineOf(series)
  const { errors, requests, cells } = series.newestHour
  let recent = 0
  for (let ago = 0; ago < RECENT_CELLS; ago++) recent += requestsAt(series, cell - ago)
  const usual = (requests / cells) * RECENT_CELLS
  if (recent === 0 || !(recent < FALLEN_SHARE * usual)) return baseline
  const unmoved = ((errors / cells) * RECENT_CELLS) / recent
  return { ...baseline, rate: Math.max(baseline.rate, Math.min(unmoved, FALLEN_RATE_MAX)) }
}

/** Half of all requests failing is a rise whatever the traffic was. */
const FALLEN_RATE_MAX = 0.5

/** Posterior of a rate with a gamma prior, given counts. */
function drawTowards({ errors, requests }: Omit<Level, 'cells'>, prior: Baseline): Baseline {
  return { rate: (errors + prior.shape) / (requests + prior.shape / prior.rate), shape: errors + prior.shape }
}

/** Shape of the error rate's distribution over a window of `cells` cells, level and drift being known: what bursts do to it. */
export function burstShape(series: Series, cells: number): number {
  return 1 / (burstVariance(series.dispersion, cells, series.parent?.dispersion) + DRIFT_VARIANCE)
}

/** The same, with drift and what is not known of the level: relative variances add up. */
export function windowShape(series: Series, baseline: Baseline, cells: number): number {
  const variance = relativeVariance(series.dispersion, cells, series.parent?.dispersion)
  return 1 / (1 / baseline.shape + variance + DRIFT_VARIANCE)
}

/** Lets the cells that have matured by `cell` into the normal, but for those that an incident held. */
export function absorbMatured(series: Series, cell: number): void {
  const age = cell - series.firstCell
  const maturity = Math.min(MATURITY_CELLS, Math.max(MIN_MATURITY_CELLS, Math.floor(age / 2)))
  const until = cell - maturity
  const goodUntil = cell - GOOD_MATURITY_CELLS
  const isMature = (seen: number): boolean =>
    seen < until ||
    (maturity === MIN_MATURITY_CELLS &&
      seen < goodUntil &&
      errorsAt(series, seen) <= requestsAt(series, seen) * PRIOR_RATE)
  let skipped = 1
  for (; isMature(series.absorbedTo); series.absorbedTo++) {
    const requests = requestsAt(series, series.absorbedTo)
    if (requests === 0 || isAbnormal(series, series.absorbedTo)) skipped++
    else {
      observePeaks(series, series.absorbedTo)
      absorbCell(series, { requests, errors: errorsAt(series, series.absorbedTo), cells: skipped })
      skipped = 1
    }
  }
  if (skipped > 1) passTime(series, skipped - 1)
}

/** The runs of cells that begin with a failing one, unless an incident held part of them. */
function observePeaks(series: Series, cell: number): void {
  const { peaks } = series
  if (series.parent !== undefined || errorsAt(series, cell) === 0) return
  const { rate } = baselineOf(series)
  let excess = 0
  let length = 0
  for (const [index, cells] of RUN_CELLS.entries()) {
    for (; length < cells && !isAbnormal(series, cell + length); length++)
      excess += errorsAt(series, cell + length) - rate * requestsAt(series, cell + length)
    if (length === cells) observeRun(peaks, cell, index, excess)
  }
}

/** Marks cells from `from` on as not normal; the range is closed by `endAbnormal`. */
export function beginAbnormal(series: Series, from: number): void {
  const owner = series.parent ?? series
  const open = owner.abnormal.at(-1)
  if (open !== undefined && open.to >= from) {
    open.from = Math.min(open.from, from)
    open.to = Number.POSITIVE_INFINITY
  } else owner.abnormal.push({ from, to: Number.POSITIVE_INFINITY, lastedTo: Number.NEGATIVE_INFINITY })
  while (owner.abnormal.length > MAX_ABNORMAL_RANGES) owner.abnormal.shift()
}

/** A spike of the open range that was more than a burst is over at `to`. */
export function keepAbnormal(series: Series, to: number): void {
  const open = (series.parent ?? series).abnormal.at(-1)
  if (open !== undefined) open.lastedTo = Math.max(open.lastedTo, to)
}

/** Closes the open range, or forgets it where none of its spikes lasted: what happened in it was normal after all. */
export function endAbnormal(series: Series): void {
  const { abnormal } = series.parent ?? series
  const open = abnormal.at(-1)
  if (open === undefined) return
  if (open.lastedTo > Number.NEGATIVE_INFINITY) open.to = open.lastedTo
  else abnormal.pop()
}

/** What the series did during a spike becomes its normal. */
export function resetLevel(series: Series, seen: Level): void {
  Object.assign(series.hours, seen)
  Object.assign(series.newestHour, seen)
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
  passTime(series, counted.cells)
  for (const level of [series.hours, series.newestHour]) {
    level.errors += counted.errors
    level.requests += counted.requests
  }
  absorbDispersion(series.dispersion, counted, { rate, decay: 0.5 ** (counted.cells / DISPERSION_HALF_LIFE_CELLS) })
}

/** Time goes by, with traffic or without: what was known of the level grows old. */
function passTime(series: Series, cells: number): void {
  if (series.parent === undefined) observeTime(series.peaks, cells)
  forget(series.hours, 0.5 ** (cells / HOURS_HALF_LIFE_CELLS))
  forget(series.newestHour, 0.5 ** (cells / NEWEST_HALF_LIFE_CELLS))
  for (const level of [series.hours, series.newestHour]) level.cells += cells
}

function forget(level: Level, kept: number): void {
  level.errors *= kept
  level.requests *= kept
  level.cells *= kept
}
