// Hot path: mutates typed arrays.

/** `array`, or a longer copy of it that has places for `rows`. */
export function withRows(array: Uint32Array<ArrayBuffer>, rows: number): Uint32Array<ArrayBuffer> {
  if (rows <= array.length) return array
  const longer = new Uint32Array(Math.max(rows, array.length * 2))
  longer.set(array)
  return longer
}
