import type { CellCount, Detector } from './core/detector.ts'
import type { Series } from './core/series.ts'
import type { CellPage, SeriesRow } from './io/read-cells.ts'

export interface CellFeed {
  /** Judges the cells of a page, in order. Rows of a series whose name is not in `names` or an earlier page's are left out. */
  judge(page: CellPage, names: ReadonlyMap<number, SeriesRow>): void
  /** Whether a page's row can be told which series it is of. */
  knows(seriesId: number): boolean
  /** The first and last cell judged; undefined before the first. */
  readonly judged: () => { readonly first: number; readonly last: number } | undefined
  /** Requests of each series over all cells judged. */
  readonly totals: ReadonlyMap<Series, number>
}

/** Gives a detector its cells from pages of the store. */
export function createCellFeed(detector: Detector): CellFeed {
  const seriesById = new Map<number, Series>()
  const totals = new Map<Series, number>()
  let first: number | undefined
  let last = 0

  function knownSeries(id: number): Series | undefined {
    const known = seriesById.get(id)
    return known?.isForgotten === true ? undefined : known
  }

  /** What the detector keeps no more is not kept here either. */
  function dropForgotten(): void {
    for (const [id, series] of seriesById) {
      if (!series.isForgotten) continue
      seriesById.delete(id)
      totals.delete(series)
    }
  }

  function seriesOf(id: number, cell: number, names: ReadonlyMap<number, SeriesRow>): Series | undefined {
    const known = knownSeries(id)
    const name = known === undefined ? names.get(id) : undefined
    if (name === undefined) return known
    const series = detector.watch(name, cell)
    seriesById.set(id, series)
    return series
  }

  function countsOf(page: CellPage, rows: RowRange, names: ReadonlyMap<number, SeriesRow>): CellCount[] {
    const counts: CellCount[] = []
    for (let row = rows.from; row < rows.to; row++) {
      const series = seriesOf(page.series[row] ?? 0, rows.cell, names)
      if (series === undefined) continue
      const requests = page.requests[row] ?? 0
      totals.set(series, (totals.get(series) ?? 0) + requests)
      counts.push({ series, requests, errors: page.errors[row] ?? 0 })
    }
    return counts
  }

  return {
    judge(page, names) {
      dropForgotten()
      for (const rows of cellsOf(page)) {
        first ??= rows.cell
        last = rows.cell
        detector.advance(rows.cell, countsOf(page, rows, names))
      }
    },
    knows: (seriesId) => knownSeries(seriesId) !== undefined,
    judged: () => (first === undefined ? undefined : { first, last }),
    totals,
  }
}

/** The rows of one cell in a page. */
interface RowRange {
  readonly cell: number
  readonly from: number
  readonly to: number
}

function* cellsOf(page: CellPage): Generator<RowRange> {
  let from = 0
  while (from < page.rows) {
    const cell = page.cells[from] ?? 0
    let to = from + 1
    while (to < page.rows && page.cells[to] === cell) to++
    yield { cell, from, to }
    from = to
  }
}
