// Hot path: mutates and indexes arrays, several parameters.
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { TextColumn } from './event-columns.ts'
import { BATCH_LINES, type Slots, slotOf } from './formats/line-format.ts'
import { withRows } from './row-array.ts'
import { cutEnd, MAX_ID_BYTES } from './value-bounds.ts'

/** A column of texts that hardly repeat, such as request ids. */
export interface IdColumn {
  /** Makes the field of `lines` lines the rows from `firstRow` on. */
  put(firstRow: number, source: ByteSource, slots: Slots, lines: number): void
  begin(): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): TextColumn
}

const BACKSLASH = 0x5c
/** Decoded, a byte can become the three of U+FFFD. */
const MAX_DECODED_BYTES = 3 * MAX_ID_BYTES

/** `decode` undoes the format's escapes. */
export function createIdColumn(field: number, decode: DecodeValue): IdColumn {
  const slot = slotOf(field)
  let bytes = Buffer.alloc(0)
  let ends = new Uint32Array(0)
  let used = 0

  function put(firstRow: number, source: ByteSource, slots: Slots, lines: number): void {
    for (let line = 0; line < lines; line++) {
      const start = slots[slot + line] as number
      if (start >= 0) putText(source.bytes, start, slots[slot + BATCH_LINES + line] as number)
      // Of a column that is empty so far the ends are 0 anyway.
      if (used === 0) continue
      ends = withRows(ends, firstRow + line + 1)
      ends[firstRow + line] = used
    }
  }

  function putText(source: Buffer, start: number, end: number): void {
    const to = cutEnd(source, start, end, MAX_ID_BYTES)
    if (used + MAX_DECODED_BYTES > bytes.length) bytes = grow(bytes, used + MAX_DECODED_BYTES)
    const first = used
    for (let at = start; at < to; at++) {
      const byte = source[at] as number
      if (byte === BACKSLASH) {
        used = first + bytes.write(decode(source, start, to), first, 'utf8')
        return
      }
      bytes[used++] = byte
    }
  }

  function begin(): void {
    bytes = Buffer.alloc(0)
    ends = new Uint32Array(0)
    used = 0
  }

  function finish(rows: number): TextColumn {
    return { used: used > 0, bytes, ends: used > 0 ? withRows(ends, rows) : ends }
  }

  return { put, begin, finish }
}

function grow(bytes: Buffer<ArrayBuffer>, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(Math.max(needed, bytes.length * 2))
  bytes.copy(larger)
  return larger
}
