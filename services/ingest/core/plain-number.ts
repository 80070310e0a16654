// Hot path: indexes bytes.

/** A longer number of JSON may be another one than its digits say. */
const MAX_DIGITS = 15
const STATUS_BYTES = 3
const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e

/** A status from 100 to 599, or 0 for none. `from` below 0: absent. */
export function isPlainStatus(bytes: Buffer, from: number, to: number): boolean {
  if (from >= 0 && to === from + 1) return bytes[from] === ZERO
  if (from < 0 || to - from !== STATUS_BYTES) return false
  const hundreds = (bytes[from] as number) - ZERO
  return hundreds >= 1 && hundreds <= 5 && areDigits(bytes, from, to)
}

export function isPlainInteger(bytes: Buffer, from: number, to: number): boolean {
  return to - from <= MAX_DIGITS && (bytes[from] !== ZERO || to === from + 1) && areDigits(bytes, from, to)
}

/** `12` or `0.25`: no sign, no exponent. */
export function isPlainDecimal(bytes: Buffer, from: number, to: number): boolean {
  let at = from
  while (at < to && bytes[at] !== POINT) at++
  return to - from <= 2 * MAX_DIGITS && areDigits(bytes, from, at) && (at === to || areDigits(bytes, at + 1, to))
}

/** One or more, and nothing else. */
export function areDigits(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) return false
  return to > from
}
