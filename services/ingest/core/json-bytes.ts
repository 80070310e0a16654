// Hot path: mutates bytes, several parameters.
import { type ByteSource, toByteSource } from './byte-source.ts'

/** JSON that is written as bytes, into memory that grows. */
export interface JsonBytes {
  readonly length: number
  put(piece: JsonPiece): void
  putByte(byte: number): void
  /** Adds UTF-8 as what stands between the quotes of a string; of an unusual one no more than `maxCharacters`. */
  putText(from: Buffer, start: number, end: number, maxCharacters: number): void
  /** Adds a whole number below 2^53, with as many zeros before it as make it so long. */
  putDigits(value: number, atLeast: number): void
  /** Adds any finite number as JSON writes it. */
  putNumber(value: number): void
  /** Adds bytes in hexadecimal. */
  putHex(from: Uint8Array, start: number, end: number): void
  /** Adds what was added before. */
  repeat(start: number, end: number): void
  cut(length: number): void
  /** All of it; it is begun anew. */
  take(): Buffer
}

/** Bytes that are added as they are, with a few behind them. */
export interface JsonPiece extends ByteSource {
  readonly length: number
}

export function toJsonPiece(text: string): JsonPiece {
  const bytes = Buffer.from(text)
  return { ...toByteSource(Buffer.concat([bytes, Buffer.alloc(WORD_BYTES)])), length: bytes.length }
}

const WORD_BYTES = 4
const FIRST_BYTES = 64 * 1024
const ESCAPED_BYTES = 6
const BILLION = 1e9
const BILLION_DIGITS = 9
const SPACE = 0x20
const QUOTE = 0x22
const ZERO = 0x30
const BACKSLASH = 0x5c
const HEX = Buffer.from('0123456789abcdef')

export function createJsonBytes(): JsonBytes {
  let { bytes: out, view } = toByteSource(Buffer.alloc(0))
  let used = 0

  function reserve(size: number): void {
    if (used + size <= out.length) return
    const longer = Buffer.allocUnsafe(Math.max(2 * out.length, FIRST_BYTES) + size)
    out.copy(longer, 0, 0, used)
    ;({ bytes: out, view } = toByteSource(longer))
  }

  /** Too short for a native copy to pay. */
  function put(piece: JsonPiece): void {
    const { length } = piece
    const from = piece.view
    reserve(length + WORD_BYTES)
    for (let i = 0; i < length; i = (i + WORD_BYTES) | 0) view.setInt32(used + i, from.getInt32(i, true), true)
    used += length
  }

  function putByte(byte: number): void {
    reserve(1)
    out[used++] = byte
  }

  function putText(from: Buffer, start: number, end: number, maxCharacters: number): void {
    reserve(end - start)
    let to = used
    let isPlain = end - start <= maxCharacters
    for (let at = start; at < end && isPlain; at++) {
      const byte = from[at] as number
      isPlain = byte >= SPACE && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH
      out[to++] = byte
    }
    if (isPlain) used = to
    else putUnusual(from.toString('utf8', start, end).slice(0, maxCharacters))
  }

  function putUnusual(text: string): void {
    const json = JSON.stringify(text)
    reserve(ESCAPED_BYTES * text.length)
    used += out.write(json.slice(1, -1), used, 'utf8')
  }

  function putDigits(value: number, atLeast: number): void {
    if (value >= BILLION) {
      // Those below are 32-bit integers, which are divided several times as fast.
      const billions = Math.floor(value / BILLION)
      putDigits(billions, Math.max(atLeast - BILLION_DIGITS, 1))
      putDigits(value - billions * BILLION, BILLION_DIGITS)
      return
    }
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    digits = Math.max(digits, atLeast)
    reserve(digits)
    let rest = value | 0
    for (let at = used + digits - 1; at >= used; at--) {
      const tens = (rest / 10) | 0
      out[at] = ZERO + rest - 10 * tens
      rest = tens
    }
    used += digits
  }

  function putNumber(value: number): void {
    const json = JSON.stringify(value)
    reserve(json.length)
    for (let i = 0; i < json.length; i++) out[used++] = json.charCodeAt(i)
  }

  function putHex(from: Uint8Array, start: number, end: number): void {
    reserve(2 * (end - start))
    for (let at = start; at < end; at++) {
      const byte = from[at] as number
      out[used++] = HEX[byte >> 4] as number
      out[used++] = HEX[byte & 15] as number
    }
  }

  function repeat(start: number, end: number): void {
    reserve(end - start)
    out.copyWithin(used, start, end)
    used += end - start
  }

  function cut(length: number): void {
    used = length
  }

  function take(): Buffer {
    const taken = out.subarray(0, used)
    ;({ bytes: out, view } = toByteSource(Buffer.alloc(0)))
    used = 0
    return taken
  }

  return {
    get length() {
      return used
    },
    put,
    putByte,
    putText,
    putDigits,
    putNumber,
    putHex,
    repeat,
    cut,
    take,
  }
}
