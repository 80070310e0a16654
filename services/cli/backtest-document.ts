import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import type { Backtest, BacktestScore } from '../detector/backtest.ts'

/** What one alert would have said: of its first spike, snake_case. */
export interface BacktestAlert {
  readonly env: string
  readonly service: string
  readonly route: string | null
  readonly started_at: string
  readonly detected_at: string
  readonly resolved_at: string | null
  readonly baseline_rate: number
  readonly observed_rate: number
  readonly errors: number
}

export interface BacktestColumn {
  readonly alerts: readonly BacktestAlert[]
  readonly alerts_per_week: number
  readonly recall: number | null
  readonly precision: number | null
  readonly delays: readonly {
    readonly added_rate: number
    readonly injected: number
    readonly found: number
    readonly median_s: number | null
    readonly p90_s: number | null
  }[]
}

/** What `culprit backtest --json` prints. */
export interface BacktestDocument {
  readonly from: string | null
  readonly to: string | null
  /** Of the counts that were judged, seconds: 10, or 60 further back than those are kept. */
  readonly resolution_s: 10 | 60
  readonly services: number
  readonly routes: number
  readonly requests: number
  readonly injected: number
  readonly present: BacktestColumn
  readonly next: BacktestColumn | null
  /** Alerts of one configuration that the other one does not have. */
  readonly only_present: readonly BacktestAlert[]
  readonly only_next: readonly BacktestAlert[]
}

const WEEK_MS = 7 * 24 * 3_600_000

export function toBacktestDocument(result: Backtest, byMinute: boolean): BacktestDocument {
  const { judged, present, next } = result
  const fromMs = judged === undefined ? undefined : judged.first * CELL_MS
  const toMs = judged === undefined ? undefined : (judged.last + 1) * CELL_MS
  const weeks = fromMs === undefined || toMs === undefined ? 0 : (toMs - fromMs) / WEEK_MS
  const lackIn = (one: BacktestScore, other: BacktestScore): BacktestAlert[] => {
    return one.alerts.filter((alert) => !other.alerts.some((twin) => overlap(alert, twin))).map(toAlert)
  }
  return {
    from: fromMs === undefined ? null : toTime(fromMs),
    to: toMs === undefined ? null : toTime(toMs),
    resolution_s: byMinute ? 60 : 10,
    services: result.services,
    routes: result.routes,
    requests: result.requests,
    injected: result.injected,
    present: toColumn(present, weeks),
    next: next === null ? null : toColumn(next, weeks),
    only_present: next === null ? [] : lackIn(present, next),
    only_next: next === null ? [] : lackIn(next, present),
  }
}

function toColumn({ alerts, recall, precision, levels }: BacktestScore, weeks: number): BacktestColumn {
  return {
    alerts: alerts.map(toAlert),
    alerts_per_week: weeks === 0 ? 0 : round(alerts.length / weeks),
    recall: recall === null ? null : round(recall),
    precision: precision === null ? null : round(precision),
    delays: levels.map(({ addedRate, injected, found, medianMs, ninetiethMs }) => ({
      added_rate: addedRate,
      injected,
      found,
      median_s: medianMs === null ? null : medianMs / 1000,
      p90_s: ninetiethMs === null ? null : ninetiethMs / 1000,
    })),
  }
}

function toAlert(spikes: readonly Spike[]): BacktestAlert {
  const [first] = spikes.toSorted((a, b) => b.excessErrors - a.excessErrors)
  if (first === undefined) throw new Error('an alert has spikes')
  const onsetAtMs = Math.min(...spikes.map((spike) => spike.onsetAtMs))
  const isOver = spikes.every(({ resolvedAtMs }) => resolvedAtMs !== null)
  return {
    env: first.env,
    service: first.service,
    route: first.route === null ? null : `${first.method ?? ''} ${first.route}`.trim(),
    started_at: toTime(onsetAtMs),
    detected_at: toTime(Math.min(...spikes.map(({ detectedAtMs }) => detectedAtMs))),
    resolved_at: isOver ? toTime(Math.max(...spikes.map(({ resolvedAtMs }) => resolvedAtMs ?? 0))) : null,
    baseline_rate: round(first.baselineRate),
    observed_rate: round(first.observedRate),
    errors: first.errors,
  }
}

/** Whether both tell of the same service at the same time. */
function overlap(one: readonly Spike[], other: readonly Spike[]): boolean {
  return one.some((a) =>
    other.some(
      (b) =>
        a.env === b.env &&
        a.service === b.service &&
        a.onsetAtMs <= (b.resolvedAtMs ?? b.updatedAtMs) &&
        b.onsetAtMs <= (a.resolvedAtMs ?? a.updatedAtMs),
    ),
  )
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString()
}
