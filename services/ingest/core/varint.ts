// Hot path: mutates bytes.

/** Enough for 2^35. */
export const MAX_VARINT_BYTES = 5

/** Seven bits a byte, the lowest first, the high bit set on all but the last; returns the place after it. */
export function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80
  target[at++] = rest
  return at
}

/** The place after the varint at `start`. */
export function skipVarint(bytes: Uint8Array, start: number): number {
  let at = start
  while ((bytes[at] as number) > 0x7f) at++
  return at + 1
}
