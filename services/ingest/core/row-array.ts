// Hot path: mutates typed arrays.

/** `array`, or a longer copy of it that has places for `rows`. */
export function withRows(array: Uint32Array<ArrayBuffer>, rows: number): Uint32Array<ArrayBuffer> {
  if (rows <= array.length) return array
  const longer = new Uint32Array(Math.max(rows, array.length * 2))
  longer.set(array)
  return longer
}

/** A zero for each of `rows`; shared, so never written to. */
export function zeroRows(rows: number): Uint32Array<ArrayBuffer> {
  zeros = withRows(zeros, rows)
  return zeros
}

let zeros = new Uint32Array(0)
