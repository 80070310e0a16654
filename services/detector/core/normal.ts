import { relativeVariance } from './dispersion.ts'
import type { Baseline } from './open-spike.ts'
import type { Series } from './series.ts'

/** What a series may do while nothing is wrong. */
export interface Normal {
  /** The highest error rate that is plausible now, 0–1: rises are looked for above it. */
  readonly rate: number
  /** Cells that a burst lasts: errors are judged in blocks of so many. */
  readonly blockCells: number
  /** Shape of the gamma distribution of a block's rate: what bursts do. */
  readonly shape: number
}

/** Blocks that an hour divides into, up to two minutes: what lasts longer is drift. */
const BLOCK_CELLS = [1, 2, 3, 6, 12] as const
const MINUTES_CELLS = 30
const HALF_HOUR_CELLS = 180
/** Levels drift by a few per cent for no reason that anybody would want to hear of. */
const DRIFT_VARIANCE = 0.001
const BURST_VARIANCE_MIN = 1e-5
const RATE_MAX = 0.98
/** −ln of the chance that drift goes beyond what is held plausible: once a month, at one look an hour. */
const DRIFT_NATS = Math.log(30 * 24)

/**
 * The spread of a series' rate is taken apart: what varies from half hour to half hour, or is not known of the level, is
 * drift, and raises the rate to as much as is plausible; the rest are bursts, whose length shows
 * in how slowly they average out.
 */
export function normalOf(series: Series, baseline: Baseline): Normal {
  const parent = series.parent?.dispersion
  const varianceOver = (cells: number): number => relativeVariance(series.dispersion, cells, parent)
  const minutes = varianceOver(MINUTES_CELLS)
  // Independent bursts would have averaged out to this.
  const drift =
    Math.max(varianceOver(HALF_HOUR_CELLS) - minutes * (MINUTES_CELLS / HALF_HOUR_CELLS), 0) + DRIFT_VARIANCE
  const single = Math.max(varianceOver(1) - drift, BURST_VARIANCE_MIN)
  const burstCells = ((minutes - drift) * MINUTES_CELLS) / single
  // To the nearer length, as lengths double.
  const blockCells = BLOCK_CELLS.findLast((cells) => cells <= 1.5 * burstCells) ?? 1
  const raised = plausibleRatio(1 / (drift + 1 / baseline.shape), DRIFT_NATS)
  const burst = Math.max(varianceOver(blockCells) - drift, BURST_VARIANCE_MIN)
  // Where the level is higher there are more bursts and larger ones: half of its rise is taken to be either.
  // Odds are raised, not the share: what fails a third of its requests does not drift to two thirds as lightly.
  const odds = (raised * baseline.rate) / (1 - Math.min(baseline.rate, RATE_MAX))
  return { rate: Math.min(odds / (1 + odds), RATE_MAX), blockCells, shape: Math.sqrt(raised) / burst }
}

const NEWTON_STEPS = 5

/** How far above its mean a gamma variable of this shape may be: the r > 1 with shape·(r − 1 − ln r) = nats. */
export function plausibleRatio(shape: number, nats: number): number {
  const cost = nats / shape
  // Exact for small and for large costs; between, too high by less than a third.
  let ratio = 1 + Math.sqrt(2 * cost) + cost
  for (let step = 0; step < NEWTON_STEPS; step++) ratio -= (ratio - 1 - Math.log(ratio) - cost) / (1 - 1 / ratio)
  return ratio
}
