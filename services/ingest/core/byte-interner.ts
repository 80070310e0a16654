// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, equalBytes, hashBytes, toByteSource } from './byte-source.ts'

/** Numbers byte strings from 0 in the order in which they are first seen, and keeps them, so that a string is made once. */
export interface ByteInterner {
  /** The number of `source[start, end)`; when it is new, the next one not given yet. */
  intern(source: ByteSource, start: number, end: number): number
  /** About how many bytes are held for it, here and by whoever keeps a text for each number. */
  weight(): number
}

const FIRST_TABLE_SLOTS = 1 << 10
const FIRST_ARENA_BYTES = 1 << 16
/** An entry's places in the tables, and a string's header. */
const ENTRY_BYTES = 100
/** Beyond so many collisions (somebody chose the keys) a key is taken for new: a repeated entry, never a slow table. */
const MAX_PROBES = 64

export function createByteInterner(): ByteInterner {
  let table = new Int32Array(FIRST_TABLE_SLOTS)
  let hashes = new Int32Array(FIRST_TABLE_SLOTS)
  let ends = new Int32Array(FIRST_TABLE_SLOTS)
  let arena = toByteSource(new Uint8Array(FIRST_ARENA_BYTES))
  let size = 0
  let used = 0

  function intern(source: ByteSource, start: number, end: number): number {
    const hash = hashBytes(source, start, end)
    const length = end - start
    const slots = table
    const mask = slots.length - 1
    let slot = hash & mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = (slots[slot] as number) - 1
      if (entry < 0) break
      if (hashes[entry] === hash) {
        const from = entry === 0 ? 0 : (ends[entry - 1] as number)
        if ((ends[entry] as number) - from === length && equalBytes(arena, from, source, start, length)) return entry
      }
      slot = (slot + 1) & mask
    }
    return append(source, start, end, hash, slot)
  }

  function append(source: ByteSource, start: number, end: number, hash: number, slot: number): number {
    const length = end - start
    if (used + length > arena.bytes.length) growArena(used + length)
    arena.bytes.set(source.bytes.subarray(start, end), used)
    used += length
    const entry = size
    hashes[entry] = hash
    ends[entry] = used
    size += 1
    table[slot] = entry + 1
    if (size * 2 > table.length) growTable()
    return entry
  }

  function growArena(needed: number): void {
    const grown = toByteSource(new Uint8Array(Math.max(needed, arena.bytes.length * 2)))
    grown.bytes.set(arena.bytes.subarray(0, used))
    arena = grown
  }

  function growTable(): void {
    const slots = table.length * 2
    hashes = copyInto(new Int32Array(slots), hashes)
    ends = copyInto(new Int32Array(slots), ends)
    table = new Int32Array(slots)
    for (let entry = 0; entry < size; entry++) {
      let slot = (hashes[entry] as number) & (slots - 1)
      for (let probe = 0; probe < MAX_PROBES && table[slot] !== 0; probe++) slot = (slot + 1) & (slots - 1)
      table[slot] = entry + 1
    }
  }

  return { intern, weight: () => ENTRY_BYTES * size + 2 * used }
}

function copyInto(target: Int32Array<ArrayBuffer>, source: Int32Array): Int32Array<ArrayBuffer> {
  target.set(source)
  return target
}
