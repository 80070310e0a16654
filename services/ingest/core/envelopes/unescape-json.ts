// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { hexDigit } from '../decode-value.ts'
import type { WriteText } from './join-parts.ts'

const BACKSLASH = 0x5c
const LETTER_U = 0x75
/** What the letter after a backslash stands for. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  [...'nrtbf"\\/'].map((letter, i) => [letter.charCodeAt(0), '\n\r\t\b\f"\\/'.charCodeAt(i)]),
)

/** Writes the text of a JSON string that is given without its quotes. What is no escape stays as it is. */
export const writeUnescaped: WriteText = (from, start, end, to, at) => {
  const source = from.bytes
  const target = to.bytes
  let read = start
  let written = at
  while (read < end) {
    // The runs between escapes are too short for a native copy to pay.
    while (read < end && source[read] !== BACKSLASH) target[written++] = source[read++] as number
    if (read >= end) break
    const letter = read + 1 < end ? (source[read + 1] as number) : -1
    const short = SHORT_ESCAPES.get(letter)
    const code = letter === LETTER_U ? readCode(from, read, end) : -1
    if (short !== undefined) {
      target[written++] = short
      read += 2
    } else if (code >= 0) {
      written = writeCharacter(code, target, written)
      read += code > 0xffff ? 2 * ESCAPE_BYTES : ESCAPE_BYTES
    } else {
      target[written++] = BACKSLASH
      read += 1
    }
  }
  return written
}

/** Of `\u00e9`. */
const ESCAPE_BYTES = 6

/** The character that `\uXXXX` or a pair of them stands for, U+FFFD for half a pair; -1 when it is no escape. */
function readCode(from: ByteSource, at: number, end: number): number {
  const high = readUnit(from.bytes, at, end)
  if (high < 0xd800 || high > 0xdfff) return high
  const low =
    high < 0xdc00 && from.bytes[at + ESCAPE_BYTES] === BACKSLASH ? readUnit(from.bytes, at + ESCAPE_BYTES, end) : -1
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0xfffd
}

function readUnit(bytes: Buffer, at: number, end: number): number {
  if (at + ESCAPE_BYTES > end || bytes[at + 1] !== LETTER_U) return -1
  let unit = 0
  for (let i = at + 2; i < at + ESCAPE_BYTES; i++) {
    const digit = hexDigit(bytes[i] as number)
    if (digit < 0) return -1
    unit = unit * 16 + digit
  }
  return unit
}

/** Where the character's UTF-8 ends. */
function writeCharacter(code: number, bytes: Buffer, start: number): number {
  let at = start
  if (code < 0x80) {
    bytes[at++] = code
  } else if (code < 0x800) {
    bytes[at++] = 0xc0 | (code >> 6)
    bytes[at++] = 0x80 | (code & 0x3f)
  } else if (code < 0x10000) {
    bytes[at++] = 0xe0 | (code >> 12)
    bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
    bytes[at++] = 0x80 | (code & 0x3f)
  } else {
    bytes[at++] = 0xf0 | (code >> 18)
    bytes[at++] = 0x80 | ((code >> 12) & 0x3f)
    bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
    bytes[at++] = 0x80 | (code & 0x3f)
  }
  return at
}
