// Hot path: mutates typed arrays.
import { BATCH_LINES, createSlots, type Slots } from './formats/line-format.ts'

/** Lines that were scanned and wait to become rows or rejects. */
export interface LineBatch {
  size: number
  readonly slots: Slots
  /** What the scan said of each line. */
  readonly outcomes: Int32Array
  /** Each line's bytes in the block. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Each line's number in the block, from 0. */
  readonly lineIndexes: Int32Array
}

export function createLineBatch(): LineBatch {
  return {
    size: 0,
    slots: createSlots(),
    outcomes: new Int32Array(BATCH_LINES),
    starts: new Int32Array(BATCH_LINES),
    ends: new Int32Array(BATCH_LINES),
    lineIndexes: new Int32Array(BATCH_LINES),
  }
}

/** Moves a line's slots to an earlier place: those of lines that are no events are not kept. */
export function moveLine(slots: Slots, from: number, to: number): void {
  if (from === to) return
  for (let at = 0; at < slots.length; at += BATCH_LINES) slots[at + to] = slots[at + from] as number
}
