// Hot path: indexes bytes.
import { BATCH_LINES, type Slots, slotOf, TRACE_ID } from './formats/line-format.ts'

const HYPHEN = 0x2d
const SLASH = 0x2f
const TRACE_END = slotOf(TRACE_ID) + BATCH_LINES
/** Of `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`, a `traceparent` header. */
const TRACEPARENT_BYTES = 55
const VERSION_BYTES = 3
const ID_BYTES = 32

/** Leaves of what logs write for a trace only its id: of a W3C `traceparent`, and of Google's `projects/p/traces/ID`. */
export function shortenTraceIds(bytes: Buffer, slots: Slots, lines: number): void {
  for (let line = 0; line < lines; line++) {
    const start = slots[TRACE_END - BATCH_LINES + line] as number
    if (start < 0) continue
    const end = slots[TRACE_END + line] as number
    const idAt = start + VERSION_BYTES
    const isTraceparent = end - start === TRACEPARENT_BYTES && bytes[idAt - 1] === HYPHEN
    if (isTraceparent && bytes[idAt + ID_BYTES] === HYPHEN) {
      slots[TRACE_END - BATCH_LINES + line] = idAt
      slots[TRACE_END + line] = idAt + ID_BYTES
    } else {
      slots[TRACE_END - BATCH_LINES + line] = afterLastSlash(bytes, start, end)
    }
  }
}

function afterLastSlash(bytes: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && bytes[at - 1] !== SLASH) at--
  return at
}
