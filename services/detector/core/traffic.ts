// Hot path: runs for every service at every cell, over typed arrays that it changes in place.

/** Traffic is looked at ten minutes at a time… */
export const WINDOW_CELLS = 60
/** …and held against the level before them: what came so many cells ago counts half (30 min). */
const LEVEL_HALF_LIFE_CELLS = 180
/** How much ten minutes differ from the level shows over days. */
const SPREAD_HALF_LIFE_BLOCKS = 3 * 144
/** Before much is known, ten minutes are taken to differ by about this, squared; the prior counts so many blocks. */
const PRIOR_SPREAD = 0.2
const PRIOR_BLOCKS = 12
/** No traffic is steadier than this from one ten minutes to the next. */
const LEAST_SPREAD = 0.02
/** The same time a day and a week ago, in blocks of ten minutes, give or take two of them. */
const DAY_BLOCKS = 144
const WEEK_BLOCKS = 1_008
const SLACK_BLOCKS = 2
const HISTORY_BLOCKS = WEEK_BLOCKS + SLACK_BLOCKS + 2

/** The cells judged of late, by their count modulo WINDOW_CELLS. In a replay cells that nobody sent anything in are not among them. */
export interface Heard {
  readonly cells: Float64Array
  count: number
}

/** What requests a service has: the last ten minutes cell by cell, the level before them, and the days before that. */
export interface Traffic {
  /** Requests by the count of judged cells modulo WINDOW_CELLS, their sum, and that count when the service was first seen. */
  readonly window: Float64Array
  windowSum: number
  readonly firstHeard: number
  /** Decayed sums over what left the window: requests, cells, and cells that had any. */
  requests: number
  cells: number
  busyCells: number
  /** The ten minutes of the clock that are leaving the window. */
  block: number
  blockRequests: number
  blockCells: number
  blockExpected: number
  /** Decayed over blocks: Σ (N − E)² − E, Σ E², and the number of blocks. */
  excess: number
  scale: number
  blocks: number
  /** Requests by ten minutes of the clock, for a week; NaN where nothing is known. */
  readonly history: Float32Array
}

export function createHeard(): Heard {
  return { cells: new Float64Array(WINDOW_CELLS), count: 0 }
}

export function createTraffic(heard: Heard): Traffic {
  return {
    window: new Float64Array(WINDOW_CELLS),
    windowSum: 0,
    firstHeard: heard.count,
    requests: 0,
    cells: 0,
    busyCells: 0,
    block: Number.NaN,
    blockRequests: 0,
    blockCells: 0,
    blockExpected: 0,
    excess: 0,
    scale: 0,
    blocks: 0,
    history: new Float32Array(HISTORY_BLOCKS).fill(Number.NaN),
  }
}

/** Takes in one judged cell. What leaves the window becomes level, but for cells in `[lost.from, lost.to)`. */
export function observeTraffic(
  traffic: Traffic,
  heard: Heard,
  requests: number,
  lost: { readonly from: number; readonly to: number } | undefined,
): void {
  const slot = heard.count % WINDOW_CELLS
  if (heard.count - traffic.firstHeard >= WINDOW_CELLS) {
    const cell = heard.cells[slot] ?? 0
    const isLost = lost !== undefined && cell >= lost.from && cell < lost.to
    leaveWindow(traffic, cell, traffic.window[slot] ?? 0, isLost)
  }
  traffic.windowSum += requests - (traffic.window[slot] ?? 0)
  traffic.window[slot] = requests
}

function leaveWindow(traffic: Traffic, cell: number, requests: number, isLost: boolean): void {
  const block = Math.floor(cell / WINDOW_CELLS)
  if (block !== traffic.block) settleBlock(traffic, block)
  traffic.blockRequests += requests
  traffic.blockCells++
  if (isLost) {
    traffic.blockExpected = 0
    return
  }
  const kept = 0.5 ** (1 / LEVEL_HALF_LIFE_CELLS)
  traffic.requests = traffic.requests * kept + requests
  traffic.cells = traffic.cells * kept + 1
  traffic.busyCells = traffic.busyCells * kept + (requests > 0 ? 1 : 0)
}

