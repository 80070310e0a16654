// Hot path: mutates and indexes typed arrays, several parameters.
import type { ByteSource } from './byte-source.ts'
import { END_OF_TIME_MS } from './calendar.ts'
import type { EventColumns } from './event-columns.ts'
import {
  BAD_FIELD,
  BAD_TIME,
  BATCH_LINES,
  BYTES,
  COUNT,
  DAY,
  DURATION,
  DURATION_MS,
  faultIn,
  type LineFormat,
  NO_STATUS,
  NO_TIME,
  OK,
  SKIPPED,
  type Slots,
  START,
  STATUS,
  slotOf,
  TIME,
} from './formats/line-format.ts'
import { MALFORMED, parseDuration } from './parse-duration.ts'
import { parseDecimal, parseInteger } from './parse-number.ts'
import { createTimeParser } from './parse-time.ts'
import type { ParsedBlock } from './parsed-block.ts'

type MeasureArrays = Pick<EventColumns, 'atMs' | 'status' | 'count' | 'durationMs' | 'bytes'>

/** When, with which status, how many, how long, how large. */
export interface MeasureColumns {
  /** Reads the numbers of a batch's line; unless it is OK the line is no event, or none that is wanted. */
  read(source: ByteSource, slots: Slots, line: number): number
  /** Stores the line last read. */
  put(row: number): void
  /** Requests of each row so far. */
  counts(): Uint32Array
  begin(rowsExpected: number): void
  /** The block's columns; the next `begin` leaves them alone. */
  finish(): MeasureArrays
  /** Sum of `count`, and the earliest and latest time, epoch ms, of what is stored. */
  totals(): Pick<ParsedBlock, 'requests' | 'fromMs' | 'toMs'>
}

/** Half open, epoch ms. */
export interface WantedTime {
  readonly fromMs?: number
  readonly toMs?: number
}

const HYPHEN = 0x2d
const TIME_SLOT = slotOf(TIME)
const STATUS_SLOT = slotOf(STATUS)
const COUNT_SLOT = slotOf(COUNT)
const BYTES_SLOT = slotOf(BYTES)
const DURATION_MS_SLOT = slotOf(DURATION_MS)
const DURATION_SLOT = slotOf(DURATION)
const START_SLOT = slotOf(START)
const DAY_SLOT = slotOf(DAY)
const DAY_MS = 86_400_000
const MAX_COUNT = 2 ** 32 - 1

// Places of the line last read. An array, because a captured variable would box every fraction on the heap.
const [AT_MS, DURATION_AT, SIZE, FROM_MS, TO_MS] = [0, 1, 2, 3, 4]

