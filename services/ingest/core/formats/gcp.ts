// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  REGION,
  type ScanLine,
  SERVICE,
  type Slots,
  START,
  STATUS,
  TARGET,
  TRACE_ID,
  UPSTREAM,
  USER_AGENT,
  VERSION,
  VIRTUAL_HOST,
} from './line-format.ts'
import { endOf, setRange, startOf } from './slot-range.ts'

/**
 * Log entries of Google Cloud's HTTP(S) load balancers, and of Cloud Run, one object a line.
 * https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring,
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
export const gcp: FormatDefinition = {
  name: 'gcp',
  aliases: ['gcp-lb', 'google-cloud', 'stackdriver'],
  candidates: [{ name: 'gcp' }],
  isLike: () => true,
  compile: () => ({ scan: createGcpScanner(), time: 'rfc3339-or-epoch', escaping: 'json', durationUnitMs: 1000 }),
}

const NAMES: readonly JsonName[] = [
  ['timestamp', START, 'string'],
  ['trace', TRACE_ID, 'string'],
  ['httpRequest.requestMethod', METHOD, 'string'],
  ['httpRequest.requestUrl', TARGET, 'string'],
  ['httpRequest.status', STATUS, 'number'],
  ['httpRequest.latency', DURATION, 'string'],
  ['httpRequest.responseSize', BYTES, 'string-or-number'],
  ['httpRequest.remoteIp', CLIENT, 'string'],
  ['httpRequest.serverIp', UPSTREAM, 'string'],
  ['httpRequest.userAgent', USER_AGENT, 'string'],
  ['resource.labels.backend_service_name', SERVICE, 'string'],
]

/** Cloud Run's. */
const OTHER_NAMES: readonly JsonName[] = [
  ['resource.labels.service_name', SERVICE, 'string'],
  ['resource.labels.revision_name', VERSION, 'string'],
  ['resource.labels.location', REGION, 'string'],
  ['resource.labels.region', REGION, 'string'],
]

const GCP_TABLE = createJsonTable(NAMES, OTHER_NAMES)

function createGcpScanner(): ScanLine {
  const scan = createJsonScanner(GCP_TABLE)
  return function scanGcp(source, start, end, slots, line) {
    const outcome = scan(source, start, end, slots, line)
    if (outcome !== OK) return outcome
    shortenTrace(source.bytes, slots, line)
    const targetAt = startOf(slots, TARGET, line)
    if (targetAt < 0) return OK
    setHost(source, slots, line, targetAt)
    if (startOf(slots, STATUS, line) < 0) setNoStatus(source.bytes, slots, line)
    return OK
  }
}

const HYPHEN = 0x2d
const COLON = 0x3a
const SLASH = 0x2f

/** Where `2026-03-01` has a hyphen. */
const HYPHEN_AT = 4

/**
 * The entry of a request whose client left before any response has no status. A hyphen says that there was none: the date's
 * is as good as any.
 */
function setNoStatus(bytes: Buffer, slots: Slots, line: number): void {
  const start = startOf(slots, START, line)
  const hyphenAt = start + HYPHEN_AT
  if (start >= 0 && bytes[hyphenAt] === HYPHEN) setRange(slots, STATUS, line, hyphenAt, hyphenAt + 1)
}

/** Of `projects/shop/traces/ID` the id. */
function shortenTrace(bytes: Buffer, slots: Slots, line: number): void {
  const start = startOf(slots, TRACE_ID, line)
  const end = endOf(slots, TRACE_ID, line)
  let at = end
  while (at > start && bytes[at - 1] !== SLASH) at--
  if (start >= 0) setRange(slots, TRACE_ID, line, at, end)
}

/** The host of `https://shop.example/a`. */
function setHost(source: ByteSource, slots: Slots, line: number, start: number): void {
  const bytes = source.bytes
  const end = endOf(slots, TARGET, line)
  const colonAt = findByte(source, COLON, start, end)
  if (bytes[colonAt + 1] !== SLASH || bytes[colonAt + 2] !== SLASH) return
  const hostEnd = findByte(source, SLASH, colonAt + 3, end)
  if (hostEnd > colonAt + 3) setRange(slots, VIRTUAL_HOST, line, colonAt + 3, hostEnd)
}
