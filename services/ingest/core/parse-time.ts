// Hot path: indexes bytes and keeps the last time seen.
import type { ByteSource } from './byte-source.ts'
import { bounded, fractionMs, MINUTE_MS, minuteMs, secondMs, zoneMs } from './calendar.ts'
import { parseDecimal, parseInteger } from './parse-number.ts'
import { createStrftimeParser } from './strftime.ts'

/**
 * How a format writes its time: `26/Jan/2019:19:45:25 +0330`; or RFC 3339 or an epoch number in any unit, for want of those also
 * the other two and `2019/01/26 19:45:25`; or `19:45:25` in UTC; or as strftime(3) does.
 */
export type TimeKind = 'clf' | 'rfc3339-or-epoch' | 'clock' | { readonly strftime: string }

/** Epoch ms of the time in `source[start, end)`, of a clock's the ms of its day; NaN when it is none, or no date of 1970–2105. */
export type ParseTime = (source: ByteSource, start: number, end: number) => number

const MAX_TIME_BYTES = 64

/** A parser that remembers the last time seen: neighbouring lines mostly share it. */
export function createTimeParser(kind: TimeKind): ParseTime {
  switch (kind) {
    case 'clf':
      return createClfParser()
    case 'rfc3339-or-epoch':
      return createRfc3339Parser()
    case 'clock':
      return parseClock
    default:
      return createStrftimeParser(kind.strftime)
  }
}

const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/
/** Of `19:45:25`. */
const CLOCK_BYTES = 8
const HOUR_MS = 60 * MINUTE_MS

function parseClock({ bytes }: ByteSource, start: number, end: number): number {
  const hour = parseInteger(bytes, start, start + 2)
  const minute = parseInteger(bytes, start + 3, start + 5)
  const isUsual = end - start === CLOCK_BYTES && bytes[start + 2] === 0x3a && hour >= 0 && minute >= 0
  const match = isUsual ? null : CLOCK.exec(bytes.toString('latin1', start, Math.min(end, start + MAX_TIME_BYTES)))
  if (!isUsual && match === null) return Number.NaN
  if (hour > 23 || minute > 59) return Number.NaN
  const inMinuteMs = isUsual
    ? parseSeconds(bytes, start + 5)
    : secondMs(Number(match?.[3] ?? 0)) + fractionMs(match?.[4])
  return hour * HOUR_MS + minute * MINUTE_MS + inMinuteMs
}

const POINT = 0x2e
/** Bytes of `26/Jan/2019:19:45:25 +0330`, and where its seconds are. */
const CLF_BYTES = 26
const CLF_SECONDS_AT = 17
const CLF_ZONE_AT = 20
/** Bytes of HAProxy's `26/Jan/2019:19:45:25.731`, in UTC. */
const CLF_MS_BYTES = 24

function createClfParser(): ParseTime {
  // The minute and the zone last seen, as the numbers that their bytes are.
  let [w0, w1, w2, w3, w4, z0, z1] = [0, 0, 0, 0, 0, 0, 0]
  let lastMinuteMs = Number.NaN

  return function parseClf(source, start, end) {
    const hasMs = end - start === CLF_MS_BYTES && source.bytes[start + CLF_ZONE_AT] === POINT
    const fraction = hasMs ? parseInteger(source.bytes, start + CLF_ZONE_AT + 1, end) : 0
    if ((end - start !== CLF_BYTES && !hasMs) || fraction < 0) return parseClfText(source.bytes, start, end)
    const view = source.view
    const a = view.getInt32(start, true)
    const b = view.getInt32(start + 4, true)
    const c = view.getInt32(start + 8, true)
    const d = view.getInt32(start + 12, true)
    const e = view.getInt32(start + 13, true)
    const f = hasMs ? 0 : view.getInt32(start + CLF_ZONE_AT, true)
    const g = hasMs ? 0 : view.getInt32(start + CLF_ZONE_AT + 2, true)
    const isSame = a === w0 && b === w1 && c === w2 && d === w3 && e === w4 && f === z0 && g === z1
    if (!isSame) {
      const ms = parseClfText(source.bytes, start, end)
      if (Number.isNaN(ms)) return ms
      ;[w0, w1, w2, w3, w4, z0, z1] = [a, b, c, d, e, f, g]
      lastMinuteMs = ms - parseSeconds(source.bytes, start + CLF_SECONDS_AT) - fraction
    }
    return bounded(lastMinuteMs + parseSeconds(source.bytes, start + CLF_SECONDS_AT) + fraction)
  }
}

