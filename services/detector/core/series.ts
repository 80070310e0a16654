// Hot path: one series' recent cells live in a typed-array ring that is indexed and changed in place.
import { createDispersion, type Dispersion } from './dispersion.ts'
import type { OpenDrop } from './open-drop.ts'
import type { OpenSpike } from './open-spike.ts'
import { createPeaks, type Peaks } from './peaks.ts'
import type { Traffic } from './traffic.ts'

/** The scan looks this far back, and so much is kept cell by cell. */
export const RING_CELLS = 360

/**
 * Requests by cell index modulo RING_CELLS, and after all of them the errors. Counts are narrow until one of them no longer fits:
 * most series never see so many requests in a cell.
 */
export type Ring = Uint8Array | Uint16Array | Float32Array

/** What is watched: a service, or one route of it (`method` and `route` set). */
export interface WatchedKey {
  readonly env: string
  readonly service: string
  readonly method: string | null
  readonly route: string | null
}

export interface Level {
  errors: number
  requests: number
  /** Time that it is made of, with traffic or without. */
  cells: number
}

/** Cells `[from, to)` in which a series or a relative of it had spikes; `lastedTo`: the newest recovery from more than a burst. */
interface AbnormalRange {
  from: number
  to: number
  lastedTo: number
}

/**
 * Evidence for a rise by each of the added rates, over the time that shows it best: a cumulative sum of log-likelihood ratios
 * that starts again whenever it falls to zero.
 */
export interface Rises {
  /** By added rate: nats, and the cell where the sum began. Of whole blocks, up to `settledTo`. */
  readonly nats: number[]
  readonly fromCell: number[]
  settledTo: number
}

/** A spike that was a burst: its errors above normal, and the cells that it lasted. */
export interface Burst {
  readonly atCell: number
  readonly errors: number
  readonly cells: number
}

/** A spike that is over: cells `[from, to)`, and its worst error rate, 0–1. */
export interface PastRise {
  readonly from: number
  readonly to: number
  readonly rate: number
}

/** One watched series: its last hour cell by cell, what its normal is made of, and its spike while it has one. */
export interface Series {
  readonly key: WatchedKey
  /** The service of a route; undefined for a service. */
  readonly parent: Series | undefined
  ring: Ring
  /** It is watched no more: should it come again, it is a new one. */
  isForgotten: boolean
  /** Newest cell written to the ring, and the first ever seen. */
  newestCell: number
  readonly firstCell: number
  /** Everything before this cell is in the level and the dispersion. */
  absorbedTo: number
  /** Decayed sums of errors and requests in the normal: of the past hours, and of the newest of them. */
  readonly hours: Level
  readonly newestHour: Level
  readonly dispersion: Dispersion
  /** What is not normal: incidents. A service's count for its routes as well. */
  abnormal: AbnormalRange[]
  /** Evidence that its rate is up; undefined while there is none. */
  rises: Rises | undefined
  spike: OpenSpike | undefined
  /** Spikes that it had, in time order; undefined before the first. */
  pastRises: readonly PastRise[] | undefined
  /** The scan does not look behind this cell: what was there has been told. */
  scanFrom: number
  /** Of a service: how many spikes it and its routes have now. */
  openSpikes: number
  /** Of a service: spikes of it and its routes that were over by themselves almost as soon as they were told. */
  bursts: Burst[]
  /** The largest bursts among what is normal of the service. */
  readonly peaks: Peaks
  /** Of a service whose traffic is watched: how many requests it has, and while they stay away, since when. */
  traffic: Traffic | undefined
  drop: OpenDrop | undefined
  /** Cells `[from, to)` of the newest drop. */
  lostTraffic: { readonly from: number; readonly to: number } | undefined
}

export function createSeries(key: WatchedKey, parent: Series | undefined, firstCell: number): Series {
  return {
    key,
    parent,
    isForgotten: false,
    ring: new Uint8Array(2 * RING_CELLS),
    newestCell: firstCell - 1,
    firstCell,
    absorbedTo: firstCell,
    hours: { errors: 0, requests: 0, cells: 0 },
    newestHour: { errors: 0, requests: 0, cells: 0 },
    dispersion: createDispersion(),
    abnormal: [],
    rises: undefined,
    spike: undefined,
    pastRises: undefined,
    scanFrom: firstCell,
    openSpikes: 0,
    bursts: [],
    peaks: parent?.peaks ?? createPeaks(firstCell),
    traffic: undefined,
    drop: undefined,
    lostTraffic: undefined,
  }
}

/** Adds to a cell that is the newest or newer; cells between that had no traffic become empty. */
export function addToCell(series: Series, cell: number, requests: number, errors: number): void {
  if (cell > series.newestCell) {
    const from = Math.max(series.newestCell + 1, cell - RING_CELLS + 1)
    for (let empty = from; empty <= cell; empty++) {
      series.ring[empty % RING_CELLS] = 0
      series.ring[RING_CELLS + (empty % RING_CELLS)] = 0
    }
    series.newestCell = cell
  }
  const slot = cell % RING_CELLS
  series.ring = add(series.ring, slot, requests)
  series.ring = add(series.ring, RING_CELLS + slot, errors)
}

function add(ring: Ring, slot: number, count: number): Ring {
  const sum = (ring[slot] ?? 0) + count
  const wideEnough = widen(ring, sum)
  wideEnough[slot] = sum
  return wideEnough
}

/** A ring with the same counts that has room for this one. */
function widen(ring: Ring, count: number): Ring {
  if (count <= 0xff || ring instanceof Float32Array) return ring
  if (count > 0xffff) return Float32Array.from(ring)
  return ring instanceof Uint8Array ? Uint16Array.from(ring) : ring
}

/** The oldest cell to look at when `cell` is the newest judged: the ring holds it, it is not yet normal, no earlier spike had it. */
export function oldestCell(series: Series, cell: number): number {
  return Math.max(series.scanFrom, series.absorbedTo, cell - RING_CELLS + 1)
}

/** Requests of a cell; 0 where the ring holds none of it. */
export function requestsAt(series: Series, cell: number): number {
  return holds(series, cell) ? (series.ring[cell % RING_CELLS] ?? 0) : 0
}

/** Server errors of a cell; 0 where the ring holds none of it. */
export function errorsAt(series: Series, cell: number): number {
  return holds(series, cell) ? (series.ring[RING_CELLS + (cell % RING_CELLS)] ?? 0) : 0
}

function holds(series: Series, cell: number): boolean {
  return cell <= series.newestCell && cell > series.newestCell - RING_CELLS && cell >= series.firstCell
}
