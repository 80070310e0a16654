// Hot path: indexes bytes and keeps the last date seen.
import { type ByteSource, equalBytes, toByteSource } from '../byte-source.ts'
import { parseInteger } from '../parse-number.ts'

/** Of `2026-11-21`. */
export const DATE_BYTES = 10
export const NO_DAY = -1
const DAY_MS = 86_400_000

/** Reads `[start, end)` as a date; NO_DAY when it is none. */
export type ReadDay = (source: ByteSource, start: number, end: number) => number

/** Reads dates as days since 1970, and remembers the last one: nearly all lines share it. */
export function createDayReader(): ReadDay {
  const last = toByteSource(new Uint8Array(DATE_BYTES))
  let lastDay = NO_DAY
  return (source, start, end) => {
    if (end - start !== DATE_BYTES) return NO_DAY
    if (lastDay !== NO_DAY && equalBytes(last, 0, source, start, DATE_BYTES)) return lastDay
    const day = parseDay(source.bytes, start)
    if (day === NO_DAY) return NO_DAY
    source.bytes.copy(last.bytes, 0, start, end)
    lastDay = day
    return day
  }
}

function parseDay(bytes: Buffer, start: number): number {
  const year = parseInteger(bytes, start, start + 4)
  const month = parseInteger(bytes, start + 5, start + 7)
  const day = parseInteger(bytes, start + 8, start + DATE_BYTES)
  const atMs = Date.UTC(year, month - 1, day)
  const date = new Date(atMs)
  const isDate = year >= 1970 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isDate ? atMs / DAY_MS : NO_DAY
}
