// Hot path: mutates a typed array.

/**
 * Sets times later than `latestMs` to it, in place: a host's clock runs ahead, and an event must not wait for its time to
 * come. Returns how many there were. Epoch ms.
 */
export function clampFuture(atMs: Float64Array, latestMs: number): number {
  let clamped = 0
  for (let row = 0; row < atMs.length; row++) {
    if ((atMs[row] as number) <= latestMs) continue
    atMs[row] = latestMs
    clamped++
  }
  return clamped
}
