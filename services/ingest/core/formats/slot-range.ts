// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { BATCH_LINES, type Slots, slotOf } from './line-format.ts'

/** Sets a field of a line to `[start, end)`. */
export function setRange(slots: Slots, field: number, line: number, start: number, end: number): void {
  slots[slotOf(field) + line] = start
  slots[slotOf(field) + BATCH_LINES + line] = end
}

export function clearRange(slots: Slots, field: number, line: number): void {
  setRange(slots, field, line, -1, -1)
}

/** Makes another field of a line what this one is, which is then absent. */
export function moveRange(slots: Slots, from: number, to: number, line: number): void {
  setRange(slots, to, line, startOf(slots, from, line), endOf(slots, from, line))
  clearRange(slots, from, line)
}

/** -1 when the field is absent. */
export function startOf(slots: Slots, field: number, line: number): number {
  return slots[slotOf(field) + line] as number
}

export function endOf(slots: Slots, field: number, line: number): number {
  return slots[slotOf(field) + BATCH_LINES + line] as number
}

/** Ends a field of a line before the first `byte` in it. */
export function cutAt(source: ByteSource, byte: number, slots: Slots, field: number, line: number): void {
  const start = startOf(slots, field, line)
  if (start >= 0) setRange(slots, field, line, start, findByte(source, byte, start, endOf(slots, field, line)))
}

/** Makes every field of a line absent. */
export function clearLine(slots: Slots, line: number): void {
  for (let at = line; at < slots.length; at += BATCH_LINES) slots[at] = -1
}
