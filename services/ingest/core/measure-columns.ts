// Hot path: mutates and indexes typed arrays, several parameters.
import type { ByteSource } from './byte-source.ts'
import type { EventColumns } from './event-columns.ts'
import {
  BAD_FIELD,
  BAD_TIME,
  BYTES,
  COUNT,
  DURATION_MS,
  DURATION_SECONDS,
  FAULT_AT,
  FAULT_FIELD,
  FAULT_KEY_START,
  NO_STATUS,
  NO_TIME,
  OK,
  SKIPPED,
  type Slots,
  STATUS,
  TIME,
} from './formats/line-format.ts'
import { parseDecimal, parseInteger } from './parse-number.ts'
import { createTimeParser, type TimeKind } from './parse-time.ts'

type MeasureArrays = Pick<EventColumns, 'atMs' | 'status' | 'count' | 'durationMs' | 'bytes'>

/** When, with which status, how many, how long, how large. */
export interface MeasureColumns {
  /** Reads the numbers of a line; unless it is OK the line is no event, or none that is wanted. */
  read(source: ByteSource, slots: Slots): number
  /** Of the line last read. */
  count(): number
  /** Stores the line last read. */
  put(row: number): void
  begin(rowsExpected: number): void
  /** The block's columns; the next `begin` leaves them alone. */
  finish(): MeasureArrays
  /** Earliest and latest stored time, epoch ms. */
  span(): { readonly fromMs: number; readonly toMs: number }
}

/** Half open, epoch ms. */
export interface WantedTime {
  readonly fromMs?: number
  readonly toMs?: number
}

const HYPHEN = 0x2d
const MAX_COUNT = 2 ** 32 - 1

// Places of the line last read. An array, because a captured variable would box every fraction on the heap.
const [AT_MS, DURATION, SIZE, FROM_MS, TO_MS] = [0, 1, 2, 3, 4]

export function createMeasureColumns(timeKind: TimeKind, wanted: WantedTime): MeasureColumns {
  const parseTime = createTimeParser(timeKind)
  const wantedFromMs = wanted.fromMs ?? Number.NEGATIVE_INFINITY
  const wantedToMs = wanted.toMs ?? Number.POSITIVE_INFINITY
  const last = new Float64Array(5)
  let arrays = createArrays(0)
  let status = 0
  let count = 0

  function read(source: ByteSource, slots: Slots): number {
    const timeAt = slots[2 * TIME] as number
    if (timeAt < 0) return NO_TIME
    const atMs = parseTime(source, timeAt, slots[2 * TIME + 1] as number)
    if (Number.isNaN(atMs)) return fault(slots, TIME, BAD_TIME)
    const statusAt = slots[2 * STATUS] as number
    if (statusAt < 0) return NO_STATUS
    status = parseStatus(source.bytes, statusAt, slots[2 * STATUS + 1] as number)
    if (status < 0) return fault(slots, STATUS, BAD_FIELD)
    const countAt = slots[2 * COUNT] as number
    count = countAt < 0 ? 1 : parseInteger(source.bytes, countAt, slots[2 * COUNT + 1] as number)
    if (count < 1 || count > MAX_COUNT) return fault(slots, COUNT, BAD_FIELD)
    last[AT_MS] = atMs
    const badField = readAmounts(source.bytes, slots, last)
    if (badField >= 0) return fault(slots, badField, BAD_FIELD)
    return atMs >= wantedFromMs && atMs < wantedToMs ? OK : SKIPPED
  }

  function put(row: number): void {
    if (row >= arrays.atMs.length) arrays = grow(arrays)
    const atMs = last[AT_MS] as number
    arrays.atMs[row] = atMs
    arrays.status[row] = status
    arrays.count[row] = count
    arrays.durationMs[row] = last[DURATION] as number
    arrays.bytes[row] = last[SIZE] as number
    if (atMs < (last[FROM_MS] as number)) last[FROM_MS] = atMs
    if (atMs > (last[TO_MS] as number)) last[TO_MS] = atMs
  }

  function begin(rowsExpected: number): void {
    arrays = createArrays(rowsExpected)
    last[FROM_MS] = Number.POSITIVE_INFINITY
    last[TO_MS] = Number.NEGATIVE_INFINITY
  }

  return {
    read,
    count: () => count,
    put,
    begin,
    finish: () => arrays,
    span: () => ({ fromMs: last[FROM_MS] as number, toMs: last[TO_MS] as number }),
  }
}

function fault(slots: Slots, field: number, reason: number): number {
  slots[FAULT_FIELD] = field
  slots[FAULT_AT] = slots[2 * field] as number
  slots[FAULT_KEY_START] = -1
  return reason
}

/** 100–599, or 0 for none (`-`, `0`, `000`); -1 for anything else. */
function parseStatus(bytes: Buffer, start: number, end: number): number {
  const status = parseInteger(bytes, start, end)
  if ((status >= 100 && status <= 599) || status === 0) return status
  return end - start === 1 && bytes[start] === HYPHEN ? 0 : -1
}

const MALFORMED = Number.POSITIVE_INFINITY

/** Reads the numbers that may be absent (NaN); returns the field that holds none, or -1. */
function readAmounts(bytes: Buffer, slots: Slots, last: Float64Array): number {
  const size = readAmount(bytes, slots, BYTES)
  if (size === MALFORMED) return BYTES
  last[SIZE] = size
  const durationMs = readAmount(bytes, slots, DURATION_MS)
  if (durationMs === MALFORMED) return DURATION_MS
  last[DURATION] = durationMs
  if ((slots[2 * DURATION_SECONDS] as number) < 0 || !Number.isNaN(durationMs)) return -1
  const durationSeconds = readAmount(bytes, slots, DURATION_SECONDS)
  if (durationSeconds === MALFORMED) return DURATION_SECONDS
  last[DURATION] = durationSeconds * 1000
  return -1
}

/** A negative amount, which a stepping clock gives, says nothing. */
function readAmount(bytes: Buffer, slots: Slots, field: number): number {
  const start = slots[2 * field] as number
  if (start < 0) return Number.NaN
  const amount = parseDecimal(bytes, start, slots[2 * field + 1] as number)
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
