// Hot path: mutates and indexes arrays, several parameters.
import { createByteInterner } from './byte-interner.ts'
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { StringDictionary } from './event-columns.ts'
import { withRow } from './row-array.ts'
import { cutEnd } from './value-bounds.ts'

/**
 * A column of short repeating texts. Its distinct texts are numbered for good, 0 being the empty one, so that a string is
 * made once per distinct value and not once per block; a block's dictionary numbers only the texts that it uses.
 */
export interface StringColumn {
  /** The lasting id of the text that these bytes stand for. */
  idOf(source: ByteSource, start: number, end: number): number
  /** The same for a text that is at hand. Costs a map look-up. */
  idOfText(text: string): number
  textOf(id: number): string
  /** The code of an id in this block's dictionary. */
  codeOf(id: number): number
  /** Rows that are not put hold the empty text. */
  put(row: number, id: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): StringDictionary
}

/** `toText` makes the text from the bytes as logged, of which it sees no more than `maxBytes`. */
export function createStringColumn(maxBytes: number, toText: DecodeValue): StringColumn {
  const interner = createByteInterner()
  const idsOfBytes: number[] = []
  const idsOfTexts = new Map([['', 0]])
  const texts = ['']
  const codeOfId = [0]
  let idsInBlock: number[] = []
  let values: string[] = []
  let codes = new Uint32Array(0)

  function idOf(source: ByteSource, start: number, end: number): number {
    const to = cutEnd(source.bytes, start, end, maxBytes)
    const entry = interner.intern(source, start, to)
    if (entry === idsOfBytes.length) idsOfBytes.push(idOfText(toText(source.bytes, start, to)))
    return idsOfBytes[entry] as number
  }

  function idOfText(text: string): number {
    const known = idsOfTexts.get(text)
    if (known !== undefined) return known
    const id = texts.length
    idsOfTexts.set(text, id)
    texts.push(text)
    codeOfId.push(-1)
    return id
  }

  function codeOf(id: number): number {
    const known = codeOfId[id] as number
    if (known >= 0) return known
    const code = values.length
    codeOfId[id] = code
    idsInBlock.push(id)
    values.push(texts[id] as string)
    return code
  }

  function put(row: number, id: number): void {
    codes = withRow(codes, row)
    codes[row] = codeOf(id)
  }

  function begin(rowsExpected: number): void {
    for (const id of idsInBlock) codeOfId[id] = -1
    idsInBlock = []
    values = ['']
    // A page that no row writes to costs nothing.
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): StringDictionary {
    codes = withRow(codes, rows - 1)
    return { codes, values }
  }

  return { idOf, idOfText, textOf: (id) => texts[id] as string, codeOf, put, weight: interner.weight, begin, finish }
}
