import { padEnd, padStart, shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import type { Reject } from '../../ingest/core/parsed-block.ts'
import type { WireEvent } from '../../ingest/core/wire-event.ts'

const TIME_COLUMNS = 19
const SERVICE_COLUMNS = 12
const STATUS_COLUMNS = 4
const METHOD_COLUMNS = 6
const DURATION_COLUMNS = 6
const GAPS = 5

/** The names above the columns of `renderEventRow`. */
export function renderEventHeader(columns: number): string {
  return layOut(['time (UTC)', 'service', 'code', 'method', 'route', 'ms'], columns)
}

/** One event on one line of at most `columns`. */
export function renderEventRow(event: WireEvent, columns: number): string {
  const duration = event.duration_ms === undefined ? '' : String(Math.round(event.duration_ms))
  const route = `${visibleText(event.route ?? event.path ?? '')}${event.count > 1 ? ` × ${event.count}` : ''}`
  const time = event.ts.slice(0, TIME_COLUMNS).replace('T', ' ')
  return layOut(
    [time, visibleText(event.service), String(event.status), visibleText(event.method ?? ''), route, duration],
    columns,
  )
}

/** `access.log line 12, byte 3048: no-status: 203.0.113.9 - - …`. */
export function renderReject(reject: Reject, columns: number): string {
  const detail = reject.detail === undefined ? '' : ` (${visibleText(reject.detail)})`
  const where = `${visibleText(reject.source)} line ${reject.lineNumber}, byte ${reject.byteOffset}`
  const head = `${where}: ${reject.reason}${detail}: `
  return head + shorten(visibleText(reject.text), Math.max(20, columns - head.length))
}

function layOut(cells: readonly [string, string, string, string, string, string], columns: number): string {
  const [time, service, status, method, route, duration] = cells
  const fixed = TIME_COLUMNS + SERVICE_COLUMNS + STATUS_COLUMNS + METHOD_COLUMNS + DURATION_COLUMNS + GAPS
  const routeColumns = Math.max(12, columns - fixed)
  return [
    cell(time, TIME_COLUMNS),
    cell(service, SERVICE_COLUMNS),
    padStart(shorten(status, STATUS_COLUMNS), STATUS_COLUMNS),
    cell(method, METHOD_COLUMNS),
    cell(route, routeColumns),
    padStart(shorten(duration, DURATION_COLUMNS), DURATION_COLUMNS),
  ]
    .join(' ')
    .trimEnd()
}

function cell(text: string, columns: number): string {
  return padEnd(shorten(text, columns), columns)
}
