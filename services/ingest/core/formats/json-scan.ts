// Hot path: indexes bytes.
import type { ByteSource } from '../byte-source.ts'
import { findQuote } from './quoted.ts'

export const QUOTE = 0x22
export const COMMA = 0x2c
export const HYPHEN = 0x2d
export const COLON = 0x3a
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
const SPACE = 0x20
const TAB = 0x09
const RETURN = 0x0d
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

/** The first byte at or after `start` that is no white space, or `end`. */
export function skipSpace(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN)) at++
  return at
}

/** Where the JSON value at `start` ends, or -1. What is inside a list or an object is not looked at, so it needn't be JSON. */
export function skipValue(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  const first = bytes[start] as number
  if (first === QUOTE) return skipString(source, start, end)
  if (isNumberByte(first)) return skipNumber(bytes, start + 1, end)
  if (first === OPEN_OBJECT || first === OPEN_LIST) return skipBrackets(source, start, end)
  if (first === TRUE[0]) return skipWord(bytes, start, end, TRUE)
  if (first === FALSE[0]) return skipWord(bytes, start, end, FALSE)
  return skipWord(bytes, start, end, NULL)
}

/** After the closing quote of the string at `start`, or -1. */
export function skipString(source: ByteSource, start: number, end: number): number {
  const at = findQuote(source, start + 1, end)
  return at < end ? at + 1 : -1
}

function skipNumber(bytes: Buffer, start: number, end: number): number {
  let at = start
  // Mostly digits, and then its end.
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++
  if (bytes[at] === COMMA) return at
  while (at < end && isNumberByte(bytes[at] as number)) at++
  return at
}

/** Of a string, an object or a list, or the end of one that is empty. */
export function isOpening(byte: number): boolean {
  return byte === QUOTE || byte === OPEN_OBJECT || byte === OPEN_LIST || byte === CLOSE_LIST
}

/** A digit, or what else a number may have. */
export function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === HYPHEN || byte === 0x2b || (byte | 0x20) === 0x65
}

function skipBrackets(source: ByteSource, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; at++) {
    const byte = source.bytes[at]
    if (byte === QUOTE) {
      const after = skipString(source, at, end)
      if (after < 0) return -1
      at = after - 1
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return -1
}

function skipWord(bytes: Buffer, start: number, end: number, word: Buffer): number {
  if (start + word.length > end) return -1
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return -1
  return start + word.length
}
