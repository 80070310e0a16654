import { absorbMatured } from '../../../../../services/detector/core/baseline.ts'
import { addToCell, createSeries, type Series } from '../../../../../services/detector/core/series.ts'
import { ROUTE, type Traffic } from './simulate.ts'

/** The first cell of every drawn series: 2026-10-02T12:00:00Z. */
export const START_CELL = Date.UTC(2026, 9, 2, 12) / 10_000

/** A series that has seen nothing: a service, or a route of `parent`. */
export function emptySeries(parent?: Series, route = ROUTE.route): Series {
  const key = { ...ROUTE, ...(parent === undefined ? { method: null, route: null } : { route }) }
  return createSeries(key, parent, START_CELL)
}

/** Gives a series its traffic in cells `[from, to)` after the first, as the detector does. Traffic knows cells from 0. */
export function feed(series: Series, traffic: Traffic, [from, to]: readonly [number, number]): void {
  for (let cell = from; cell < to; cell++) feedCell(series, cell, traffic(cell))
}

export function feedCell(series: Series, cell: number, [requests, errors]: readonly [number, number]): void {
  if (requests === 0) return
  absorbMatured(series, START_CELL + cell)
  addToCell(series, START_CELL + cell, requests, errors)
}

/** A series with this traffic in its first `length` cells. */
export function seriesOf(traffic: Traffic, length: number): Series {
  const series = emptySeries()
  feed(series, traffic, [0, length])
  return series
}