/** Milliseconds of `:25`; NaN when it is no second. */
function parseSeconds(bytes: Buffer, start: number): number {
  const tens = (bytes[start + 1] as number) - 0x30
  const ones = (bytes[start + 2] as number) - 0x30
  const isSecond = bytes[start] === 0x3a && tens >= 0 && tens <= 6 && ones >= 0 && ones <= 9
  return isSecond ? secondMs(tens * 10 + ones) : Number.NaN
}

const CLF = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function parseClfText(bytes: Buffer, start: number, end: number): number {
  const match = CLF.exec(bytes.toString('latin1', start, Math.min(end, start + MAX_TIME_BYTES)))
  if (match === null) return Number.NaN
  const [, day, month, year, hour, minute, second, fraction, zone] = match
  const startOfMinute = minuteMs(
    Number(year),
    MONTHS.indexOf(String(month)) + 1,
    Number(day),
    Number(hour),
    Number(minute),
  )
  return bounded(startOfMinute + secondMs(Number(second)) + fractionMs(fraction) - zoneMs(zone))
}

/** Bytes of `2026-03-01T00:00`, and of the shortest time, `2026-03-01T00:00:00`. */
const MINUTE_BYTES = 16
const SECOND_BYTES = 19
const HYPHEN = 0x2d
const SLASH = 0x2f

function createRfc3339Parser(): ParseTime {
  let [w0, w1, w2, w3] = [0, 0, 0, 0]
  let lastMinuteMs = Number.NaN

  return function parseRfc3339(source, start, end) {
    const { bytes, view } = source
    const length = end - start
    const isDate = bytes[start + 4] === HYPHEN || bytes[start + 4] === SLASH
    if (length < SECOND_BYTES || length > MAX_TIME_BYTES || !isDate) {
      return bytes[start + 2] === SLASH ? parseClfText(bytes, start, end) : epochMs(parseDecimal(bytes, start, end))
    }
    const a = view.getInt32(start, true)
    const b = view.getInt32(start + 4, true)
    const c = view.getInt32(start + 8, true)
    const d = view.getInt32(start + 12, true)
    if (a !== w0 || b !== w1 || c !== w2 || d !== w3) {
      w0 = a
      w1 = b
      w2 = c
      w3 = d
      lastMinuteMs = parseMinuteText(bytes.toString('latin1', start, start + MINUTE_BYTES))
    }
    const atSecondMs = lastMinuteMs + parseSeconds(bytes, start + MINUTE_BYTES)
    const isPlainUtc = length === SECOND_BYTES + 1 && ((bytes[start + SECOND_BYTES] as number) | 0x20) === 0x7a
    if (isPlainUtc) return bounded(atSecondMs)
    return bounded(atSecondMs + parseFractionAndZone(bytes, start + SECOND_BYTES, end))
  }
}

const MINUTE = /^(\d{4})([-/])(\d\d)\2(\d\d)[Tt ](\d\d):(\d\d)$/

function parseMinuteText(text: string): number {
  const match = MINUTE.exec(text)
  if (match === null) return Number.NaN
  const [, year, , month, day, hour, minute] = match
  return minuteMs(Number(year), Number(month), Number(day), Number(hour), Number(minute))
}

/** Milliseconds to add for `.123456+03:30` and the like; no zone is UTC. */
function parseFractionAndZone(bytes: Buffer, start: number, end: number): number {
  let at = start
  let fraction = 0
  if (bytes[at] === POINT || bytes[at] === 0x2c) {
    let scale = 100
    const firstDigit = ++at
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30
      if (digit < 0 || digit > 9) break
      fraction += digit * scale
      scale /= 10
    }
    if (at === firstDigit) return Number.NaN
  }
  if (at === end) return Math.floor(fraction)
  if (at + 1 === end && ((bytes[at] as number) | 0x20) === 0x7a) return Math.floor(fraction)
  return Math.floor(fraction) - zoneMs(bytes.toString('latin1', at, end))
}

/** `1772323200.123` in binary is a little less: the millisecond must not be lost to that. */
const ROUNDING_MS = 0.0005

/** Seconds, milliseconds, microseconds or nanoseconds, told by their magnitude: each unit's range ends in the year 5138. */
function epochMs(value: number): number {
  if (value < 1e11) return bounded(Math.floor(value * 1000 + ROUNDING_MS))
  if (value < 1e14) return bounded(Math.floor(value))
  if (value < 1e17) return bounded(Math.floor(value / 1e3))
  return bounded(Math.floor(value / 1e6))
}
