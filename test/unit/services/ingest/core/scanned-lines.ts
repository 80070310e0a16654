import { type ByteSource, toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import type { StringDictionary, TextColumn, TextDictionary } from '../../../../../services/ingest/core/event-columns.ts'
import {
  BATCH_LINES,
  createSlots,
  type Slots,
  slotOf,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { skipVarint } from '../../../../../services/ingest/core/varint.ts'

/** A piece of a larger block. */
export interface Piece {
  readonly source: ByteSource
  readonly start: number
  readonly end: number
}

/**
 * Text or bytes in the middle of a block: whoever reads a byte before its start finds a backslash, whoever reads beyond its
 * end finds a digit, and then what would end a string or an object.
 */
export function amid(content: string | Uint8Array, after = '7"]} '): Piece {
  const bytes = Buffer.from(content)
  const before = Buffer.from('9 \\')
  const source = toByteSource(Buffer.concat([before, bytes, Buffer.from(after)]))
  return { source, start: before.length, end: before.length + bytes.length }
}

/** Values of a line by field. */
export type Fields = Readonly<Record<number, string | Uint8Array>>

/** What a scanner hands on. */
export interface ScannedLines {
  readonly source: ByteSource
  readonly slots: Slots
  readonly lines: number
}

/** A batch of lines of which a scanner found these fields. */
export function scannedLines(lines: readonly Fields[]): ScannedLines {
  if (lines.length > BATCH_LINES) throw new Error(`a batch has no room for ${lines.length} lines`)
  const slots = createSlots()
  const pieces: Buffer[] = []
  let at = 0
  const append = (bytes: Buffer) => {
    pieces.push(bytes)
    at += bytes.length
  }
  for (const [line, fields] of lines.entries()) {
    for (const [field, value] of Object.entries(fields)) {
      append(Buffer.from(' "'))
      const slot = slotOf(Number(field)) + line
      slots[slot] = at
      append(Buffer.from(value))
      slots[slot + BATCH_LINES] = at
      append(Buffer.from('"'))
    }
    append(Buffer.from('\n'))
  }
  return { source: toByteSource(Buffer.concat(pieces)), slots, lines: lines.length }
}

/** What a slot holds, as the line writes it; undefined when the line has no such field. */
export function slotText(source: ByteSource, slots: Slots, field: number, line = 0): string | undefined {
  const slot = slotOf(field) + line
  const start = slots[slot] ?? -1
  return start < 0 ? undefined : source.bytes.toString('utf8', start, slots[slot + BATCH_LINES])
}

/** The text of each row. */
export function stringRows({ codes, values }: Pick<StringDictionary, 'codes' | 'values'>, rows: number): string[] {
  return Array.from(codes.subarray(0, rows), (code) => values[code] ?? `no value ${code}`)
}

/** The text of each row. */
export function textRows({ codes, size, bytes, ends }: TextDictionary, rows: number): string[] {
  return Array.from(codes.subarray(0, rows), (code) =>
    code < size ? nativeItemOf(bytes, ends, code) : `no value ${code}`,
  )
}

/** The text of each row. */
export function columnRows({ used, bytes, ends }: TextColumn, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => (used ? itemOf(bytes, ends, row) : ''))
}

/** Item `index` of texts that stand one behind the other. */
function itemOf(bytes: Uint8Array, ends: Uint32Array, index: number): string {
  return Buffer.from(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index])).toString()
}

/** Item `index` of texts that stand one behind the other, each with its length before it. */
export function nativeItemOf(bytes: Uint8Array, ends: Uint32Array, index: number): string {
  const start = skipVarint(bytes, index === 0 ? 0 : (ends[index - 1] ?? 0))
  return Buffer.from(bytes.subarray(start, ends[index])).toString()
}
