// Hot path: mutates and indexes arrays, several parameters.
import { createByteInterner } from './byte-interner.ts'
import { type ByteSource, equalBytes } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { StringDictionary } from './event-columns.ts'
import { BATCH_LINES, type Slots, slotOf } from './formats/line-format.ts'
import { withRows, zeroRows } from './row-array.ts'
import { cutEnd } from './value-bounds.ts'

/**
 * A column of short repeating texts. Its distinct texts are numbered for good, 0 being the empty one, so that a string is
 * made once per distinct value and not once per block; a block's dictionary numbers only the texts that it uses.
 */
export interface StringColumn {
  /**
   * Sets `ids[i]` to the lasting id of the field's text in line `i`, for `lines` lines, or to `absentId`. False: no line has
   * the field.
   */
  readIds(source: ByteSource, slots: Slots, field: number, lines: number, ids: Int32Array, absentId: number): boolean
  /** The id of a text that is at hand. Costs a map look-up. */
  idOfText(text: string): number
  textOf(id: number): string
  /** The code of an id in this block's dictionary. */
  codeOf(id: number): number
  /** Makes `ids` the rows from `firstRow` on. */
  put(firstRow: number, ids: Int32Array, lines: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. Rows that were not put hold the empty text. */
  finish(rows: number): StringDictionary
}

/** A text with its entry in the map, its id and its code. */
const TEXT_BYTES = 150

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
  let expected = 0

  function readIds(
    source: ByteSource,
    slots: Slots,
    field: number,
    lines: number,
    ids: Int32Array,
    absentId: number,
  ): boolean {
    const slot = slotOf(field)
    if (!isAnywhere(slots, slot, lines)) {
      ids.fill(absentId, 0, lines)
      return false
    }
    // Neighbouring lines often agree, which is seen faster than looked up.
    let lastStart = 0
    let lastLength = -1
    let id = 0
    for (let line = 0; line < lines; line++) {
      const start = slots[slot + line] as number
      if (start < 0) {
        ids[line] = absentId
        continue
      }
      const end = cutEnd(source.bytes, start, slots[slot + BATCH_LINES + line] as number, maxBytes)
      const length = end - start
      if (length !== lastLength || !equalBytes(source, lastStart, source, start, length)) {
        id = idOfBytes(source, start, end)
        lastStart = start
        lastLength = length
      }
      ids[line] = id
    }
    return true
  }

  function idOfBytes(source: ByteSource, start: number, end: number): number {
    const entry = interner.intern(source, start, end)
    if (entry === idsOfBytes.length) idsOfBytes.push(idOfText(toText(source.bytes, start, end)))
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

  function put(firstRow: number, ids: Int32Array, lines: number): void {
    codes = withRows(codes, Math.max(firstRow + lines, expected))
    for (let line = 0; line < lines; line++) codes[firstRow + line] = codeOf(ids[line] as number)
  }

  function begin(rowsExpected: number): void {
    for (const id of idsInBlock) codeOfId[id] = -1
    idsInBlock = []
    values = ['']
    codes = new Uint32Array(0)
    expected = rowsExpected
  }

  function finish(rows: number): StringDictionary {
    codes = codes.length === 0 ? zeroRows(rows) : withRows(codes, rows)
    return { codes, values }
  }

  function weight(): number {
    return interner.weight() + TEXT_BYTES * texts.length
  }

  return { readIds, idOfText, textOf: (id) => texts[id] as string, codeOf, put, weight, begin, finish }
}

/** Most formats lack most fields. */
function isAnywhere(slots: Slots, slot: number, lines: number): boolean {
  for (let at = slot; at < slot + lines; at++) if ((slots[at] as number) >= 0) return true
  return false
}
