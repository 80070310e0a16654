import { bursting, KEPT } from './peaks.ts'
import type { Burst, Series } from './series.ts'

/** What a service may do by itself without anybody being told. */
export interface Blip {
  /** Cells that it touches at most. */
  readonly cells: number
  /** Chance that one begins at a given cell. */
  readonly chance: number
  /** Errors above normal that it has at the least; what it has beyond them is exponential with `mean`… */
  readonly least: number
  readonly mean: number
  /** …which is known from so many blips. */
  readonly known: number
}

/**
 * Half a minute of a few errors means nothing: a pod that was replaced (it is given 30 s to end), a client that tried again
 * and again. It comes once a day, until it shows how often it does.
 */
const USUAL_CELLS = 4
const USUAL_MEAN = 4
const DAY_CELLS = 8_640
/** What is known of the usual blip of a service is as much as from so many, and less in its first hours. */
const KNOWN_AT_FIRST = 4
const KNOWN = 8
/** What lasted longer (2 min) was no blip, though it ended by itself. */
const CELLS_MAX = 12
/** Bursts are remembered for three days, so many of a service. */
const REMEMBERED_CELLS = 3 * DAY_CELLS
const REMEMBERED_MAX = 8

/** Keeps a spike that was over almost as soon as it was told: the next one like it is told of only if it lasts. */
export function rememberBurst(series: Series, burst: Burst): void {
  if (burst.cells > CELLS_MAX) return
  const owner = series.parent ?? series
  owner.bursts = [...recentBursts(owner, burst.atCell), burst].slice(-REMEMBERED_MAX)
}

/** The blip to be expected of a series at `cell`, by what its service did before. */
export function blipOf(series: Series, cell: number): Blip {
  const { peaks, firstCell } = series.parent ?? series
  const seen = bursting(peaks, cell)
  const recent = recentBursts(series.parent ?? series, cell)
  const toldCells = Math.max(USUAL_CELLS, ...recent.map(({ cells }) => cells + 1))
  const toldMean = (USUAL_MEAN + recent.reduce((sum, { errors }) => sum + errors, 0)) / (recent.length + 1)
  if (seen.count < KEPT) {
    const hours = (cell - firstCell) / 360
    return {
      cells: toldCells,
      chance: (seen.count + 1) / ((seen.days + 1) * DAY_CELLS),
      least: 0,
      mean: Math.max(USUAL_MEAN, toldMean),
      known: Math.min(KNOWN_AT_FIRST + hours, KNOWN),
    }
  }
  // Above the least of those that are kept the excess is exponential (peaks over threshold).
  const mean = (seen.sum - seen.count * seen.least + USUAL_MEAN) / seen.count
  return {
    cells: Math.max(toldCells, seen.cells),
    chance: seen.count / (seen.days * DAY_CELLS),
    least: seen.least,
    mean: recent.length > 0 ? Math.max(mean, toldMean) : mean,
    known: seen.count,
  }
}

/** −ln of the chance that a blip begins at a given cell and has so large an excess of errors. */
export function blipNats({ chance, least, mean, known }: Blip, excess: number): number {
  // An exponential whose mean is known from so many of its draws.
  return known * Math.log1p(Math.max(excess - least, 0) / (known * mean)) - Math.log(chance)
}

function recentBursts({ bursts }: Series, cell: number): Burst[] {
  return bursts.filter(({ atCell }) => atCell > cell - REMEMBERED_CELLS)
}
