// Hot path: indexes bytes, several parameters.
import { parseDecimal } from './parse-number.ts'

/** What a parser returns for a text that is no amount. */
export const MALFORMED = Number.POSITIVE_INFINITY

const SPACE = 0x20
const TAB = 0x09
const COMMA = 0x2c
const HYPHEN = 0x2d
const POINT = 0x2e
const COLON = 0x3a
const MINUTE = 0x6d
const SECOND = 0x73
const HOUR = 0x68
const NANO = 0x6e
const MICRO = 0x75
/** The first bytes in UTF-8 of the micro sign and of the Greek letter. */
const MICRO_SIGN = 0xc2
const GREEK_MU = 0xce

/**
 * Milliseconds of the duration that is the whole of `bytes[start, end)`: a number of units of `unitMs`, or with its own unit
 * as Go writes it (`1.5ms`, `1m0.2s`), or several of them, which are added up. NaN when none of them is there (`-`, `-1`).
 */
export function parseDuration(bytes: Buffer, start: number, end: number, unitMs: number): number {
  let total = Number.NaN
  for (let at = skipSeparators(bytes, start, end); at < end; at = skipSeparators(bytes, at, end)) {
    const isNegative = bytes[at] === HYPHEN
    if (isNegative) at += 1
    const firstDigit = at
    let amount = 0
    let scale = 0
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30
      if (digit >= 0 && digit <= 9) {
        amount = amount * 10 + digit
        scale *= 10
      } else if (bytes[at] === POINT && scale === 0) {
        scale = 1
      } else {
        break
      }
    }
    const hasDigits = at > firstDigit + (scale > 0 ? 1 : 0)
    if (!hasDigits && !(isNegative && at === firstDigit)) return parseOther(bytes, start, end, unitMs)
    const unitLength = unitLengthAt(bytes, at, end)
    const ownUnitMs = unitLength === 0 ? unitMs : unitMsAt(bytes, at, unitLength)
    at += unitLength
    if (unitLength === 0 && at < end && !isSeparator(bytes[at] as number)) return parseOther(bytes, start, end, unitMs)
    if (isNegative) continue
    const ms = (scale > 1 ? amount / scale : amount) * ownUnitMs
    total = Number.isNaN(total) ? ms : total + ms
  }
  return total === Number.POSITIVE_INFINITY ? MALFORMED : total
}

/** Exponents. */
function parseOther(bytes: Buffer, start: number, end: number, unitMs: number): number {
  const amount = parseDecimal(bytes, start, end)
  if (Number.isNaN(amount)) return MALFORMED
  return amount < 0 ? Number.NaN : amount * unitMs
}

function skipSeparators(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && isSeparator(bytes[at] as number)) at++
  return at
}

function isSeparator(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === COMMA || byte === COLON
}

/** Bytes of the unit that begins at `at`, 0 when there is none. */
function unitLengthAt(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at] as number
  const second = at + 1 < end ? (bytes[at + 1] as number) : 0
  if (at >= end) return 0
  if (second === SECOND && (first === MINUTE || first === MICRO || first === NANO)) return 2
  if (first === SECOND || first === MINUTE || first === HOUR) return 1
  const isMicro = (first === MICRO_SIGN && second === 0xb5) || (first === GREEK_MU && second === 0xbc)
  return isMicro && at + 2 < end && bytes[at + 2] === SECOND ? 3 : 0
}

function unitMsAt(bytes: Buffer, at: number, length: number): number {
  switch (bytes[at]) {
    case NANO:
      return 1e-6
    case SECOND:
      return 1e3
    case HOUR:
      return 3_600e3
    case MINUTE:
      // `ms` or `m`.
      return length > 1 ? 1 : 60e3
    default:
      return 1e-3
  }
}
