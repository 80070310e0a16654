// Hot path: mutates and indexes typed arrays.
import { type ByteSource, toByteSource } from './byte-source.ts'
import type { TextDictionary } from './event-columns.ts'
import { withRows } from './row-array.ts'

/** A list of texts as UTF-8, one behind the other. */
export interface ByteList {
  addText(text: string): void
  /** Appends the item `index` of another list; returns its index here. */
  addFrom(other: ByteList, index: number): number
  bytes(): ByteSource
  /** Where the item before `index` ends. */
  startOf(index: number): number
  finish(): Pick<TextDictionary, 'size' | 'bytes' | 'ends'>
}

export const FIRST_BYTES = 1 << 14
const BYTES_PER_ITEM = 32

/** `bytesExpected` need not be right, only near. */
export function createByteList(bytesExpected: number): ByteList {
  let source = toByteSource(new Uint8Array(bytesExpected))
  let ends = new Uint32Array(Math.ceil(bytesExpected / BYTES_PER_ITEM))
  let size = 0
  let used = 0

  function addText(text: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8.
    makeRoom(text.length * 3)
    used += source.bytes.write(text, used, 'utf8')
    ends[size] = used
    size += 1
  }

  function addFrom(other: ByteList, index: number): number {
    const start = other.startOf(index)
    const length = other.startOf(index + 1) - start
    makeRoom(length)
    copyBytes(other.bytes(), start, source, used, length)
    used += length
    ends[size] = used
    size += 1
    return size - 1
  }

  function makeRoom(length: number): void {
    ends = withRows(ends, size + 1)
    if (used + length <= source.bytes.length) return
    const larger = toByteSource(new Uint8Array(Math.max(used + length, source.bytes.length * 2)))
    larger.bytes.set(source.bytes.subarray(0, used))
    source = larger
  }

  return {
    addText,
    addFrom,
    bytes: () => source,
    startOf: (index) => (index === 0 ? 0 : (ends[index - 1] as number)),
    finish: () => ({ size, bytes: source.bytes, ends }),
  }
}

/** For texts too short for a native copy to pay. */
function copyBytes(from: ByteSource, fromAt: number, to: ByteSource, toAt: number, length: number): void {
  const wholeWords = length & ~3
  for (let i = 0; i < wholeWords; i = (i + 4) | 0)
    to.view.setInt32(toAt + i, from.view.getInt32(fromAt + i, true), true)
  for (let i = wholeWords; i < length; i = (i + 1) | 0) to.bytes[toAt + i] = from.bytes[fromAt + i] as number
}
