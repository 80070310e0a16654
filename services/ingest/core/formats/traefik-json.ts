// Hot path: several parameters.
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  REQUEST_ID,
  type ScanLine,
  SERVICE,
  START,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { REQUEST_LINE } from './pattern.ts'
import { clearRange, cutAt, endOf, startOf } from './slot-range.ts'

/** https://doc.traefik.io/traefik/observability/access-logs */
export const traefikJson: FormatDefinition = {
  name: 'traefik-json',
  aliases: [],
  candidates: [{ name: 'traefik-json' }],
  isLike: () => true,
  // Go's durations are nanoseconds.
  compile: () => ({
    scan: createTraefikScanner(),
    time: 'rfc3339-or-epoch',
    escaping: 'json',
    durationUnitMs: 1e-6,
  }),
}

const NAMES: readonly JsonName[] = [
  ['StartUTC', START, 'string'],
  ['Duration', DURATION, 'number'],
  ['DownstreamStatus', STATUS, 'number'],
  ['DownstreamContentSize', BYTES, 'number'],
  ['RequestMethod', METHOD, 'string'],
  ['RequestPath', TARGET, 'string'],
  ['RequestHost', VIRTUAL_HOST, 'string'],
  ['ServiceName', SERVICE, 'string'],
  ['ServiceAddr', UPSTREAM, 'string'],
  ['OriginStatus', UPSTREAM_STATUS, 'number'],
  ['ClientHost', CLIENT, 'string'],
  ['request_User-Agent', USER_AGENT, 'string'],
  ['request_X-Request-Id', REQUEST_ID, 'string'],
  ['TraceId', TRACE_ID, 'string'],
]

/** For fields that were dropped from the log, and of older versions. */
const OTHER_NAMES: readonly JsonName[] = [
  ['StartLocal', START, 'string'],
  ['time', TIME, 'string'],
  ['RequestLine', REQUEST_LINE, 'string'],
  ['RequestAddr', VIRTUAL_HOST, 'string'],
  ['RouterName', SERVICE, 'string'],
  ['ServiceURL', UPSTREAM, 'string'],
  ['ServiceURL.Host', UPSTREAM, 'string'],
  ['ClientAddr', CLIENT, 'string'],
  ['request_Traceparent', TRACE_ID, 'string'],
]

const TRAEFIK_TABLE = createJsonTable(NAMES, OTHER_NAMES)
const AT = 0x40
const ZERO = 0x30

function createTraefikScanner(): ScanLine {
  const scan = createJsonScanner(TRAEFIK_TABLE)
  return function scanTraefik(source, start, end, slots, line) {
    const outcome = scan(source, start, end, slots, line)
    if (outcome !== OK) return outcome
    // `checkout@docker` is the service checkout, as the provider docker knows it.
    cutAt(source, AT, slots, SERVICE, line)
    // 0 says that there was no origin.
    const statusAt = startOf(slots, UPSTREAM_STATUS, line)
    const isNone = endOf(slots, UPSTREAM_STATUS, line) === statusAt + 1 && source.bytes[statusAt] === ZERO
    if (isNone) clearRange(slots, UPSTREAM_STATUS, line)
    return OK
  }
}
