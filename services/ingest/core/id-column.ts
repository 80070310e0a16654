// Hot path: mutates and indexes arrays, several parameters.
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { TextColumn } from './event-columns.ts'
import { withRoom, withRow } from './row-array.ts'
import { cutEnd, MAX_ID_BYTES } from './value-bounds.ts'

/** A column of texts that hardly repeat, such as request ids. */
export interface IdColumn {
  /** Rows come in order; those left out hold the empty text. */
  put(row: number, source: ByteSource, start: number, end: number): void
  begin(): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): TextColumn
}

const BACKSLASH = 0x5c

/** `decode` undoes the format's escapes. */
export function createIdColumn(decode: DecodeValue): IdColumn {
  let bytes = Buffer.alloc(0)
  let ends = new Uint32Array(0)
  let used = 0
  let rowsFilled = 0

  function fillUpTo(row: number): void {
    if (row <= rowsFilled) return
    ends = withRow(ends, row - 1)
    ends.fill(used, rowsFilled, row)
    rowsFilled = row
  }

  function put(row: number, source: ByteSource, start: number, end: number): void {
    fillUpTo(row)
    const to = cutEnd(source.bytes, start, end, MAX_ID_BYTES)
    // Decoded, a byte can become the three of U+FFFD.
    bytes = withRoom(bytes, used, 3 * MAX_ID_BYTES)
    const first = used
    for (let at = start; at < to; at++) {
      const byte = source.bytes[at] as number
      bytes[used++] = byte
      if (byte !== BACKSLASH) continue
      used = first + bytes.write(decode(source.bytes, start, to), first, 'utf8')
      break
    }
    fillUpTo(row + 1)
  }

  function begin(): void {
    bytes = Buffer.alloc(0)
    ends = new Uint32Array(0)
    used = 0
    rowsFilled = 0
  }

  function finish(rows: number): TextColumn {
    if (used > 0) fillUpTo(rows)
    return { used: used > 0, bytes, ends }
  }

  return { put, begin, finish }
}
