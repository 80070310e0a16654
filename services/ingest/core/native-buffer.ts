// Hot path: mutates and indexes typed arrays.
import { MAX_VARINT_BYTES, writeVarint } from './varint.ts'

/** Where a block of ClickHouse's Native format is written, value by value. */
export interface NativeBuffer {
  varint(value: number): void
  text(value: string): void
  bytes(values: Uint8Array): void
  /** Of texts that are one behind the other, text `i` up to `ends[i]`, those of `rows`, each with its length before it. */
  texts(values: Uint8Array, ends: Uint32Array, rows: Uint32Array): void
  float32s(values: Float32Array, rows: Uint32Array): void
  /** Non-negative whole numbers as 64 bits; NaN as 0. */
  int64s(values: ArrayLike<number>, rows: ArrayLike<number>): void
  /** As that many bytes each. */
  integers(values: Uint16Array | Uint32Array, rows: Uint32Array, width: 1 | 2 | 4): void
  /** The mask of a Nullable: 1 where there is NaN. */
  nulls(values: Float32Array | Float64Array, rows: Uint32Array): void
  zeros(count: number): void
  /** A copy of all that was written since the last time, in shared memory of its own: other threads read it as it is. */
  take(): Uint8Array
}

const FIRST_BYTES = 1 << 20
const TWO_TO_32 = 2 ** 32

export function createNativeBuffer(): NativeBuffer {
  let target = Buffer.alloc(FIRST_BYTES)
  let view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  let at = 0

  function makeRoom(length: number): void {
    if (at + length <= target.length) return
    const larger = Buffer.alloc(Math.max(at + length, target.length * 2))
    larger.set(target.subarray(0, at))
    target = larger
    view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  }

  function varint(value: number): void {
    makeRoom(MAX_VARINT_BYTES)
    at = writeVarint(target, at, value)
  }

  function bytes(values: Uint8Array): void {
    makeRoom(values.length)
    target.set(values, at)
    at += values.length
  }

  return {
    varint,
    bytes,
    text(value) {
      varint(Buffer.byteLength(value, 'utf8'))
      // A UTF-16 unit is at most three bytes of UTF-8.
      makeRoom(3 * value.length)
      at += target.write(value, at, 'utf8')
    },
    texts(values, ends, rows) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number
        const end = ends[row] as number
        let from = row === 0 ? 0 : (ends[row - 1] as number)
        makeRoom(end - from + MAX_VARINT_BYTES)
        at = writeVarint(target, at, end - from)
        while (from < end) target[at++] = values[from++] as number
      }
    },
    float32s(values, rows) {
      makeRoom(4 * rows.length)
      for (let i = 0; i < rows.length; i++) view.setFloat32(at + 4 * i, values[rows[i] as number] as number, true)
      at += 4 * rows.length
    },
    int64s(values, rows) {
      makeRoom(8 * rows.length)
      for (let i = 0; i < rows.length; i++) {
        const value = Math.min(values[rows[i] as number] as number, Number.MAX_SAFE_INTEGER)
        const high = (value / TWO_TO_32) >>> 0
        view.setUint32(at, value - high * TWO_TO_32, true)
        view.setUint32(at + 4, high, true)
        at += 8
      }
    },
    integers(values, rows, width) {
      const count = rows.length
      makeRoom(width * count)
      if (width === 1) for (let i = 0; i < count; i++) target[at + i] = values[rows[i] as number] as number
      else if (width === 2)
        for (let i = 0; i < count; i++) view.setUint16(at + 2 * i, values[rows[i] as number] as number, true)
      else for (let i = 0; i < count; i++) view.setUint32(at + 4 * i, values[rows[i] as number] as number, true)
      at += width * count
    },
    nulls(values, rows) {
      makeRoom(rows.length)
      for (let i = 0; i < rows.length; i++) target[at + i] = Number.isNaN(values[rows[i] as number]) ? 1 : 0
      at += rows.length
    },
    zeros(count) {
      makeRoom(count)
      target.fill(0, at, at + count)
      at += count
    },
    take() {
      const taken = new Uint8Array(new SharedArrayBuffer(at))
      taken.set(target.subarray(0, at))
      at = 0
      return taken
    },
  }
}
