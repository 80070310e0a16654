// Hot path: runs for every series with errors at every tick, straight over the ring.

import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { OnsetGuess } from '../../../shared/domain/spike.ts'
import { burstShape, windowShape } from './baseline.ts'
import type { Baseline } from './open-spike.ts'
import { errorsAt, oldestCell, RING_CELLS, requestsAt, type Series } from './series.ts'
import type { ToldLimits } from './settings.ts'
import { surprise } from './surprise.ts'

/** Window lengths in cells, 10 s to an hour, each about 1.4 times the one before. */
const WINDOWS = [1, 2, 3, 4, 6, 8, 12, 17, 24, 34, 48, 68, 96, 136, 192, 270, 360] as const

/** A run of cells `[fromCell, toCell]` and how surprising its errors are, nats. */
export interface ScannedWindow {
  readonly fromCell: number
  readonly toCell: number
  readonly requests: number
  readonly errors: number
  readonly surprise: number
}

/** What a window must reach to be an alarm; `surprise` in nats. */
export type AlarmLimits = ToldLimits & { readonly surprise: number }

/**
 * A minute of a few errors means nothing: a pod that was replaced, a client that tried again and again. Such a blip comes
 * about once a day to a series, its errors exponentially distributed with a mean of four. So what the worst minute adds to a
 * window is never more surprising than a blip of its size.
 */
const BLIP_CELLS = 6
const BLIP_SURPRISE = Math.log((24 * 3600 * 1000) / CELL_MS)
const BLIP_ERRORS = 4

/**
 * The most surprising window ending at `cell` that is within the limits; undefined where there is none. This is a
 * generalized likelihood-ratio scan over a geometric grid of windows (Lai, "Sequential changepoint detection in quality
 * control and dynamical systems", JRSS B 57, 1995).
 */
export function scanWindows(
  series: Series,
  cell: number,
  { baseline, limits }: { readonly baseline: Baseline; readonly limits: AlarmLimits },
): ScannedWindow | undefined {
  let best: ScannedWindow | undefined
  let requests = 0
  let errors = 0
  let next = 0
  // The worst minute of the window so far.
  let worst = { requests: 0, errors: 0 }
  const oldest = oldestCell(series, cell)
  let slot = cell % RING_CELLS
  for (let from = cell; from >= oldest; from--) {
    const errorsHere = series.errors[slot] ?? 0
    requests += series.requests[slot] ?? 0
    errors += errorsHere
    if (errorsHere > 0) worst = worseRun(series, worst, { from, cell })
    slot = slot === 0 ? RING_CELLS - 1 : slot - 1
    const length = cell - from + 1
    if (length !== WINDOWS[next] && from !== oldest) continue
    next++
    if (!isEnough(errors, requests, { baseline, limits })) continue
    const score = scoreWindow(series, baseline, {
      requests,
      errors,
      length,
      worst,
      least: best?.surprise ?? limits.surprise,
    })
    if (score >= (best?.surprise ?? limits.surprise))
      best = { fromCell: from, toCell: cell, requests, errors, surprise: score }
  }
  return best
}

/** How surprising a window is; 0 as soon as it is known to be less than `least`. */
function scoreWindow(
  series: Series,
  baseline: Baseline,
  window: { requests: number; errors: number; length: number; worst: Run; least: number },
): number {
  const { requests, errors, worst } = window
  // Bursts can only make it less surprising, and they are dear to compute.
  if (surprise(errors, requests, baseline.rate, Number.POSITIVE_INFINITY) < window.least) return 0
  const shape = windowShape(series, baseline, window.length)
  const whole = surprise(errors, requests, baseline.rate, shape)
  if (whole < window.least) return 0
  const rest = surprise(errors - worst.errors, requests - worst.requests, baseline.rate, shape)
  return Math.min(whole, rest + BLIP_SURPRISE + worst.errors / BLIP_ERRORS)
}

interface Run {
  readonly requests: number
  readonly errors: number
}

/** The worse of `worst` and the BLIP_CELLS cells that begin at `from`. */
function worseRun(series: Series, worst: Run, { from, cell }: { from: number; cell: number }): Run {
  let requests = 0
  let errors = 0
  for (let at = from; at < from + BLIP_CELLS && at <= cell; at++) {
    requests += series.requests[at % RING_CELLS] ?? 0
    errors += series.errors[at % RING_CELLS] ?? 0
  }
  return errors > worst.errors ? { requests, errors } : worst
}

function isEnough(
  errors: number,
  requests: number,
  { baseline, limits }: { readonly baseline: Baseline; readonly limits: AlarmLimits },
): boolean {
  const expected = requests * baseline.rate
  const excess = errors - expected
  return excess >= limits.excessErrors && excess >= requests * limits.uplift && errors >= expected * limits.ratio
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
  let best = 0
  for (let from = cells.to; from >= cells.from; from--) {
    requests += requestsAt(series, from)
    errors += errorsAt(series, from)
    if (from > cells.latest || errorsAt(series, from) === 0) continue
    const score = surprise(errors, requests, baseline.rate, burstShape(series, cells.to - from + 1))
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
