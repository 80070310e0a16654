/**
 * Errors come in bursts: the error rate itself wanders from cell to cell, and bursts may last. Its relative variance is
 * estimated for blocks of several lengths, since a burst that lasts a minute averages out over an hour but not over a minute.
 */
const BLOCK_CELLS = [1, 6, 30, 180] as const

/** Relative variances of a series that nothing is known about yet: cell by cell it may be bursty, in half an hour it drifts. */
const PRIOR_VARIANCES = [3, 1, 0.3, 0.1] as const
/** How much the prior counts: so many squared expected errors, and so many blocks. */
const PRIOR_WEIGHT = 1
const PRIOR_BLOCKS = 12

export interface Dispersion {
  /** Per block length: requests and errors of the block being filled, and the cells in it. */
  readonly blockRequests: number[]
  readonly blockErrors: number[]
  readonly blockCells: number[]
  /** Per block length, decayed: Σ (k − μ)² − μ(1 − p), and Σ μ². Their ratio is the relative variance. */
  readonly excess: number[]
  readonly scale: number[]
  /** Per block length, decayed: blocks counted. */
  readonly blocks: number[]
}

export function createDispersion(): Dispersion {
  const zeros = (): number[] => BLOCK_CELLS.map(() => 0)
  return {
    blockRequests: zeros(),
    blockErrors: zeros(),
    blockCells: zeros(),
    excess: zeros(),
    scale: zeros(),
    blocks: zeros(),
  }
}

/** Takes in one cell that belongs to the normal; `decay` is the share of the past that is kept. */
export function absorbDispersion(
  dispersion: Dispersion,
  cell: { readonly requests: number; readonly errors: number; readonly cells: number },
  level: { readonly rate: number; readonly decay: number },
): void {
  for (let index = 0; index < BLOCK_CELLS.length; index++) {
    const requests = at(dispersion.blockRequests, index) + cell.requests
    const errors = at(dispersion.blockErrors, index) + cell.errors
    const cells = at(dispersion.blockCells, index) + cell.cells
    const full = cells >= (BLOCK_CELLS[index] ?? 1)
    dispersion.blockRequests[index] = full ? 0 : requests
    dispersion.blockErrors[index] = full ? 0 : errors
    dispersion.blockCells[index] = full ? 0 : cells
    const expected = requests * level.rate
    const residual = full ? (errors - expected) ** 2 - expected * (1 - level.rate) : 0
    dispersion.excess[index] = at(dispersion.excess, index) * level.decay + residual
    dispersion.scale[index] = at(dispersion.scale, index) * level.decay + (full ? expected * expected : 0)
    dispersion.blocks[index] = at(dispersion.blocks, index) * level.decay + (full ? 1 : 0)
  }
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

function blockVariance(dispersion: Dispersion, index: number, parent: Dispersion | undefined): number {
  const prior = parent === undefined ? (PRIOR_VARIANCES[index] ?? 0) : blockVariance(parent, index, undefined)
  const scale = at(dispersion.scale, index)
  const weight = PRIOR_WEIGHT + (PRIOR_BLOCKS * scale) / Math.max(1, at(dispersion.blocks, index))
  return Math.max((at(dispersion.excess, index) + weight * prior) / (scale + weight), MIN_VARIANCE)
}

/** Keeps logarithms finite where the errors are more even than chance. */
const MIN_VARIANCE = 1e-9

function at(values: number[], index: number): number {
  return values[index] ?? 0
}