export function createMeasureColumns(
  format: Pick<LineFormat, 'time' | 'durationUnitMs'>,
  wanted: WantedTime,
): MeasureColumns {
  const parseTime = createTimeParser(format.time)
  const isClock = format.time === 'clock'
  const durationUnitMs = format.durationUnitMs ?? 1
  const wantedFromMs = wanted.fromMs ?? Number.NEGATIVE_INFINITY
  const wantedToMs = wanted.toMs ?? Number.POSITIVE_INFINITY
  const last = new Float64Array(5)
  let arrays = createArrays(0)
  let status = 0
  let count = 0
  let requests = 0

  function read(source: ByteSource, slots: Slots, line: number): number {
    const bytes = source.bytes
    const isStart = (slots[START_SLOT + line] as number) >= 0
    const timeSlot = (isStart ? START_SLOT : TIME_SLOT) + line
    const timeAt = slots[timeSlot] as number
    if (timeAt < 0) return NO_TIME
    let atMs = parseTime(source, timeAt, slots[timeSlot + BATCH_LINES] as number)
    if (isClock) atMs += (slots[DAY_SLOT + line] as number) * DAY_MS
    if (Number.isNaN(atMs)) return faultIn(isStart ? START : TIME, BAD_TIME)
    const statusAt = slots[STATUS_SLOT + line] as number
    if (statusAt < 0) return NO_STATUS
    status = parseStatus(bytes, statusAt, slots[STATUS_SLOT + BATCH_LINES + line] as number)
    if (status < 0) return faultIn(STATUS, BAD_FIELD)
    const countAt = slots[COUNT_SLOT + line] as number
    count = countAt < 0 ? 1 : parseInteger(bytes, countAt, slots[COUNT_SLOT + BATCH_LINES + line] as number)
    if (count < 1 || count > MAX_COUNT) return faultIn(COUNT, BAD_FIELD)
    const badField = readAmounts(bytes, slots, line, last, durationUnitMs)
    if (badField >= 0) return faultIn(badField, BAD_FIELD)
    // A duration longer than time lasts says nothing, and in its 32 bits would become Infinity.
    if ((last[DURATION_AT] as number) > END_OF_TIME_MS) last[DURATION_AT] = Number.NaN
    if (isStart) atMs = endOf(atMs, last[DURATION_AT] as number)
    last[AT_MS] = atMs
    return atMs >= wantedFromMs && atMs < wantedToMs ? OK : SKIPPED
  }

  function put(row: number): void {
    if (row >= arrays.atMs.length) arrays = grow(arrays)
    const atMs = last[AT_MS] as number
    arrays.atMs[row] = atMs
    arrays.status[row] = status
    arrays.count[row] = count
    arrays.durationMs[row] = last[DURATION_AT] as number
    arrays.bytes[row] = last[SIZE] as number
    requests += count
    if (atMs < (last[FROM_MS] as number)) last[FROM_MS] = atMs
    if (atMs > (last[TO_MS] as number)) last[TO_MS] = atMs
  }

  function begin(rowsExpected: number): void {
    arrays = createArrays(rowsExpected)
    requests = 0
    last[FROM_MS] = Number.POSITIVE_INFINITY
    last[TO_MS] = Number.NEGATIVE_INFINITY
  }

  return {
    read,
    put,
    counts: () => arrays.count,
    begin,
    finish: () => arrays,
    totals: () => ({ requests, fromMs: last[FROM_MS] as number, toMs: last[TO_MS] as number }),
  }
}

/** 100–599, or 0 for none (`-`, `0`, `000`); -1 for anything else. */
function parseStatus(bytes: Buffer, start: number, end: number): number {
  const status = parseInteger(bytes, start, end)
  if ((status >= 100 && status <= 599) || status === 0) return status
  return end - start === 1 && bytes[start] === HYPHEN ? 0 : -1
}

/** Reads the numbers that may be absent (NaN); returns the field that holds none, or -1. */
function readAmounts(bytes: Buffer, slots: Slots, line: number, last: Float64Array, durationUnitMs: number): number {
  const size = readAmount(bytes, slots, BYTES_SLOT + line)
  if (size === MALFORMED) return BYTES
  last[SIZE] = size
  const durationMs = readAmount(bytes, slots, DURATION_MS_SLOT + line)
  if (durationMs === MALFORMED) return DURATION_MS
  last[DURATION_AT] = durationMs
  const durationAt = slots[DURATION_SLOT + line] as number
  if (durationAt < 0 || !Number.isNaN(durationMs)) return -1
  const duration = parseDuration(bytes, durationAt, slots[DURATION_SLOT + BATCH_LINES + line] as number, durationUnitMs)
  if (duration === MALFORMED) return DURATION
  last[DURATION_AT] = duration
  return -1
}

/** A request that took longer than time lasts ended when it began. */
function endOf(startMs: number, durationMs: number): number {
  const endMs = startMs + Math.round(durationMs)
  return endMs < END_OF_TIME_MS ? endMs : startMs
}

/** A negative amount, which a stepping clock gives, says nothing. */
function readAmount(bytes: Buffer, slots: Slots, slot: number): number {
  const start = slots[slot] as number
  if (start < 0) return Number.NaN
  const amount = parseDecimal(bytes, start, slots[slot + BATCH_LINES] as number)
  if (Number.isNaN(amount)) return MALFORMED
  return amount < 0 ? Number.NaN : amount
}

function createArrays(rows: number): MeasureArrays {
  return {
    atMs: new Float64Array(rows),
    status: new Uint16Array(rows),
    count: new Uint32Array(rows),
    durationMs: new Float32Array(rows),
    bytes: new Float64Array(rows),
  }
}

function grow(arrays: MeasureArrays): MeasureArrays {
  const longer = createArrays(Math.max(1024, arrays.atMs.length * 2))
  longer.atMs.set(arrays.atMs)
  longer.status.set(arrays.status)
  longer.count.set(arrays.count)
  longer.durationMs.set(arrays.durationMs)
  longer.bytes.set(arrays.bytes)
  return longer
}
