import type { Spike } from '../../../shared/domain/spike.ts'
import { absorbMatured, baselineOf } from './baseline.ts'
import type { Baseline } from './open-spike.ts'
import { type AlarmLimits, findRise, isCalm } from './scan.ts'
import { addToCell, createSeries, type Series, type WatchedKey } from './series.ts'
import type { DetectorSettings } from './settings.ts'
import { closeSpike, openSpike, toSpike, updateSpike } from './spike-state.ts'
import { alarmThreshold } from './threshold.ts'

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
  /** Judges one sealed cell (its number: epoch time / CELL_MS). Cells come in order; the counts of one in any order. */
  advance(cell: number, counts: readonly CellCount[]): void
  /** Every spike so far, in the order they opened. */
  spikes(): Spike[]
  /** Every watched series, with its present baseline. */
  watched(): { readonly series: Series; readonly baseline: Baseline }[]
}

/** The detector is a function of its settings and the cells it was given: no clock, no I/O. */
export function createDetector(settings: DetectorSettings): Detector {
  const services = new Map<string, Series>()
  const routes = new Map<string, Series>()
  const firstCellOfEnv = new Map<string, number>()
  const failingRoutes = new Set<Series>()
  const closed: Spike[] = []

  function watchService(env: string, service: string, cell: number): Series {
    const name = `${env}\n${service}`
    const known = services.get(name)
    if (known !== undefined) return known
    const series = createSeries({ env, service, method: null, route: null }, undefined, cell)
    services.set(name, series)
    if (!firstCellOfEnv.has(env)) firstCellOfEnv.set(env, cell)
    return series
  }

  function judge(series: Series, cell: number): void {
    if (series.spike !== undefined) {
      updateSpike(series, series.spike, cell)
      closeIfOver(series, cell)
      return
    }
    if (isCalm(series, cell)) return
    const family = series.parent === undefined ? services : routes
    const limits = alarmLimits(settings, series.key, family.size)
    const baseline = baselineOf(series)
    const rise = limits && findRise(series, cell, { baseline, limits })
    if (rise === undefined) return
    openSpike(series, { rise, baseline, logBegan: firstCellOfEnv.get(series.key.env) ?? cell })
    if (series.parent !== undefined) failingRoutes.add(series)
  }

  function closeIfOver(series: Series, cell: number): void {
    const over = closeSpike(series, cell)
    if (over === undefined) return
    closed.push(over)
    failingRoutes.delete(series)
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
    },
    spikes() {
      const open = [...services.values(), ...routes.values()].flatMap((series) =>
        series.spike === undefined ? [] : [toSpike(series.key, series.spike)],
      )
      return [...closed, ...open].sort((a, b) => a.detectedAtMs - b.detectedAtMs || (a.id < b.id ? -1 : 1))
    },
    watched() {
      return [...services.values(), ...routes.values()].map((series) => ({ series, baseline: baselineOf(series) }))
    },
  }
}

/** Services and routes share the budget of false alarms half and half. Undefined: this series is not watched. */
function alarmLimits(settings: DetectorSettings, key: WatchedKey, familySize: number): AlarmLimits | undefined {
  const own = settings.services.get(key.service)
  if (own?.enabled === false) return undefined
  return { ...settings.limits, ...own, nats: alarmThreshold(settings.falseAlarmsPerWeek / 2, familySize) }
}
