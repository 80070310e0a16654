// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { BATCH_LINES, METHOD, type Slots, slotOf, TARGET, VIRTUAL_HOST } from './line-format.ts'

const SPACE = 0x20
const HYPHEN = 0x2d
const MAX_METHOD_BYTES = 32
const METHOD_SLOT = slotOf(METHOD)
const TARGET_SLOT = slotOf(TARGET)

/**
 * Splits a request line `GET /a/b?c HTTP/1.1` into the method's and the target's slots. The protocol may be missing. What
 * is no request line (a TLS handshake, a scanner's junk) has no method, and is its own target.
 */
export function splitRequestLine(source: ByteSource, start: number, end: number, slots: Slots, line: number): void {
  const bytes = source.bytes
  let at = start
  while (at < end && isMethodByte(bytes[at] as number)) at++
  const isRequest = at > start && at - start <= MAX_METHOD_BYTES && at + 1 < end && bytes[at] === SPACE
  if (isRequest) {
    slots[METHOD_SLOT + line] = start
    slots[METHOD_SLOT + BATCH_LINES + line] = at
    slots[TARGET_SLOT + line] = at + 1
    slots[TARGET_SLOT + BATCH_LINES + line] = targetEnd(bytes, at + 1, end)
  } else if (start < end && !(end - start === 1 && bytes[start] === HYPHEN)) {
    slots[TARGET_SLOT + line] = start
    slots[TARGET_SLOT + BATCH_LINES + line] = end
  }
}

/** Letters, and the hyphen of `VERSION-CONTROL`. */
function isMethodByte(byte: number): boolean {
  const letter = byte | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || byte === HYPHEN
}

const H = 0x48
const SLASH = 0x2f

/** Before ` HTTP/1.1` or ` HTTP/2` if it is there; a target with spaces in it (which is a client's fault) keeps them. */
function targetEnd(bytes: Buffer, start: number, end: number): number {
  const long = end - 9
  if (long >= start && bytes[long] === SPACE && bytes[long + 1] === H && bytes[long + 5] === SLASH) return long
  const short = end - 7
  return short >= start && bytes[short] === SPACE && bytes[short + 1] === H && bytes[short + 5] === SLASH ? short : end
}

const COLON = 0x3a
const VIRTUAL_HOST_SLOT = slotOf(VIRTUAL_HOST)
/** Of `https://`. */
const SCHEME_BYTES_MAX = 8

/** A target in absolute form, `https://shop.example:443/`, names the virtual host. */
export function setHostOfTarget(source: ByteSource, slots: Slots, line: number): void {
  const bytes = source.bytes
  const start = slots[TARGET_SLOT + line] as number
  if (start < 0 || bytes[start] === SLASH) return
  const end = slots[TARGET_SLOT + BATCH_LINES + line] as number
  const colonAt = findByte(source, COLON, start, Math.min(end, start + SCHEME_BYTES_MAX))
  const from = colonAt + 3
  if (from >= end || bytes[colonAt] !== COLON || bytes[colonAt + 1] !== SLASH || bytes[colonAt + 2] !== SLASH) return
  const to = findByte(source, SLASH, from, end)
  if (to === from) return
  slots[VIRTUAL_HOST_SLOT + line] = from
  slots[VIRTUAL_HOST_SLOT + BATCH_LINES + line] = findByte(source, QUESTION_MARK, from, to)
}

const QUESTION_MARK = 0x3f
