// Hot path: mutates and indexes arrays, several parameters.
import { createByteInterner } from './byte-interner.ts'
import { createByteList, FIRST_BYTES } from './byte-list.ts'
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { TextDictionary } from './event-columns.ts'
import { BATCH_LINES, type Slots, slotOf } from './formats/line-format.ts'
import { withRows } from './row-array.ts'
import { cutEnd } from './value-bounds.ts'

/** A column of longer repeating texts, such as paths, which go to the store as bytes. */
export interface TextDictionaryColumn {
  /** Sets `entries[i]` to the lasting number of the field's bytes in line `i`, for `lines` lines, or to -1 when it is absent. */
  readEntries(source: ByteSource, slots: Slots, field: number, lines: number, entries: Int32Array): void
  textOf(entry: number): string
  /** Makes `entries` the rows from `firstRow` on; -1 is the empty text. */
  put(firstRow: number, entries: Int32Array, lines: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): TextDictionary
}

/** `toText` makes the text from the bytes as logged, of which it sees no more than `maxBytes`. */
export function createTextDictionaryColumn(maxBytes: number, toText: DecodeValue): TextDictionaryColumn {
  const interner = createByteInterner()
  const texts: string[] = []
  const codeOfEntry: number[] = []
  const remembered = createByteList(FIRST_BYTES)
  let entriesInBlock: number[] = []
  let dictionary = createByteList(FIRST_BYTES)
  let codes = new Uint32Array(0)

  function readEntries(source: ByteSource, slots: Slots, field: number, lines: number, entries: Int32Array): void {
    const slot = slotOf(field)
    for (let line = 0; line < lines; line++) {
      const start = slots[slot + line] as number
      if (start < 0) {
        entries[line] = -1
        continue
      }
      const end = cutEnd(source.bytes, start, slots[slot + BATCH_LINES + line] as number, maxBytes)
      const entry = interner.intern(source, start, end)
      if (entry === texts.length) remember(toText(source.bytes, start, end))
      entries[line] = entry
    }
  }

  function remember(text: string): void {
    texts.push(text)
    codeOfEntry.push(-1)
    remembered.addText(text)
  }

  function codeOf(entry: number): number {
    const known = codeOfEntry[entry] as number
    if (known >= 0) return known
    const code = dictionary.addFrom(remembered, entry)
    codeOfEntry[entry] = code
    entriesInBlock.push(entry)
    return code
  }

  function put(firstRow: number, entries: Int32Array, lines: number): void {
    codes = withRows(codes, firstRow + lines)
    for (let line = 0; line < lines; line++) {
      const entry = entries[line] as number
      if (entry >= 0) codes[firstRow + line] = codeOf(entry)
    }
  }

  function begin(rowsExpected: number): void {
    for (const entry of entriesInBlock) codeOfEntry[entry] = -1
    entriesInBlock = []
    // The last block's need foretells this one's.
    const { size, ends } = dictionary.finish()
    dictionary = createByteList(Math.max(FIRST_BYTES, ends[size - 1] ?? 0))
    // Code 0.
    dictionary.addText('')
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): TextDictionary {
    codes = withRows(codes, rows)
    return { codes, ...dictionary.finish() }
  }

  return { readEntries, textOf: (entry) => texts[entry] as string, put, weight: interner.weight, begin, finish }
}
