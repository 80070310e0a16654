import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockMinute, count, counted, day, duration, percent, roughCount } from '../../../shared/faces/words.ts'
import type { BacktestAlert, BacktestColumn, BacktestDocument } from '../backtest-document.ts'
import { createPage } from './incident-block.ts'

const LABEL_COLUMNS = 30
const VALUE_COLUMNS = 24
const ALERTS_SHOWN = 12

/** What a backtest found, for a terminal of 80 columns. */
export function renderBacktest(
  document: BacktestDocument,
  terminal: { readonly columns: number; readonly colour: boolean },
): string {
  const { from, to, services, routes, requests, resolution_s } = document
  if (from === null || to === null)
    return 'Nothing is stored of that time: counts are kept as long as retention.cells_1m says.\n'
  const { paint, columns } = createPage(terminal)
  const lengthMs = Date.parse(to) - Date.parse(from)
  const size = `${counted(services, 'service')}, ${counted(routes, 'route')}, ${roughCount(requests)} requests`
  const lines = [
    paint('strong', `${duration(lengthMs)} of history: ${when(from)} – ${when(to)} UTC`),
    resolution_s === 60 ? `${size}, by the minute` : size,
    '',
    ...renderColumns(document),
    '',
    ...renderDelays(document),
    ...renderAlerts(document, columns),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function renderColumns({ present, next, injected }: BacktestDocument): string[] {
  const row = (label: string, tellOf: (column: BacktestColumn) => string): string =>
    `  ${label.padEnd(LABEL_COLUMNS)}${tellOf(present).padEnd(VALUE_COLUMNS)}${next === null ? '' : tellOf(next)}`.trimEnd()
  return [
    `  ${''.padEnd(LABEL_COLUMNS)}${'present'.padEnd(VALUE_COLUMNS)}${next === null ? '' : 'new'}`.trimEnd(),
    row('alerts', ({ alerts }) => count(alerts.length)),
    row('alerts a week', ({ alerts_per_week }) => String(Number(alerts_per_week.toPrecision(2)))),
    row(`recall of ${counted(injected, 'injected rise')}`, ({ recall }) => shareOrNone(recall)),
    row('precision, at least', ({ precision }) => shareOrNone(precision)),
  ]
}

function renderDelays({ present, next, injected }: BacktestDocument): string[] {
  if (injected === 0) return ['  Too little history for rises to be put upon it: some hours are needed.', '']
  const delays = present.delays.filter((level) => level.injected > 0)
  return [
    '  How soon a rise is told of: half of them, and nine in ten',
    ...delays.map((level) => {
      const other = next?.delays.find(({ added_rate }) => added_rate === level.added_rate)
      const label = `  ${percent(level.added_rate)} of requests fail`
      return `  ${label.padEnd(LABEL_COLUMNS)}${delayText(level).padEnd(VALUE_COLUMNS)}${other === undefined ? '' : delayText(other)}`.trimEnd()
    }),
    '',
  ]
}

function delayText({ injected, found, median_s, p90_s }: BacktestColumn['delays'][number]): string {
  if (median_s === null || p90_s === null) return `0 of ${injected}`
  return `${found} of ${injected}: ${shortDuration(median_s)}, ${shortDuration(p90_s)}`
}

function shortDuration(seconds: number): string {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}

function renderAlerts({ present, next, only_present, only_next }: BacktestDocument, columns: number): string[] {
  if (next === null) return listed('Alerts', present.alerts, columns)
  if (only_present.length === 0 && only_next.length === 0) return ['  Both alert of the same.']
  return [
    ...listed('Only the present one alerts of', only_present, columns),
    ...listed('Only the new one alerts of', only_next, columns),
  ]
}

function listed(title: string, alerts: readonly BacktestAlert[], columns: number): string[] {
  if (alerts.length === 0) return []
  const more = alerts.length > ALERTS_SHOWN ? [`    and ${alerts.length - ALERTS_SHOWN} more: see --json`] : []
  const lines = alerts.slice(0, ALERTS_SHOWN).map((alert) => {
    const where = visibleText(alert.route === null ? alert.service : `${alert.service} ${alert.route}`)
    const head = `    ${when(alert.started_at)}  `
    const rates = `  ${percent(alert.baseline_rate)} → ${percent(alert.observed_rate)}`
    return `${head}${shorten(where, columns - head.length - rates.length)}${rates}`
  })
  return [`  ${title}`, ...lines, ...more, '']
}

function shareOrNone(share: number | null): string {
  return share === null ? '–' : percent(share)
}

function when(time: string): string {
  const atMs = Date.parse(time)
  return `${day(atMs)} ${clockMinute(atMs)}`
}
