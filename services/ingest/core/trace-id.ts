// Hot path: indexes bytes.
import { BATCH_LINES, type Slots, slotOf, TRACE_ID } from './formats/line-format.ts'

const HYPHEN = 0x2d
const TRACE_END = slotOf(TRACE_ID) + BATCH_LINES
/** Of `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`, a `traceparent` header. */
const TRACEPARENT_BYTES = 55
const VERSION_BYTES = 3
/** Of a trace's id in hexadecimal. */
export const TRACE_ID_BYTES = 32
const ZERO = 0x30
const NINE = 0x39

/** Leaves of a W3C `traceparent` only the trace's id. */
export function shortenTraceIds(bytes: Buffer, slots: Slots, lines: number): void {
  for (let line = 0; line < lines; line++) {
    const start = slots[TRACE_END - BATCH_LINES + line] as number
    if (start < 0) continue
    const end = slots[TRACE_END + line] as number
    const idAt = start + VERSION_BYTES
    if (end - start !== TRACEPARENT_BYTES || bytes[idAt - 1] !== HYPHEN || bytes[idAt + TRACE_ID_BYTES] !== HYPHEN)
      continue
    slots[TRACE_END - BATCH_LINES + line] = idAt
    slots[TRACE_END + line] = idAt + TRACE_ID_BYTES
  }
}

/** As it is stored: in small letters. All zeros is none. */
export function isStoredTraceId(bytes: Buffer, from: number, to: number): boolean {
  let isZero = true
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte !== ZERO) isZero = false
    if (!((byte >= ZERO && byte <= NINE) || (byte >= 0x61 && byte <= 0x66))) return false
  }
  return to - from === TRACE_ID_BYTES && !isZero
}
