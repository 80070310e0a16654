// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import {
  BATCH_LINES,
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  OK,
  SERVICE,
  type Slots,
  START,
  STATUS,
  slotOf,
  UNMATCHED,
  UPSTREAM,
} from './line-format.ts'
import { setHostOfTarget, splitRequestLine } from './request-line.ts'

/**
 * HAProxy's `option httplog`, also in the older order of timers, and httpslog, which goes on after the request:
 * `10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {}
 * "GET /index.html HTTP/1.1"`. The time is when the request came, in the machine's zone, which the log does not name: read
 * as UTC. Timers are milliseconds, the last of them the whole; with `option logasap` that and the size have a `+` before them.
 */
export const haproxy: FormatDefinition = {
  name: 'haproxy',
  aliases: ['haproxy-http', 'httplog'],
  candidates: [{ name: 'haproxy' }],
  isLike: () => true,
  compile: () => ({ scan: scanHaproxy, time: 'clf', escaping: 'hash' }),
}

const SPACE = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const HYPHEN = 0x2d
const SLASH = 0x2f
const COLON = 0x3a
const OPEN_ANGLE = 0x3c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const TIMERS = 5

const CLIENT_SLOT = slotOf(CLIENT)
const START_SLOT = slotOf(START)
const SERVICE_SLOT = slotOf(SERVICE)
const UPSTREAM_SLOT = slotOf(UPSTREAM)
const DURATION_SLOT = slotOf(DURATION)
const STATUS_SLOT = slotOf(STATUS)
const BYTES_SLOT = slotOf(BYTES)

function scanHaproxy(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const bytes = source.bytes
  const clientEnd = findByte(source, SPACE, start, end)
  const timeEnd = findByte(source, CLOSE_BRACKET, clientEnd + 1, end)
  if (timeEnd + 2 >= end || bytes[clientEnd + 1] !== OPEN_BRACKET || bytes[timeEnd + 1] !== SPACE) return UNMATCHED
  const frontendEnd = findByte(source, SPACE, timeEnd + 2, end)
  const serverEnd = findByte(source, SPACE, frontendEnd + 1, end)
  const timersEnd = findByte(source, SPACE, serverEnd + 1, end)
  const totalAt = lastTimer(source, serverEnd + 1, timersEnd)
  const statusEnd = findByte(source, SPACE, timersEnd + 1, end)
  const bytesEnd = findByte(source, SPACE, statusEnd + 1, end)
  // Quotes in what clients send are escaped, so the first one begins the request; captured headers come before it.
  const requestAt = findByte(source, QUOTE, bytesEnd, end) + 1
  if (totalAt < 0 || requestAt > end) return UNMATCHED
  setSlot(slots, CLIENT_SLOT + line, start, withoutPort(bytes, start, clientEnd))
  setSlot(slots, START_SLOT + line, clientEnd + 2, timeEnd)
  setServer(source, frontendEnd + 1, serverEnd, slots, line)
  setSlot(slots, DURATION_SLOT + line, totalAt, timersEnd)
  const statusAt = timersEnd + 1
  // -1: nothing was answered.
  setSlot(slots, STATUS_SLOT + line, statusAt, bytes[statusAt] === HYPHEN ? statusAt + 1 : statusEnd)
  setSlot(slots, BYTES_SLOT + line, bytes[statusEnd + 1] === PLUS ? statusEnd + 2 : statusEnd + 1, bytesEnd)
  // <BADREQ> is no request.
  const requestEnd = findByte(source, QUOTE, requestAt, end)
  if (bytes[requestAt] !== OPEN_ANGLE) splitRequestLine(source, requestAt, requestEnd, slots, line)
  setHostOfTarget(source, slots, line)
  return OK
}

/** Where the last of five numbers begins; -1 when there are not five, as in the format of TCP. */
function lastTimer(source: ByteSource, start: number, end: number): number {
  let at = start
  for (let timer = 1; timer < TIMERS; timer++) at = findByte(source, SLASH, at, end) + 1
  if (at >= end || findByte(source, SLASH, at, end) !== end) return -1
  return source.bytes[at] === PLUS ? at + 1 : at
}

/** The backend is the service; `<NOSRV>` says that no server was asked. */
function setServer(source: ByteSource, start: number, end: number, slots: Slots, line: number): void {
  const slashAt = findByte(source, SLASH, start, end)
  setSlot(slots, SERVICE_SLOT + line, start, slashAt)
  if (slashAt + 1 < end && source.bytes[slashAt + 1] !== OPEN_ANGLE)
    setSlot(slots, UPSTREAM_SLOT + line, slashAt + 1, end)
}

function withoutPort(bytes: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && bytes[at - 1] !== COLON) at--
  return at - 1 > start ? at - 1 : end
}

function setSlot(slots: Slots, slot: number, start: number, end: number): void {
  if (start >= end) return
  slots[slot] = start
  slots[slot + BATCH_LINES] = end
}
