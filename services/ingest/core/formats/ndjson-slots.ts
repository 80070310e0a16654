// Hot path: indexes bytes, several parameters.
import { HYPHEN, isNumberByte, QUOTE } from './json-scan.ts'
import { BAD_FIELD, BATCH_LINES, FAULT_KEY, faultIn, OK, type Slots, STATUS, slotOf } from './line-format.ts'
import type { JsonKey } from './ndjson-keys.ts'

const FAULT_KEY_SLOT = slotOf(FAULT_KEY)
/** Of `null`, which is an absent field. */
const NULL_BYTE = 0x6e

/** Sets the slot of the value `[from, to)`, which is without its quotes; not OK when the field can't be of its type. */
export function setValueSlot(
  bytes: Buffer,
  from: number,
  to: number,
  key: JsonKey,
  slots: Slots,
  line: number,
): number {
  const slot = key.slot + line
  const isString = bytes[from - 1] === QUOTE
  if (isString ? !key.acceptsString : !(key.acceptsNumber && isNumberByte(bytes[from] as number))) {
    if (!isString && bytes[from] === NULL_BYTE) return OK
    slots[slot] = isString ? from - 1 : from
    slots[slot + BATCH_LINES] = isString ? to + 1 : to
    return faultIn(key.field, BAD_FIELD)
  }
  if (!key.isCanonical && (slots[slot] as number) >= 0) return OK
  // A lone hyphen is how logs write nothing; as a status it says that there was none.
  const isAbsent = to - from <= 1 && (to === from || (bytes[from] === HYPHEN && key.field !== STATUS))
  slots[slot] = isAbsent ? -1 : from
  slots[slot + BATCH_LINES] = to
  return OK
}

/** Where a member's name is, without its quotes. */
export interface KeyRange {
  start: number
  end: number
}

/** Keeps the name of a member for whoever explains what is wrong with it. */
export function setKeySlot(key: KeyRange, slots: Slots, line: number): void {
  slots[FAULT_KEY_SLOT + line] = key.start
  slots[FAULT_KEY_SLOT + BATCH_LINES + line] = key.end
}
