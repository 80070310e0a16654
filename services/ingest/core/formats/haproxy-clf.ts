// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { scanClfLine } from './clf.ts'
import {
  BYTES,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  SERVICE,
  type Slots,
  START,
  STATUS,
  TARGET,
  TIME,
  UNMATCHED,
  UPSTREAM,
} from './line-format.ts'
import { clearRange, endOf, moveRange, setRange, startOf } from './slot-range.ts'

/**
 * HAProxy's `option httplog clf`: `common`, and after two empty texts the client's port, the milliseconds of the time, frontend,
 * backend and server in quotes, five timers in milliseconds of which the last is the whole, and more:
 * `10.0.1.2 - - [21/Nov/2026:16:46:45 +0000] "GET / HTTP/1.1" 200 143 "" "" 33794 342 "http-in" "shop" "web-1" 0 0 11 46 57 ---- …`.
 * The time is when the request came. https://docs.haproxy.org/2.6/configuration.html#4.2-option%20httplog
 */
export const haproxyClf: FormatDefinition = {
  name: 'haproxy-clf',
  aliases: ['httplog-clf'],
  candidates: [{ name: 'haproxy-clf' }],
  isLike: () => true,
  compile: () => ({ scan: scanHaproxyClf, time: 'clf', escaping: 'hash' }),
}

const SPACE = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const HYPHEN = 0x2d
const OPEN_ANGLE = 0x3c
/** Where a referer and a user agent stand in other logs. */
const EMPTY_TEXTS = Buffer.from(' "" "" ')
const TIMERS = 5

function scanHaproxyClf(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const { bytes } = source
  const outcome = scanClfLine(source, start, end, slots, line)
  if (outcome !== OK) return outcome
  const emptyAt = endOf(slots, BYTES, line)
  if (emptyAt < 0 || !startsWith(bytes, emptyAt, end, EMPTY_TEXTS)) return UNMATCHED
  const frontendAt = skipNumbers(bytes, emptyAt + EMPTY_TEXTS.length, end, 2)
  const backendAt = skipQuoted(source, frontendAt, end)
  const serverAt = skipQuoted(source, backendAt, end)
  const timersAt = skipQuoted(source, serverAt, end)
  const totalAt = skipNumbers(bytes, timersAt, end, TIMERS - 1)
  if (totalAt < 0) return UNMATCHED
  const totalEnd = findByte(source, SPACE, totalAt, end)
  if (totalEnd === totalAt) return UNMATCHED
  moveRange(slots, TIME, START, line)
  setRange(slots, SERVICE, line, backendAt + 1, serverAt - 2)
  // <NOSRV> says that no server was asked.
  if (bytes[serverAt + 1] !== OPEN_ANGLE) setRange(slots, UPSTREAM, line, serverAt + 1, timersAt - 2)
  setRange(slots, DURATION, line, bytes[totalAt] === PLUS ? totalAt + 1 : totalAt, totalEnd)
  // <BADREQ> is no request.
  if (bytes[startOf(slots, TARGET, line)] === OPEN_ANGLE || bytes[startOf(slots, METHOD, line)] === OPEN_ANGLE) {
    clearRange(slots, METHOD, line)
    clearRange(slots, TARGET, line)
  }
  // A size or a time that is not the last word has a plus before it.
  if (bytes[startOf(slots, BYTES, line)] === PLUS)
    setRange(slots, BYTES, line, startOf(slots, BYTES, line) + 1, endOf(slots, BYTES, line))
  // -1: nothing was answered.
  const statusAt = startOf(slots, STATUS, line)
  if (bytes[statusAt] === HYPHEN) setRange(slots, STATUS, line, statusAt, statusAt + 1)
  return OK
}

function startsWith(bytes: Buffer, at: number, end: number, text: Buffer): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}

/** Where the text after so many numbers and their spaces begins; -1 when they are not there. */
function skipNumbers(bytes: Buffer, start: number, end: number, count: number): number {
  if (start < 0) return -1
  let at = start
  for (let number = 0; number < count; number++) {
    const numberAt = at
    while (at < end && isOfNumber(bytes[at] as number)) at++
    if (at === numberAt || bytes[at] !== SPACE) return -1
    at += 1
  }
  return at
}

function isOfNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === HYPHEN || byte === PLUS
}

/** Where what follows a text in quotes and a space begins; -1 when there is none at `start`. */
function skipQuoted(source: ByteSource, start: number, end: number): number {
  if (start < 0 || source.bytes[start] !== QUOTE) return -1
  const quoteAt = findByte(source, QUOTE, start + 1, end)
  return source.bytes[quoteAt + 1] === SPACE ? quoteAt + 2 : -1
}
