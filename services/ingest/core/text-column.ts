// Hot path: mutates and indexes arrays, several parameters.
import { createByteInterner } from './byte-interner.ts'
import { type ByteRange, createByteList } from './byte-list.ts'
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { TextDictionary } from './event-columns.ts'
import { BATCH_LINES, type Slots, slotOf } from './formats/line-format.ts'
import type { IsPlain } from './plain-text.ts'
import { withRows } from './row-array.ts'
import { cutEnd } from './value-bounds.ts'

/** A column of longer repeating texts, such as paths, which go to the store as bytes. */
export interface TextDictionaryColumn {
  /** Sets `entries[i]` to the lasting number of the field's bytes in line `i`, for `lines` lines, or to -1 when it is absent. */
  readEntries(source: ByteSource, slots: Slots, field: number, lines: number, entries: Int32Array): void
  textOf(entry: number): string
  /** Where its UTF-8 is until the next `readEntries`. */
  rangeOf(entry: number): ByteRange
  /** Makes `entries` the rows from `firstRow` on; -1 is the empty text. */
  put(firstRow: number, entries: Int32Array, lines: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): TextDictionary
}

const FIRST_ENTRIES = 1 << 9
const LARGEST_MARK = 2 ** 31
/** In a list that may be twice as long. */
const MARK_BYTES = 8

/** `toText` makes the text from the bytes as logged, of which it sees no more than `maxBytes`, unless they are plain: then they are it. */
export function createTextDictionaryColumn(
  maxBytes: number,
  toText: DecodeValue,
  isPlain: IsPlain = () => false,
): TextDictionaryColumn {
  const interner = createByteInterner()
  const ends = new Int32Array(BATCH_LINES)
  // Item 0 is the empty text, item e + 1 that of entry e.
  const remembered = createByteList()
  remembered.addText('')
  /** Of each entry `mark` plus its code in the block that last had it. A block's marks are above those of the blocks before. */
  let marks = new Uint32Array(FIRST_ENTRIES)
  let mark = 0
  /** The block's texts, as items of `remembered`. */
  let items = new Uint32Array(FIRST_ENTRIES)
  let size = 1
  let known = 0
  let codes = new Uint32Array(0)

  function readEntries(source: ByteSource, slots: Slots, field: number, lines: number, entries: Int32Array): void {
    const slot = slotOf(field)
    const starts = slots.subarray(slot, slot + BATCH_LINES)
    for (let line = 0; line < lines; line++) {
      const start = starts[line] as number
      ends[line] = cutEnd(source.bytes, start, slots[slot + BATCH_LINES + line] as number, maxBytes)
    }
    interner.internBatch({ source, starts, ends, lines }, entries, (start, end) => {
      if (isPlain(source, start, end)) remembered.addBytes(source, start, end)
      else remembered.addText(toText(source.bytes, start, end))
      known += 1
    })
    marks = withRows(marks, known)
  }

  function put(firstRow: number, entries: Int32Array, lines: number): void {
    codes = withRows(codes, firstRow + lines)
    for (let line = 0; line < lines; line++) {
      const entry = entries[line] as number
      if (entry < 0) continue
      const code = (marks[entry] as number) - mark
      codes[firstRow + line] = code > 0 ? code : addToBlock(entry)
    }
  }

  function addToBlock(entry: number): number {
    items = withRows(items, size + 1)
    items[size] = entry + 1
    marks[entry] = mark + size
    return size++
  }

  function begin(rowsExpected: number): void {
    mark += size
    if (mark > LARGEST_MARK) {
      marks.fill(0)
      mark = 0
    }
    // Code 0 is the empty text.
    size = 1
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): TextDictionary {
    codes = withRows(codes, rows)
    return { codes, ...remembered.pick(items, size) }
  }

  return {
    readEntries,
    textOf: (entry) => remembered.textOf(entry + 1),
    rangeOf: (entry) => remembered.rangeOf(entry + 1),
    put,
    weight: () => interner.weight() + remembered.weight() + MARK_BYTES * known,
    begin,
    finish,
  }
}
