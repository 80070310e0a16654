/**
 * Errors come in bursts: the error rate itself wanders from cell to cell, and bursts may last. Its relative variance is
 * estimated for blocks of several lengths, since a burst that lasts a minute averages out over an hour but not over a minute.
 */
const BLOCK_CELLS = [1, 6, 30, 180] as const

/** The longest blocks tell of drift. */
const DRIFT_INDEX = 3

/** Relative variances of a series that nothing is known about yet: cell by cell it may be bursty, in half an hour it drifts. */
const PRIOR_VARIANCES = [3, 1, 0.3, 0.1] as const
/** How much the prior counts: so many squared expected errors, and so many blocks. */
const PRIOR_WEIGHT = 1
const PRIOR_BLOCKS = 12

export interface Dispersion {
  /** By what is summed (the constants below) and, within it, by block length: one array, as there is one of it for every series. */
  readonly sums: number[]
  /** What was normal when the newest of the longest blocks began, and when the one before it did; undefined before there were. */
  lastRate: number | undefined
  rateBefore: number | undefined
}

/** Of the block being filled. */
const REQUESTS = 0
const ERRORS = 4
const CELLS = 8
/** Decayed: Σ (k − μ)² − μ(1 − p), and Σ μ². Their ratio is the relative variance. */
const EXCESS = 12
const SCALE = 16
/** Decayed: blocks counted. */
const BLOCKS = 20

export function createDispersion(): Dispersion {
  return {
    sums: Array.from({ length: BLOCKS + BLOCK_CELLS.length }, () => 0),
    lastRate: undefined,
    rateBefore: undefined,
  }
}

/** Takes in one cell that belongs to the normal; `decay` is the share of the past that is kept. */
export function absorbDispersion(
  dispersion: Dispersion,
  cell: { readonly requests: number; readonly errors: number; readonly cells: number },
  level: { readonly rate: number; readonly decay: number },
): void {
  const { sums } = dispersion
  for (let index = 0; index < BLOCK_CELLS.length; index++) {
    const requests = at(sums, REQUESTS + index) + cell.requests
    const errors = at(sums, ERRORS + index) + cell.errors
    const cells = at(sums, CELLS + index) + cell.cells
    const full = cells >= (BLOCK_CELLS[index] ?? 1)
    sums[REQUESTS + index] = full ? 0 : requests
    sums[ERRORS + index] = full ? 0 : errors
    sums[CELLS + index] = full ? 0 : cells
    const expected = requests * (full && index === DRIFT_INDEX ? takeEarlierRate(dispersion, level.rate) : level.rate)
    const residual = full ? (errors - expected) ** 2 - expected * (1 - level.rate) : 0
    sums[EXCESS + index] = at(sums, EXCESS + index) * level.decay + residual
    sums[SCALE + index] = at(sums, SCALE + index) * level.decay + (full ? expected * expected : 0)
    sums[BLOCKS + index] = at(sums, BLOCKS + index) * level.decay + (full ? 1 : 0)
  }
}

/**
 * Cells are judged by what was normal an hour before them. So the longest blocks, which tell of drift, are held against the
 * rate of two of them before.
 */
function takeEarlierRate(dispersion: Dispersion, rate: number): number {
  const earlier = dispersion.rateBefore ?? dispersion.lastRate ?? rate
  dispersion.rateBefore = dispersion.lastRate
  dispersion.lastRate = rate
  return earlier
}

/**
 * Relative variance of the error rate over a window of `cells` cells. Between two block lengths it is interpolated on
 * logarithmic axes; it never falls faster than independent cells would let it, and beyond the longest block, where it is drift,
 * not at all. What a thin series can't tell, its parent does.
 */
export function relativeVariance(dispersion: Dispersion, cells: number, parent?: Dispersion): number {
  let variance = blockVariance(dispersion, 0, parent)
  let length = 1
  for (let index = 1; index < BLOCK_CELLS.length; index++) {
    const nextLength = BLOCK_CELLS[index] ?? length
    const next = Math.max(blockVariance(dispersion, index, parent), (variance * length) / nextLength)
    if (cells <= nextLength) {
      const share = Math.log(cells / length) / Math.log(nextLength / length)
      return variance * (next / variance) ** share
    }
    variance = next
    length = nextLength
  }
  return variance
}

/** The same of bursts alone: drift is left out, and what lasts no longer than five minutes averages out over more of them. */
export function burstVariance(dispersion: Dispersion, cells: number, parent?: Dispersion): number {
  const minutes = BLOCK_CELLS[DRIFT_INDEX - 1] ?? 1
  return relativeVariance(dispersion, Math.min(cells, minutes), parent) * Math.min(minutes / cells, 1)
}

function blockVariance(dispersion: Dispersion, index: number, parent: Dispersion | undefined): number {
  const prior = parent === undefined ? (PRIOR_VARIANCES[index] ?? 0) : blockVariance(parent, index, undefined)
  const scale = at(dispersion.sums, SCALE + index)
  const weight = PRIOR_WEIGHT + (PRIOR_BLOCKS * scale) / Math.max(1, at(dispersion.sums, BLOCKS + index))
  return Math.max((at(dispersion.sums, EXCESS + index) + weight * prior) / (scale + weight), MIN_VARIANCE)
}

/** Keeps logarithms finite where the errors are more even than chance. */
const MIN_VARIANCE = 1e-9

function at(values: number[], index: number): number {
  return values[index] ?? 0
}
