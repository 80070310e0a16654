import type { Spike } from '../../../shared/domain/spike.ts'
import { absorbMatured, baselineAt, baselineOf } from './baseline.ts'
import { forgetUnseen, LOOKED_CELLS } from './forget-unseen.ts'
import type { Baseline, OpenSpike } from './open-spike.ts'
import { ageFleet, type FleetBlips } from './peaks.ts'
import { expectedRise, hasOutgrown, rememberRise } from './recurring.ts'
import { type AlarmLimits, findRise, isCalm } from './scan.ts'
import { addToCell, createSeries, type Series, type WatchedKey } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { closeSpike, openSpike, toSpike, updateSpike } from './spike-state.ts'
import { riseThreshold } from './threshold.ts'
import { createHeard, createTraffic, type Heard } from './traffic.ts'
import { dropToSpike } from './traffic-drop.ts'
import { judgeSilence, judgeTraffic } from './watch-traffic.ts'

/** Beyond this many series no new route is watched by itself; its service still is. */
const MAX_SERIES = 200_000

/** What one route did in one cell. `series` is what `watch` returned for it. */
export interface CellCount {
  readonly series: Series
  readonly requests: number
  readonly errors: number
}

export interface Detector {
  /** The series of a route, made when first seen at `cell`. */
  watch(key: { env: string; service: string; method: string; route: string }, cell: number): Series
  /**
   * Judges one sealed cell (its number: epoch time / CELL_MS). Cells come in order, the counts of one in any order and in as
   * many pieces as they like; a cell that is not newer than the newest judged is left alone, so that twice is as good as once.
   */
  advance(cell: number, counts: readonly CellCount[]): void
  /**
   * Nothing came in any cell after the newest judged, up to `cell`: they may yet come late and are not judged, but services
   * whose requests stay away for ten minutes are told of, if the drop `isDue`, by its id.
   */
  hearNothing(cell: number, isDue: (dropId: string) => boolean): void
  /** Every spike so far that was not let go of, in the order they opened. */
  spikes(): Spike[]
  /** Lets go of the spikes that are over for good: they move no more, and whoever was told of them keeps them. */
  forgetClosed(): void
  /** How many series are watched. */
  seriesCount(): number
  /** Every watched series, with its present baseline. */
  watched(): { readonly series: Series; readonly baseline: Baseline }[]
  /** All that it knows, to be kept as a structured clone; a detector made from that goes on as this one would. */
  state(): DetectorState
}

/** Changes whenever what is kept of a series does: a state of another version can't be gone on from. */
export const STATE_VERSION = 9

export interface DetectorState {
  readonly version: number
  /** By env and service, and by env, service, method and route. */
  readonly services: Map<string, Series>
  readonly routes: Map<string, Series>
  readonly firstCellOfEnv: Map<string, number>
  readonly blipsOfEnv: Map<string, FleetBlips>
  readonly failingRoutes: Set<Series>
  readonly heard: Heard
  readonly closed: Spike[]
  newestCell: number
}

function emptyState(): DetectorState {
  return {
    version: STATE_VERSION,
    services: new Map(),
    routes: new Map(),
    firstCellOfEnv: new Map(),
    blipsOfEnv: new Map(),
    failingRoutes: new Set(),
    heard: createHeard(),
    closed: [],
    newestCell: Number.NEGATIVE_INFINITY,
  }
}

/**
 * The detector is a function of its settings and the cells it was given: no clock, no I/O. It goes on from `state` where one
 * is given, which it takes over and changes. Throws when the state is of another version.
 */
