// Hot path: indexes bytes.

const ZERO = 0x30
const POINT = 0x2e
/** A longer text is no number that anybody logs. */
const MAX_NUMBER_BYTES = 40
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/** The whole of `bytes[start, end)` as a non-negative integer below 2^53, else -1. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 15) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** The whole of `bytes[start, end)` as a decimal number as JSON writes it (leading zeros allowed), else NaN. */
export function parseDecimal(bytes: Buffer, start: number, end: number): number {
  let value = 0
  let fractionDigits = -1
  if (end <= start) return Number.NaN
  if (end - start > 15) return parseDecimalText(bytes, start, end)
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    const digit = byte - ZERO
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      if (fractionDigits >= 0) fractionDigits += 1
    } else if (byte === POINT && fractionDigits < 0 && at > start && at + 1 < end) {
      fractionDigits = 0
    } else {
      return parseDecimalText(bytes, start, end)
    }
  }
  return fractionDigits > 0 ? value / (POWERS_OF_TEN[fractionDigits] as number) : value
}

/** Signs, exponents and long numbers. */
function parseDecimalText(bytes: Buffer, start: number, end: number): number {
  if (end - start > MAX_NUMBER_BYTES) return Number.NaN
  const text = bytes.toString('latin1', start, end)
  return /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN
}