/** A block is over: how far it was from what was expected at its start. */
function settleBlock(traffic: Traffic, next: number): void {
  if (traffic.blockExpected > 0) {
    const expected = traffic.blockExpected * traffic.blockCells
    const kept = 0.5 ** (1 / SPREAD_HALF_LIFE_BLOCKS)
    traffic.excess = traffic.excess * kept + (traffic.blockRequests - expected) ** 2 - expected
    traffic.scale = traffic.scale * kept + expected * expected
    traffic.blocks = traffic.blocks * kept + 1
  }
  if (!Number.isNaN(traffic.block)) {
    traffic.history[traffic.block % HISTORY_BLOCKS] = traffic.blockRequests
    for (let block = traffic.block + 1; block < Math.min(next, traffic.block + HISTORY_BLOCKS); block++)
      traffic.history[block % HISTORY_BLOCKS] = Number.NaN
  }
  traffic.block = next
  traffic.blockRequests = 0
  traffic.blockCells = 0
  traffic.blockExpected = levelOf(traffic)
}

/** Requests a cell in the hour before the window. */
function levelOf({ requests, cells }: Traffic): number {
  return cells > 0 ? requests / cells : 0
}

/**
 * Requests a cell that are to be expected now at the least: no more than the level, and than what came at the same time a day
 * and a week ago.
 */
export function expectedTraffic(traffic: Traffic, cell: number): number {
  const block = Math.floor(cell / WINDOW_CELLS)
  const before = Math.min(leastAround(traffic, block - DAY_BLOCKS), leastAround(traffic, block - WEEK_BLOCKS))
  return Math.min(levelOf(traffic), before / WINDOW_CELLS)
}

/** Requests that come together, at least one: as many as make the share of cells with traffic what chance would make it. */
function clumpOf(traffic: Traffic): number {
  const clumps = Math.log((traffic.cells + 1) / (traffic.cells - traffic.busyCells + 1))
  return clumps > 0 ? Math.max(levelOf(traffic) / clumps, 1) : 1
}

/** The same with the window taken for level: while nothing is judged, nothing leaves it. */
export function withWindow(traffic: Traffic): Traffic {
  const busy = traffic.window.reduce((count, requests) => count + Number(requests > 0), 0)
  return {
    ...traffic,
    requests: traffic.requests + traffic.windowSum,
    cells: traffic.cells + WINDOW_CELLS,
    busyCells: traffic.busyCells + busy,
  }
}

/** Least requests in the ten minutes around `block`; Infinity where nothing is known of them. */
function leastAround(traffic: Traffic, block: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let near = Math.max(block - SLACK_BLOCKS, 0); near <= block + SLACK_BLOCKS; near++) {
    const isKept = near < traffic.block && near > traffic.block - HISTORY_BLOCKS
    const requests = isKept ? traffic.history[near % HISTORY_BLOCKS] : undefined
    if (requests !== undefined && requests < least) least = requests
  }
  return least
}

/** Whether ten minutes of a normal are known, and ten more since. */
export function hasNormal(traffic: Traffic, heard: Heard): boolean {
  return heard.count - traffic.firstHeard >= 2 * WINDOW_CELLS && traffic.cells > 0
}

/**
 * How surprising so few `requests` are where `expected` were to come, nats: one client that sends very many at once counts
 * once, and ten minutes differ from the level as they did before.
 */
export function missingEvidence(traffic: Traffic, requests: number, expected: number): number {
  const clump = clumpOf(traffic)
  return dropEvidence(requests / clump, expected / clump, spreadOf(traffic))
}

/** Relative variance of ten minutes' requests about the level. */
function spreadOf({ excess, scale, blocks, requests }: Traffic): number {
  const weight = blocks > 0 ? (PRIOR_BLOCKS * scale) / blocks : 1
  return Math.max((excess + weight * PRIOR_SPREAD) / (scale + weight), LEAST_SPREAD) + 1 / (requests + 1)
}

/**
 * The exponent of the lower tail, −ln P(at most `requests`), to leading order, where their mean `expected` itself wanders with a
 * gamma distribution of relative variance `spread`.
 */
function dropEvidence(requests: number, expected: number, spread: number): number {
  if (requests >= expected) return 0
  const shape = 1 / spread
  // The share of what was expected that explains it most cheaply.
  const share = (shape + requests) / (shape + expected)
  const wandered = shape * (share - 1 - Math.log(share))
  const byChance = expected * share - requests + (requests > 0 ? requests * Math.log(requests / (expected * share)) : 0)
  return wandered + byChance
}
