import { type Bursting, bursting, type FleetBlips, KEPT, LEAST_ERRORS } from './peaks.ts'
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
 * Before anything was seen blips have this many errors beyond LEAST_ERRORS, on average, as if that were known from so many.
 * However well that mean becomes known of the fleet, services differ in theirs: of one that had none it is known no better.
 */
const USUAL_MEAN = 3
const USUAL_KNOWN = 6
/** What the other services did says as much of the mean size of its blips as so many of its own… */
const FLEET_KNOWN = 16
/** …and of how often they come as half of one: some services burst hourly and some never do. */
const FLEET_BLIPS = 0.5
const DAY_CELLS = 8_640
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

/**
 * The blip to be expected of a series at `cell`, by what its service did before, and while that is little, by what the other
 * services did. So evidence needs to wait only as long as the blips that were seen leave it in doubt.
 */
export function blipOf(series: Series, cell: number): Blip {
  const owner = series.parent ?? series
  const seen = bursting(owner.peaks, cell)
  const told = recentBursts(owner, cell)
  const blip = seen.count < KEPT ? usualBlip(seen, owner.peaks.fleet) : worstBlip(seen)
  if (told.length === 0) return blip
  const toldMean = (USUAL_MEAN + told.reduce((sum, { errors }) => sum + errors, 0)) / (told.length + 1)
  return {
    ...blip,
    cells: Math.max(blip.cells, ...told.map(({ cells }) => cells + 1)),
    mean: Math.max(blip.mean, toldMean),
  }
}

/** Of a service that had few: once a day at first, and less often the longer it and the others have none. */
function usualBlip({ count, sum, days, cells }: Bursting, fleet: FleetBlips): Blip {
  const ofFleet = Math.min(1, FLEET_KNOWN / Math.max(fleet.count, 1))
  const fleetPerDay = (fleet.count + 1) / (fleet.cells / DAY_CELLS + 1)
  const weight = USUAL_KNOWN + ofFleet * fleet.count + count
  return {
    cells,
    chance: (count + FLEET_BLIPS) / ((days + FLEET_BLIPS / fleetPerDay) * DAY_CELLS),
    least: LEAST_ERRORS,
    mean: (USUAL_KNOWN * USUAL_MEAN + ofFleet * fleet.errors + sum - count * LEAST_ERRORS) / weight,
    known: USUAL_KNOWN + count,
  }
}

/** Of a service that had many: above the least of the worst the excess is exponential (peaks over threshold). */
function worstBlip({ count, sum, least, days, cells }: Bursting): Blip {
  return {
    cells,
    chance: count / (days * DAY_CELLS),
    least,
    mean: (sum - count * least + USUAL_MEAN) / count,
    known: count,
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
