// Hot path: mutates and indexes typed arrays.
import { type ByteSource, toByteSource } from './byte-source.ts'
import type { TextDictionary } from './event-columns.ts'
import { withRows } from './row-array.ts'
import { MAX_VARINT_BYTES, skipVarint, writeVarint } from './varint.ts'

/** A growing list of texts, kept one behind the other as ClickHouse's Native format has them: the length, then the UTF-8. */
export interface ByteList {
  addText(text: string): void
  /** Adds UTF-8 as it is. */
  addBytes(source: ByteSource, start: number, end: number): void
  textOf(item: number): string
  /** Where the item's UTF-8 is until the next one is added. */
  rangeOf(item: number): ByteRange
  /** About how many bytes are held. */
  weight(): number
  /** The items of these numbers, in this order. */
  pick(items: Uint32Array, count: number): Pick<TextDictionary, 'size' | 'bytes' | 'ends'>
}

export interface ByteRange {
  readonly source: ByteSource
  readonly start: number
  readonly end: number
}

const FIRST_BYTES = 1 << 14
const FIRST_ITEMS = 1 << 9
const WORD_BYTES = 4
/** Where it begins, in a list that may be twice as long. */
const ITEM_BYTES = 8

export function createByteList(): ByteList {
  let source = toByteSource(new Uint8Array(FIRST_BYTES))
  /** Where each item begins; the last one is where the next will. */
  let starts = new Uint32Array(FIRST_ITEMS)
  let size = 0

  function addText(text: string): void {
    const length = Buffer.byteLength(text, 'utf8')
    const at = begin(length)
    source.bytes.write(text, at, 'utf8')
  }

  function addBytes(from: ByteSource, start: number, end: number): void {
    const at = begin(end - start)
    source.bytes.set(from.bytes.subarray(start, end), at)
  }

  /** Where the bytes of the next item go. */
  function begin(length: number): number {
    const start = starts[size] as number
    makeRoom(start + MAX_VARINT_BYTES + length + WORD_BYTES)
    const at = writeVarint(source.bytes, start, length)
    size += 1
    starts = withRows(starts, size + 1)
    starts[size] = at + length
    return at
  }

  function rangeOf(item: number): ByteRange {
    return { source, start: skipVarint(source.bytes, starts[item] as number), end: starts[item + 1] as number }
  }

  function textOf(item: number): string {
    const { start, end } = rangeOf(item)
    return source.bytes.toString('utf8', start, end)
  }

  function makeRoom(needed: number): void {
    if (needed <= source.bytes.length) return
    const larger = toByteSource(new Uint8Array(Math.max(needed, source.bytes.length * 2)))
    larger.bytes.set(source.bytes)
    source = larger
  }

  function pick(items: Uint32Array, count: number): Pick<TextDictionary, 'size' | 'bytes' | 'ends'> {
    const ends = new Uint32Array(count)
    let length = 0
    for (let i = 0; i < count; i++) {
      const item = items[i] as number
      length += (starts[item + 1] as number) - (starts[item] as number)
      ends[i] = length
    }
    const picked = toByteSource(new Uint8Array(length + WORD_BYTES))
    for (let i = 0; i < count; i++) {
      const start = starts[items[i] as number] as number
      copyWords(source, start, picked, i === 0 ? 0 : (ends[i - 1] as number), ends[i] as number)
    }
    return { size: count, bytes: picked.bytes.subarray(0, length), ends }
  }

  return { addText, addBytes, textOf, rangeOf, pick, weight: () => ITEM_BYTES * size + 2 * (starts[size] as number) }
}

/** Texts are too short for a native copy to pay. Writes up to three bytes too many, which the next item overwrites. */
function copyWords(from: ByteSource, fromAt: number, to: ByteSource, toAt: number, toEnd: number): void {
  const [source, target] = [from.view, to.view]
  let i = fromAt
  for (let at = toAt; at < toEnd; at = (at + WORD_BYTES) | 0) {
    target.setInt32(at, source.getInt32(i, true), true)
    i = (i + WORD_BYTES) | 0
  }
}
