// Hot path: runs for every cell of a service that becomes normal, over typed arrays that it changes in place.

/**
 * Peaks are looked for in runs of so many cells: half a minute, which may touch four, and two minutes. Half a minute of a few
 * errors means nothing: a pod that was replaced (it is given 30 s to end), a client that tried again and again.
 */
export const RUN_CELLS = [4, 12] as const
/** Of every ten minutes the worst run counts; what came so near together is one burst. */
const PERIOD_CELLS = 60
/** The worst of three days are kept, so many for each length. */
const REMEMBERED_CELLS = 3 * 24 * 360
export const KEPT = 24
/** A service that had this many of LEAST_ERRORS and more bursts often: it says nothing of the others. */
const OFTEN = 8

/** The largest bursts that a service had by itself: errors above normal in a run of cells. */
export interface Peaks {
  /** Undefined before the first: most of very many series never have one. */
  kept: KeptRuns | undefined
  /** By run length: the worst of the ten minutes that are being filled. */
  readonly worst: number[]
  period: number
  sinceCell: number
  /** Shared by all services of an environment. */
  fleet: FleetBlips
}

/** By run length, KEPT of each with at least LEAST_ERRORS, largest first; 0 where there were fewer. */
interface KeptRuns {
  readonly errors: Float32Array
  readonly atCell: Int32Array
}

/** What the services of an environment that seldom burst did by themselves: all that is known of one that hardly ever did. */
export interface FleetBlips {
  /** Runs of at least LEAST_ERRORS, and the errors that they had beyond these. */
  count: number
  errors: number
  /** Over so much time, of all those services together. */
  cells: number
}

export function createFleetBlips(): FleetBlips {
  return { count: 0, errors: 0, cells: 0 }
}

export function createPeaks(cell: number, fleet = createFleetBlips()): Peaks {
  return {
    kept: undefined,
    worst: RUN_CELLS.map(() => 0),
    period: 0,
    sinceCell: cell,
    fleet,
  }
}

/** Takes in the run of RUN_CELLS[index] normal cells that begins at `cell`. */
export function observeRun(peaks: Peaks, cell: number, index: number, excess: number): void {
  const period = Math.floor(cell / PERIOD_CELLS)
  if (period !== peaks.period) {
    for (let i = 0; i < RUN_CELLS.length; i++) keepWorst(peaks, i)
    peaks.period = period
  }
  peaks.worst[index] = Math.max(peaks.worst[index] ?? 0, excess)
}

/** Time of a service that was normal. */
export function observeTime(peaks: Peaks, cells: number): void {
  if (burstsSeldom(peaks)) peaks.fleet.cells += cells
}

/** What was long ago counts less than what is new: the sums are halved whenever they are of so much time. */
export function ageFleet(fleet: FleetBlips): void {
  if (fleet.cells < FLEET_CELLS_MAX) return
  fleet.count /= 2
  fleet.errors /= 2
  fleet.cells /= 2
}

/** Hardly any bursts of it are remembered. */
export function burstsSeldom({ kept }: Peaks): boolean {
  return (kept?.errors[OFTEN - 1] ?? 0) < LEAST_ERRORS
}

function createKeptRuns(): KeptRuns {
  return { errors: new Float32Array(KEPT * RUN_CELLS.length), atCell: new Int32Array(KEPT * RUN_CELLS.length) }
}

function keepWorst(peaks: Peaks, index: number): void {
  const worst = peaks.worst[index] ?? 0
  peaks.worst[index] = 0
  const isBurst = worst >= LEAST_ERRORS
  if (isBurst && index === 0 && burstsSeldom(peaks)) {
    peaks.fleet.count++
    // Whole errors, so that the sum does not depend on whose come first.
    peaks.fleet.errors += Math.round(worst - LEAST_ERRORS)
  }
  if (isBurst) peaks.kept ??= createKeptRuns()
  if (peaks.kept === undefined) return
  const { errors, atCell } = peaks.kept
  const cell = peaks.period * PERIOD_CELLS
  const from = index * KEPT
  let kept = 0
  for (let i = from; i < from + KEPT; i++) {
    if ((errors[i] ?? 0) === 0 || (atCell[i] ?? 0) < cell - REMEMBERED_CELLS) continue
    errors[from + kept] = errors[i] ?? 0
    atCell[from + kept] = atCell[i] ?? 0
    kept++
  }
  errors.fill(0, from + kept, from + KEPT)
  if (!isBurst || worst <= (errors[from + KEPT - 1] ?? 0)) return
  let place = from + Math.min(kept, KEPT - 1)
  for (; place > from && (errors[place - 1] ?? 0) < worst; place--) {
    errors[place] = errors[place - 1] ?? 0
    atCell[place] = atCell[place - 1] ?? 0
  }
  errors[place] = worst
  atCell[place] = cell
}

/** What the peaks of a service are at `cell`: the kept ones of the length that its bursts have. */
export function bursting(peaks: Peaks, cell: number): Bursting {
  const days = Math.min(cell - peaks.sinceCell, REMEMBERED_CELLS) / DAY_CELLS
  const short = sumOf(peaks, 0)
  if (short.count < OFTEN) return { ...short, days, cells: RUN_CELLS[0] }
  const long = sumOf(peaks, 1)
  return long.sum > LONG_RATIO * short.sum
    ? { ...long, days, cells: RUN_CELLS[1] }
    : { ...short, days, cells: RUN_CELLS[0] }
}

export interface Bursting {
  /** Cells that a burst touches at most. */
  readonly cells: number
  /** For how long bursts were counted, at most as long as they are remembered. */
  readonly days: number
  /** Bursts kept, the errors of them all, and of the least of them. */
  readonly count: number
  readonly sum: number
  readonly least: number
}

const DAY_CELLS = 8_640
/** 300 days of services. */
const FLEET_CELLS_MAX = 300 * DAY_CELLS
/** Where two minutes hold this much more than half of one, bursts last longer than that. */
const LONG_RATIO = 1.5
/** Fewer errors, above normal, are no burst. */
export const LEAST_ERRORS = 4

function sumOf({ kept }: Peaks, index: number): Pick<Bursting, 'count' | 'sum' | 'least'> {
  const runs = kept?.errors.subarray(index * KEPT, (index + 1) * KEPT).filter((errors) => errors > 0)
  return { count: runs?.length ?? 0, sum: runs?.reduce((a, b) => a + b, 0) ?? 0, least: runs?.at(-1) ?? 0 }
}