export function createDetector(settings: DetectorSettings, state: DetectorState = emptyState()): Detector {
  if (state.version !== STATE_VERSION)
    throw new Error(`a detector of version ${STATE_VERSION} has no use for ${state.version}`)
  const { services, routes, firstCellOfEnv, blipsOfEnv, failingRoutes, heard, closed } = state

  function watchService(env: string, service: string, cell: number): Series {
    const name = `${env}\n${service}`
    const known = services.get(name)
    if (known !== undefined) return known
    const series = createSeries({ env, service, method: null, route: null }, undefined, cell)
    series.traffic = createTraffic(heard)
    series.peaks.fleet = blipsOfEnv.get(env) ?? series.peaks.fleet
    blipsOfEnv.set(env, series.peaks.fleet)
    services.set(name, series)
    if (!firstCellOfEnv.has(env)) firstCellOfEnv.set(env, cell)
    return series
  }

  function judge(series: Series, cell: number): void {
    const { spike } = series
    if (spike !== undefined) {
      updateSpike(series, spike, cell)
      if (spike.expected !== undefined && hasOutgrown(series, spike, { expected: spike.expected, cell }))
        tellOf(spike, cell)
      closeIfOver(series, spike, cell)
      return
    }
    if (isCalm(series, cell)) return
    const family = series.parent === undefined ? services : routes
    const limits = alarmLimits(settings, series.key, family.size)
    const baseline = baselineAt(series, cell)
    const rise = limits && findRise(series, cell, { baseline, limits })
    if (rise === undefined) return
    const opened = openSpike(series, { rise, baseline, logBegan: firstCellOfEnv.get(series.key.env) ?? cell })
    opened.expected = expectedRise(series, opened)
    if (series.parent !== undefined) failingRoutes.add(series)
  }

  function closeIfOver(series: Series, spike: OpenSpike, cell: number): void {
    const over = closeSpike(series, cell)
    if (over === undefined) return
    failingRoutes.delete(series)
    if (!over.chronic) rememberRise(series, spike, spike.resolvedCell ?? cell)
    if (spike.expected === undefined) closed.push(over)
  }

  return {
    watch(key, cell) {
      const parent = watchService(key.env, key.service, cell)
      const name = `${key.env}\n${key.service}\n${key.method}\n${key.route}`
      const known = routes.get(name)
      if (known !== undefined) return known
      if (routes.size >= MAX_SERIES) return parent
      const series = createSeries(key, parent, cell)
      routes.set(name, series)
      return series
    },
    advance(cell, counts) {
      if (cell <= state.newestCell) return
      if (Math.floor(cell / LOOKED_CELLS) !== Math.floor(state.newestCell / LOOKED_CELLS))
        closed.push(...forgetUnseen(state, cell))
      state.newestCell = cell
      const touched = new Set<Series>()
      const add = (series: Series, { requests, errors }: CellCount): void => {
        // Before the new cell overwrites the oldest in the ring.
        if (!touched.has(series)) absorbMatured(series, cell)
        touched.add(series)
        addToCell(series, cell, requests, errors)
      }
      for (const count of counts) {
        if (count.series.parent !== undefined) add(count.series.parent, count)
        add(count.series, count)
      }
      // A failing route that is asked for no more: its service tells when that is over. Else it would never be normal again.
      for (const route of failingRoutes) if (route.parent && touched.has(route.parent)) touched.add(route)
      // A route reads its service's level and abnormal ranges, so the order must not depend on the order of the counts.
      for (const series of touched) if (series.parent === undefined) judge(series, cell)
      for (const series of touched) if (series.parent !== undefined) judge(series, cell)
      closed.push(...judgeTraffic({ services, heard, settings }, cell))
      for (const fleet of blipsOfEnv.values()) ageFleet(fleet)
    },
    hearNothing(cell, isDue) {
      closed.push(...judgeSilence({ services, heard, settings }, { cell, lastCell: state.newestCell, isDue }))
    },
    spikes() {
      const open = [...services.values(), ...routes.values()].flatMap((series) =>
        series.spike === undefined || series.spike.expected !== undefined ? [] : [toSpike(series.key, series.spike)],
      )
      for (const series of services.values()) if (series.drop !== undefined) open.push(dropToSpike(series, series.drop))
      return [...closed, ...open].sort((a, b) => a.detectedAtMs - b.detectedAtMs || (a.id < b.id ? -1 : 1))
    },
    forgetClosed() {
      closed.length = 0
    },
    seriesCount: () => services.size + routes.size,
    watched() {
      return [...services.values(), ...routes.values()].map((series) => ({ series, baseline: baselineOf(series) }))
    },
    state: () => state,
  }
}

/** What came at this time before is news after all. */
function tellOf(spike: OpenSpike, cell: number): void {
  spike.expected = undefined
  spike.detectedCell = cell
}

/** Undefined: this series is not watched. */
function alarmLimits(settings: DetectorSettings, key: WatchedKey, familySize: number): AlarmLimits | undefined {
  const own = settings.services.get(key.service)
  if (own?.enabled === false) return undefined
  return { ...settings.limits, ...own, nats: riseThreshold(settings.falseAlarmsPerWeek, familySize) }
}
