// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte, toByteSource } from '../byte-source.ts'
import { COMMENT, OK, UNMATCHED } from '../formats/line-format.ts'
import { type Envelope, type EnvelopeDefinition, FROM, HOST_FROM, HOST_TO, INSIDE_NUMBERS, TO } from './envelope.ts'

/**
 * RFC 3164 `<190>Nov 21 10:00:00 host nginx[7]: the line`, as it is sent or, without `<190>`, in /var/log/syslog; the same
 * with an RFC 3339 time, as rsyslog writes files; and RFC 5424 `<190>1 2026-11-21T10:00:00Z host nginx 7 - [id a="b"] the line`.
 * The host may be missing in the first two, as may the tag.
 */
export const syslog: EnvelopeDefinition = { create: createSyslog }

const SPACE = 0x20
const QUOTE = 0x22
const HYPHEN = 0x2d
const DIGIT_1 = 0x31
const COLON = 0x3a
const OPEN_ANGLE = 0x3c
const CLOSE_ANGLE = 0x3e
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
/** Of `<191>`. */
const PRIORITY_BYTES_MAX = 5
/** Of `Nov 21 10:00:00`. */
const BSD_TIME_BYTES = 15
/** Of `2026-11-21T10:00:00`, the least that a time has. */
const RFC3339_BYTES_MIN = 19
const RFC3339_BYTES_MAX = 35

function createSyslog(): Envelope {
  const inside = new Int32Array(INSIDE_NUMBERS).fill(-1)
  let block = toByteSource(new Uint8Array(0))

  function unwrap(start: number, end: number): number {
    const at = skipPriority(block.bytes, start, end)
    const isVersion1 = block.bytes[at] === DIGIT_1 && block.bytes[at + 1] === SPACE
    const from = isVersion1 ? unwrap5424(block, at + 2, end, inside) : unwrap3164(block, at, end, inside)
    if (from < 0) return UNMATCHED
    inside[FROM] = from
    inside[TO] = end
    return from === end ? COMMENT : OK
  }

  return {
    inside,
    unwrap,
    begin(source) {
      block = source
      return source
    },
  }
}

function skipPriority(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== OPEN_ANGLE) return start
  const last = Math.min(end, start + PRIORITY_BYTES_MAX)
  let at = start + 1
  while (at < last && isDigit(bytes[at])) at++
  return at < last && at > start + 1 && bytes[at] === CLOSE_ANGLE ? at + 1 : start
}

/** Where the line inside begins, or -1. */
function unwrap3164(source: ByteSource, start: number, end: number, inside: Int32Array): number {
  const bytes = source.bytes
  const timeEnd = isBsdTime(bytes, start, end) ? start + BSD_TIME_BYTES : rfc3339End(source, start, end)
  if (timeEnd < 0 || bytes[timeEnd] !== SPACE) return -1
  const first = timeEnd + 1
  const firstEnd = findByte(source, SPACE, first, end)
  if (firstEnd === end) return -1
  inside[HOST_FROM] = -1
  // The sender's name ends with a colon, the host's does not.
  if (bytes[firstEnd - 1] === COLON) return firstEnd + 1
  inside[HOST_FROM] = first
  inside[HOST_TO] = firstEnd
  const tagEnd = findByte(source, SPACE, firstEnd + 1, end)
  return bytes[tagEnd - 1] === COLON && tagEnd > firstEnd + 2 ? Math.min(end, tagEnd + 1) : firstEnd + 1
}

/** `Nov 21 10:00:00`, `Nov  1 10:00:00`. */
function isBsdTime(bytes: Buffer, start: number, end: number): boolean {
  return (
    start + BSD_TIME_BYTES < end &&
    bytes[start + 3] === SPACE &&
    bytes[start + 6] === SPACE &&
    bytes[start + 9] === COLON &&
    bytes[start + 12] === COLON &&
    isDigit(bytes[start + 5]) &&
    isDigit(bytes[start + 14]) &&
    !isDigit(bytes[start])
  )
}

/** Where the RFC 3339 time at `start` ends, or -1. */
function rfc3339End(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  if (start + RFC3339_BYTES_MIN >= end || bytes[start + 4] !== HYPHEN || bytes[start + 10] !== 0x54) return -1
  const last = Math.min(end, start + RFC3339_BYTES_MAX + 1)
  const timeEnd = findByte(source, SPACE, start + RFC3339_BYTES_MIN, last)
  return timeEnd < last && isDigit(bytes[start]) ? timeEnd : -1
}

/** Where the line inside begins, or -1. `start` is after the version. */
function unwrap5424(source: ByteSource, start: number, end: number, inside: Int32Array): number {
  const bytes = source.bytes
  // Time, host, app, process and message id.
  const hostAt = findByte(source, SPACE, start, end) + 1
  const hostEnd = findByte(source, SPACE, hostAt, end)
  const appEnd = findByte(source, SPACE, hostEnd + 1, end)
  const processEnd = findByte(source, SPACE, appEnd + 1, end)
  const dataAt = findByte(source, SPACE, processEnd + 1, end) + 1
  if (dataAt >= end) return -1
  const dataEnd = structuredDataEnd(source, dataAt, end)
  if (dataEnd < 0) return -1
  const hasHost = hostEnd - hostAt > 1 || bytes[hostAt] !== HYPHEN
  inside[HOST_FROM] = hasHost ? hostAt : -1
  inside[HOST_TO] = hostEnd
  const at = Math.min(end, dataEnd + 1)
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? Math.min(at + 3, end) : at
}

/** Where `-` or `[id name="value"][…]` ends, or -1. In a value `"`, `\` and `]` are escaped. */
function structuredDataEnd(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  if (bytes[start] === HYPHEN) return start + 1
  let isQuoted = false
  let at = start
  if (bytes[at] !== OPEN_BRACKET) return -1
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte === BACKSLASH && isQuoted) at++
    else if (byte === QUOTE) isQuoted = !isQuoted
    else if (byte === CLOSE_BRACKET && !isQuoted && bytes[at + 1] !== OPEN_BRACKET) return at + 1
  }
  return -1
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}
