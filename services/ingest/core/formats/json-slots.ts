// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { HYPHEN, isNumberByte, QUOTE } from './json-scan.ts'
import type { JsonKey } from './json-table.ts'
import { BAD_FIELD, BATCH_LINES, FAULT_KEY, faultIn, OK, type Slots, STATUS, slotOf } from './line-format.ts'
import { REQUEST_LINE } from './pattern.ts'
import { splitRequestLine } from './request-line.ts'

const FAULT_KEY_SLOT = slotOf(FAULT_KEY)
/** Of `null`, which is an absent field. */
const NULL_BYTE = 0x6e

/** Sets the slot of the value `[from, to)`, which is without its quotes; not OK when the field can't be of its type. */
export function setValueSlot(
  source: ByteSource,
  from: number,
  to: number,
  key: JsonKey,
  slots: Slots,
  line: number,
): number {
  const bytes = source.bytes
  if (key.slot === REQUEST_LINE) {
    if (bytes[from - 1] === QUOTE) splitRequestLine(source, from, to, slots, line)
    return OK
  }
  const slot = key.slot + line
  const isString = bytes[from - 1] === QUOTE
  if (isString ? !key.acceptsString : !(key.acceptsNumber && isNumberByte(bytes[from] as number))) {
    if (!isString && bytes[from] === NULL_BYTE) return OK
    slots[slot] = isString ? from - 1 : from
    slots[slot + BATCH_LINES] = isString ? to + 1 : to
    return faultIn(key.field, BAD_FIELD)
  }
  if (!key.isPreferred && (slots[slot] as number) >= 0) return OK
  // A lone hyphen is how logs write nothing; as a status it says that there was none.
  const isAbsent = to - from <= 1 && (to === from || (bytes[from] === HYPHEN && key.field !== STATUS))
  slots[slot] = isAbsent ? -1 : from
  slots[slot + BATCH_LINES] = to
  return OK
}

/** Keeps where the name of a member is, without its quotes, for whoever explains what is wrong with it. */
export function setKeySlot(start: number, end: number, slots: Slots, line: number): void {
  slots[FAULT_KEY_SLOT + line] = start
  slots[FAULT_KEY_SLOT + BATCH_LINES + line] = end
}
