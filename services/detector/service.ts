// In: cells, in time order, and how long requests took. Out: spikes, each a series whose server errors rose above its own
// normal, or a service that falls silent or becomes slow.
// Replay judges every cell once, in event time; the same cells give the same spikes.
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import type { StatusMinute } from './core/client-errors.ts'
import { type DetectableRise, detectableRises } from './core/detectability.ts'
import type { Detector } from './core/detector.ts'
import type { ServiceMinute } from './core/latency.ts'
import { normalOf } from './core/normal.ts'
import type { Series } from './core/series.ts'
import type { DetectorSettings } from './core/settings.ts'
import { riseThreshold } from './core/threshold.ts'
import { createWatchers } from './core/watchers.ts'
import { createCellFeed } from './feed-cells.ts'
import type { CellPage, SeriesRow } from './io/read-cells.ts'
import type { MinuteOf } from './io/read-durations.ts'

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
  deps: {
    readonly readSeries: () => Promise<SeriesRow[]>
    readonly readCells: () => AsyncIterable<CellPage>
    /** Absent: nobody wants to know what is slow, or what clients do wrong. */
    readonly readDurations?: () => AsyncIterable<MinuteOf<ServiceMinute>>
    readonly readStatuses?: () => AsyncIterable<MinuteOf<StatusMinute>>
  },
  settings: DetectorSettings,
): Promise<Detection> {
  const watchers = createWatchers(settings)
  const feed = createCellFeed(watchers.cells)
  const names = new Map((await deps.readSeries()).map((row) => [row.id, row]))
  for await (const page of deps.readCells()) feed.judge(page, names)
  for await (const { minute, services } of deps.readDurations?.() ?? []) watchers.latency.advance(minute, services)
  for await (const { minute, services } of deps.readStatuses?.() ?? []) watchers.clientErrors.advance(minute, services)
  const judged = feed.judged()
  const seconds = judged === undefined ? 0 : ((judged.last - judged.first + 1) * CELL_MS) / 1000
  const watched = watchers.cells.watched()
  return {
    spikes: watchers.spikes(),
    seriesCount: watched.length,
    detectability: describeDetectability(watched, { settings, totals: feed.totals, seconds }),
  }
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
    nats: riseThreshold(context.settings.falseAlarmsPerWeek, routeCount),
  }
  return watched
    .filter(({ series }) => series.parent !== undefined && context.seconds > 0)
    .map(({ series, baseline }) => {
      const normal = normalOf(series, baseline)
      const requestsPerSecond = (context.totals.get(series) ?? 0) / context.seconds
      return {
        service: series.key.service,
        method: series.key.method,
        route: series.key.route,
        requestsPerSecond,
        rises: detectableRises({ rate: baseline.rate, normal, requestsPerSecond }, limits),
      }
    })
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond)
    .slice(0, MAX_DESCRIBED)
}
