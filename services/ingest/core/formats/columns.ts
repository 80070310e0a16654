// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { BATCH_LINES, type Slots, STATUS, slotOf } from './line-format.ts'
import { IGNORED, REQUEST_LINE } from './pattern.ts'
import { splitRequestLine } from './request-line.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HYPHEN = 0x2d
const STATUS_SLOT = slotOf(STATUS)

/** Where each column's value goes: the slot of a field, IGNORED or REQUEST_LINE. */
export type ColumnSlots = Int32Array

/** `fields` are fields, IGNORED or REQUEST_LINE. Columns of one field next to one another become one value. */
export function toColumnSlots(fields: readonly number[]): ColumnSlots {
  return Int32Array.from(fields.map((field) => (field === IGNORED || field === REQUEST_LINE ? field : slotOf(field))))
}

/**
 * Sets the slots of a line whose values are separated by one byte each; a value that is in quotes may contain it. Returns
 * how many columns it has, one more than there are `columns` for any number beyond.
 */
export function scanColumns(
  columns: ColumnSlots,
  separator: number,
  source: ByteSource,
  start: number,
  end: number,
  slots: Slots,
  line: number,
): number {
  const bytes = source.bytes
  let column = 0
  let last = IGNORED
  let hasQuotes = true
  for (let at = start; at <= end && column <= columns.length; column++) {
    const isQuoted = hasQuotes && at < end && bytes[at] === QUOTE
    const from = isQuoted ? at + 1 : at
    const quoteAt = isQuoted ? closingQuote(source, from, end, separator) : end
    const isClosed = quoteAt < end
    // Where one is not closed, none after it is: searching again for each would take the square of the line's length.
    if (isQuoted && !isClosed) hasQuotes = false
    const next = isClosed ? quoteAt + 1 : findByte(source, separator, at, end)
    const to = isClosed ? quoteAt : next
    const slot = column < columns.length ? (columns[column] as number) : IGNORED
    if (slot >= 0 && slot === last) slots[slot + BATCH_LINES + line] = to
    else if (slot >= 0) setSlot(bytes, isClosed ? from : at, to, slots, slot + line, slot === STATUS_SLOT)
    else if (slot === REQUEST_LINE) splitRequestLine(source, isClosed ? from : at, to, slots, line)
    last = slot
    at = next + 1
  }
  return column
}

/** The quote that ends a value stands before a separator or the line's end; `end` when there is none. */
function closingQuote(source: ByteSource, start: number, end: number, separator: number): number {
  const bytes = source.bytes
  let at = findByte(source, QUOTE, start, end)
  while (at < end && ((at + 1 < end && bytes[at + 1] !== separator) || bytes[at - 1] === BACKSLASH))
    at = findByte(source, QUOTE, at + 1, end)
  return at
}

/** A lone hyphen is how logs write nothing; as a status it says that there was none. */
function setSlot(bytes: Buffer, start: number, end: number, slots: Slots, slot: number, isStatus: boolean): void {
  if (end === start || (end - start === 1 && bytes[start] === HYPHEN && !isStatus)) return
  slots[slot] = start
  slots[slot + BATCH_LINES] = end
}
