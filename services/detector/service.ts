// In: cells, in time order. Out: spikes, each a series whose server errors rose above its own normal.
// Replay judges every cell once, in event time; the same cells give the same spikes.
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { type DetectableRise, detectableRises } from './core/detectability.ts'
import { type CellCount, createDetector, type Detector } from './core/detector.ts'
import type { Series } from './core/series.ts'
import type { DetectorSettings } from './core/settings.ts'
import { alarmThreshold } from './core/threshold.ts'
import type { CellPage, SeriesRow } from './io/read-cells.ts'

/** What could have been missed on one route, at the traffic of the whole time read. */
export interface RouteDetectability {
  readonly service: string
  readonly method: string | null
  readonly route: string | null
  readonly requestsPerSecond: number
  readonly rises: readonly DetectableRise[]
}

export interface Detection {
  readonly spikes: Spike[]
  /** Series watched: services and their routes. */
  readonly seriesCount: number
  /** Busiest first. */
  readonly detectability: readonly RouteDetectability[]
}

/** Scans every cell once, in order. */
export async function detectSpikes(
  deps: { readonly readSeries: () => Promise<SeriesRow[]>; readonly readCells: () => AsyncIterable<CellPage> },
  settings: DetectorSettings,
): Promise<Detection> {
  const detector = createDetector(settings)
  const names = new Map((await deps.readSeries()).map((row) => [row.id, row]))
  const series = new Map<number, Series>()
  const totals = new Map<Series, number>()
  let first: number | undefined
  let last = 0
  for await (const page of deps.readCells()) {
    for (const { cell, rows } of cellsOf(page)) {
      first ??= cell
      last = cell
      detector.advance(cell, countsOf(page, rows, { detector, names, series, totals, cell }))
    }
  }
  const seconds = first === undefined ? 0 : ((last - first + 1) * CELL_MS) / 1000
  const watched = detector.watched()
  return {
    spikes: detector.spikes(),
    seriesCount: watched.length,
    detectability: describeDetectability(watched, { settings, totals, seconds }),
  }
}

/** The row ranges of a page, one a cell. */
function* cellsOf(page: CellPage): Generator<{ cell: number; rows: { from: number; to: number } }> {
  let from = 0
  while (from < page.rows) {
    const cell = page.cells[from] ?? 0
    let to = from + 1
    while (to < page.rows && page.cells[to] === cell) to++
    yield { cell, rows: { from, to } }
    from = to
  }
}

function countsOf(
  page: CellPage,
  rows: { readonly from: number; readonly to: number },
  known: {
    readonly detector: Detector
    readonly names: ReadonlyMap<number, SeriesRow>
    readonly series: Map<number, Series>
    readonly totals: Map<Series, number>
    readonly cell: number
  },
): CellCount[] {
  const counts: CellCount[] = []
  for (let row = rows.from; row < rows.to; row++) {
    const id = page.series[row] ?? 0
    const name = known.names.get(id)
    if (name === undefined) continue
    const series = known.series.get(id) ?? known.detector.watch(name, known.cell)
    known.series.set(id, series)
    const requests = page.requests[row] ?? 0
    known.totals.set(series, (known.totals.get(series) ?? 0) + requests)
    counts.push({ series, requests, errors: page.errors[row] ?? 0 })
  }
  return counts
}

/** As many routes as a person would read about. */
const MAX_DESCRIBED = 50

function describeDetectability(
  watched: ReturnType<Detector['watched']>,
  context: {
    readonly settings: DetectorSettings
    readonly totals: ReadonlyMap<Series, number>
    readonly seconds: number
  },
): RouteDetectability[] {
  const routeCount = watched.filter(({ series }) => series.parent !== undefined).length
  const limits = {
    ...context.settings.limits,
    threshold: alarmThreshold(context.settings.falseAlarmsPerWeek / 2, routeCount),
  }
  return watched
    .filter(({ series }) => series.parent !== undefined && context.seconds > 0)
    .map(({ series, baseline }) => {
      const requestsPerSecond = (context.totals.get(series) ?? 0) / context.seconds
      return {
        service: series.key.service,
        method: series.key.method,
        route: series.key.route,
        requestsPerSecond,
        rises: detectableRises({ baseline, requestsPerSecond }, limits),
      }
    })
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond)
    .slice(0, MAX_DESCRIBED)
}
