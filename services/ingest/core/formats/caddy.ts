import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  ENV,
  type FormatDefinition,
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

/** https://caddyserver.com/docs/logging and https://caddyserver.com/docs/caddyfile/directives/log */
export const caddy: FormatDefinition = {
  name: 'caddy',
  aliases: ['caddy-json'],
  candidates: [{ name: 'caddy' }],
  // NDJSON with a time and a status could be read, but then it has no request.
  isLike: ({ path }) => path.size > 1,
  // `duration_format` is seconds unless it says otherwise; `string` is told by its unit.
  compile: () => ({
    scan: createJsonScanner(CADDY_TABLE),
    time: 'rfc3339-or-epoch',
    escaping: 'json',
    durationUnitMs: 1000,
  }),
}

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
