// Hot path: mutates and indexes arrays, several parameters.
import { createByteInterner } from './byte-interner.ts'
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { TextDictionary } from './event-columns.ts'
import { withRoom, withRow } from './row-array.ts'
import { cutEnd } from './value-bounds.ts'

/** A column of longer repeating texts, such as paths, which go to the store as bytes. */
export interface TextDictionaryColumn {
  /** The lasting number of these bytes; the text that they stand for is made once. */
  entryOf(source: ByteSource, start: number, end: number): number
  textOf(entry: number): string
  /** Rows that are not put hold the empty text. */
  put(row: number, entry: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): TextDictionary
}

const FIRST_BYTES = 1 << 14
const FIRST_VALUES = 1 << 8

/** `toText` makes the text from the bytes as logged, of which it sees no more than `maxBytes`. */
export function createTextDictionaryColumn(maxBytes: number, toText: DecodeValue): TextDictionaryColumn {
  const interner = createByteInterner()
  const texts: string[] = []
  const codeOfEntry: number[] = []
  let entriesInBlock: number[] = []
  let bytes = Buffer.alloc(0)
  let ends = new Uint32Array(0)
  let size = 0
  let codes = new Uint32Array(0)

  function entryOf(source: ByteSource, start: number, end: number): number {
    const to = cutEnd(source.bytes, start, end, maxBytes)
    const entry = interner.intern(source, start, to)
    if (entry === texts.length) {
      texts.push(toText(source.bytes, start, to))
      codeOfEntry.push(-1)
    }
    return entry
  }

  function codeOf(entry: number): number {
    const known = codeOfEntry[entry] as number
    if (known >= 0) return known
    const text = texts[entry] as string
    const used = ends[size - 1] as number
    // A UTF-16 unit is at most three bytes of UTF-8.
    bytes = withRoom(bytes, used, text.length * 3)
    ends = withRow(ends, size)
    ends[size] = used + bytes.write(text, used, 'utf8')
    codeOfEntry[entry] = size
    entriesInBlock.push(entry)
    return size++
  }

  function put(row: number, entry: number): void {
    codes = withRow(codes, row)
    codes[row] = codeOf(entry)
  }

  function begin(rowsExpected: number): void {
    for (const entry of entriesInBlock) codeOfEntry[entry] = -1
    entriesInBlock = []
    bytes = Buffer.alloc(FIRST_BYTES)
    ends = new Uint32Array(FIRST_VALUES)
    // Code 0 is the empty text.
    size = 1
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): TextDictionary {
    codes = withRow(codes, rows - 1)
    return { codes, size, bytes, ends }
  }

  return { entryOf, textOf: (entry) => texts[entry] as string, put, weight: interner.weight, begin, finish }
}
