// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The first quote in `[start, end)` that is not escaped, or `end`. */
export function findQuote(source: ByteSource, start: number, end: number): number {
  let at = findByte(source, QUOTE, start, end)
  while (at < end && isEscaped(source.bytes, start, at)) at = findByte(source, QUOTE, at + 1, end)
  return at
}

/** Does an odd number of backslashes stand before `at`? */
export function isEscaped(bytes: Buffer, start: number, at: number): boolean {
  if (at === start || bytes[at - 1] !== BACKSLASH) return false
  let before = at - 1
  while (before >= start && bytes[before] === BACKSLASH) before--
  return (at - before) % 2 === 0
}
