import type { EventColumns } from '../event-columns.ts'
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  ENV,
  type FormatDefinition,
  type LineFormat,
  METHOD,
  REGION,
  REQUEST_ID,
  SERVICE,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
  VIRTUAL_HOST,
} from './line-format.ts'

/**
 * Its `duration_format` is seconds unless it says otherwise; `string` is told by its unit. https://caddyserver.com/docs/logging and
 * https://caddyserver.com/docs/caddyfile/directives/log
 */
export const caddy: FormatDefinition = {
  name: 'caddy',
  aliases: ['caddy-json'],
  candidates: [{ name: 'caddy' }],
  isLike: (columns) => hasRequests(columns) && !areOfDays(columns),
  compile: () => compileCaddy(1000),
}

/** The same with `duration_format nano`. */
export const caddyNanoseconds: FormatDefinition = {
  name: 'caddy-ns',
  aliases: ['caddy-nano'],
  candidates: [{ name: 'caddy-ns' }],
  isLike: hasRequests,
  compile: () => compileCaddy(1e-6),
}

function compileCaddy(durationUnitMs: number): LineFormat {
  return { scan: createJsonScanner(CADDY_TABLE), time: 'rfc3339-or-epoch', escaping: 'json', durationUnitMs }
}

/** NDJSON with a time and a status could be read, but then it has no request. */
function hasRequests({ path }: EventColumns): boolean {
  return path.size > 1
}

/** Half of the requests took a day: nanoseconds that were read as seconds. */
function areOfDays({ rows, durationMs }: EventColumns): boolean {
  const long = durationMs.subarray(0, rows).filter((ms) => ms >= DAY_MS)
  return long.length > rows / 2
}

const DAY_MS = 86_400_000

const NAMES: readonly JsonName[] = [
  ['ts', TIME, 'string-or-number'],
  ['status', STATUS, 'number'],
  ['duration', DURATION, 'string-or-number'],
  ['size', BYTES, 'number'],
  ['request.method', METHOD, 'string'],
  ['request.uri', TARGET, 'string'],
  ['request.host', VIRTUAL_HOST, 'string'],
  ['request.client_ip', CLIENT, 'string'],
  ['request.headers.User-Agent[]', USER_AGENT, 'string'],
  ['request.headers.X-Request-Id[]', REQUEST_ID, 'string'],
  ['traceID', TRACE_ID, 'string'],
]

/** What stands in for those, and what `log_append` adds under our names. */
const OTHER_NAMES: readonly JsonName[] = [
  ['request.remote_ip', CLIENT, 'string'],
  ['request.remote_addr', CLIENT, 'string'],
  ['resp_headers.X-Request-Id[]', REQUEST_ID, 'string'],
  ['request.headers.Traceparent[]', TRACE_ID, 'string'],
  ['service', SERVICE, 'string'],
  ['env', ENV, 'string'],
  ['version', VERSION, 'string'],
  ['region', REGION, 'string'],
  ['upstream', UPSTREAM, 'string'],
  ['upstream_status', UPSTREAM_STATUS, 'string-or-number'],
]

const CADDY_TABLE = createJsonTable(NAMES, OTHER_NAMES)
