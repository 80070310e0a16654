// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { METHOD, type Slots, TARGET } from './line-format.ts'

const SPACE = 0x20
const HYPHEN = 0x2d
const MAX_METHOD_BYTES = 32

/**
 * Splits a request line `GET /a/b?c HTTP/1.1` into the method's and the target's slots. The protocol may be missing. What
 * is no request line (a TLS handshake, a scanner's junk) has no method, and is its own target.
 */
export function splitRequestLine(source: ByteSource, start: number, end: number, slots: Slots): void {
  const bytes = source.bytes
  let at = start
  while (at < end && isMethodByte(bytes[at] as number)) at++
  const isRequest = at > start && at - start <= MAX_METHOD_BYTES && at + 1 < end && bytes[at] === SPACE
  if (!isRequest) {
    slots[2 * METHOD] = -1
    slots[2 * TARGET] = start === end || (end - start === 1 && bytes[start] === HYPHEN) ? -1 : start
    slots[2 * TARGET + 1] = end
    return
  }
  slots[2 * METHOD] = start
  slots[2 * METHOD + 1] = at
  slots[2 * TARGET] = at + 1
  slots[2 * TARGET + 1] = targetEnd(bytes, at + 1, end)
}

/** Letters, and the hyphen of `VERSION-CONTROL`. */
function isMethodByte(byte: number): boolean {
  const letter = byte | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || byte === HYPHEN
}

/** Before ` HTTP/1.1` if it is there; a target with spaces in it (which is a client's fault) keeps them. */
function targetEnd(bytes: Buffer, start: number, end: number): number {
  let space = end - 1
  // ` HTTP/1.1` and ` HTTP/2.0` are nine bytes.
  const shortest = Math.max(start, end - 10)
  while (space >= shortest && bytes[space] !== SPACE) space--
  const isProtocol =
    space >= shortest && bytes[space + 1] === 0x48 && bytes[space + 2] === 0x54 && bytes[space + 5] === 0x2f
  return isProtocol ? space : end
}
