import type { Burst, Series } from './series.ts'

/** What a service may do by itself without anybody being told. */
export interface Blip {
  /** Cells that it touches at most. */
  readonly cells: number
  /** Mean of its errors above normal, which are taken to be exponentially distributed. */
  readonly errors: number
}

/**
 * Half a minute of a few errors means nothing: a pod that was replaced (it is given 30 s to end), a client that tried again
 * and again.
 */
const USUAL: Blip = { cells: 4, errors: 4 }
/** What lasted longer (2 min) was no blip, though it ended by itself. */
const CELLS_MAX = 12
/** Bursts are remembered for three days, so many of a service. */
const REMEMBERED_CELLS = 3 * 24 * 360
const REMEMBERED_MAX = 8

/** Keeps a spike that was over almost as soon as it was told: the next one like it is told of only if it lasts. */
export function rememberBurst(series: Series, burst: Burst): void {
  if (burst.cells > CELLS_MAX) return
  const owner = series.parent ?? series
  owner.bursts = [...recentBursts(owner, burst.atCell), burst].slice(-REMEMBERED_MAX)
}

/** The blip to be expected of a series at `cell`, by the bursts that its service had. */
export function blipOf(series: Series, cell: number): Blip {
  const bursts = recentBursts(series.parent ?? series, cell)
  if (bursts.length === 0) return USUAL
  const errors = bursts.reduce((sum, burst) => sum + burst.errors, USUAL.errors) / (bursts.length + 1)
  return {
    cells: Math.max(USUAL.cells, ...bursts.map(({ cells }) => cells + 1)),
    errors: Math.max(USUAL.errors, errors),
  }
}

function recentBursts({ bursts }: Series, cell: number): Burst[] {
  return bursts.filter(({ atCell }) => atCell > cell - REMEMBERED_CELLS)
}
