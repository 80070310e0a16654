// Hot path: mutates typed arrays.

/** `codes`, or a longer copy of it that has a place for `row`. */
export function withRow(codes: Uint32Array<ArrayBuffer>, row: number): Uint32Array<ArrayBuffer> {
  if (row < codes.length) return codes
  const longer = new Uint32Array(Math.max(row + 1, codes.length * 2))
  longer.set(codes)
  return longer
}

/** `bytes`, or a larger copy of its first `used` that has `room` more. */
export function withRoom(bytes: Buffer<ArrayBuffer>, used: number, room: number): Buffer<ArrayBuffer> {
  if (used + room <= bytes.length) return bytes
  const larger = Buffer.alloc(Math.max(used + room, bytes.length * 2))
  bytes.copy(larger, 0, 0, used)
  return larger
}
