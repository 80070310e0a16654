// Hot path: indexes bytes and slots.
import type { FormatSpec } from './format-spec.ts'
import {
  BAD_TIME,
  BATCH_LINES,
  COMMENT,
  createSlots,
  faultyFieldOf,
  OK,
  reasonOf,
  slotOf,
} from './formats/line-format.ts'
import { compileFormat } from './formats/table.ts'
import type { LogSample } from './log-sample.ts'
import { createMeasureColumns } from './measure-columns.ts'

/** How well a format reads a sample. */
export interface FormatTrial {
  readonly spec: FormatSpec
  /** The share of the sample's lines that are events in this format, comments aside, 0–1. */
  readonly share: number
  /** The share of lines that are this format's but for their time, 0–1. */
  readonly badTimeShare: number
  /** The first such time, as logged. */
  readonly badTime: string | undefined
}

const HASH = 0x23
const MAX_TIME_BYTES = 40

/** Scans the sample's lines without making columns of them, as most formats are not the one. */
export function tryFormat(spec: FormatSpec, { source, size, starts, ends }: LogSample): FormatTrial {
  const format = compileFormat(spec)
  const measures = createMeasureColumns(format, {})
  const text = format.begin?.(source, '') ?? source
  const slots = createSlots()
  const counts = { read: 0, comments: 0, badTimes: 0 }
  let badTime: string | undefined
  for (let line = 0; line < size; line++) {
    const inBatch = line % BATCH_LINES
    if (line > 0 && inBatch === 0) slots.fill(-1)
    const start = starts[line] as number
    const scanned = format.scan(source, start, ends[line] as number, slots, inBatch)
    const outcome = scanned === OK ? measures.read(text, slots, inBatch) : scanned
    if (outcome === OK) counts.read += 1
    else if (outcome === COMMENT || source.bytes[start] === HASH) counts.comments += 1
    else if (reasonOf(outcome) === BAD_TIME) {
      counts.badTimes += 1
      const slot = slotOf(faultyFieldOf(outcome)) + inBatch
      const timeAt = slots[slot] as number
      const timeEnd = Math.min(slots[slot + BATCH_LINES] as number, timeAt + MAX_TIME_BYTES)
      if (timeAt >= 0) badTime ??= text.bytes.toString('latin1', timeAt, timeEnd)
    }
  }
  const lines = Math.max(1, size - counts.comments)
  return { spec, share: counts.read / lines, badTimeShare: counts.badTimes / lines, badTime }
}
