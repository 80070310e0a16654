// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, equalBytes, hashBytes, hashWords, toByteSource } from './byte-source.ts'

/** Numbers byte strings from 0 in the order in which they are first seen, and keeps them, so that a string is made once. */
export interface ByteInterner {
  /** The number of `source[start, end)`; when it is new, the next one not given yet. */
  intern(source: ByteSource, start: number, end: number): number
  /** About how many bytes are held for it, here and by whoever keeps a text for each number. */
  weight(): number
}

// A slot of the table is these numbers in a row, so that a look-up touches one cache line.
/** The entry's number plus 1; 0 is an empty slot. */
const NUMBER = 0
const LENGTH = 1
/** Of a short key its bytes, of a long one its hash and 0. */
const FIRST = 2
const SECOND = 3
/** Where the key is in the arena. */
const START = 4
const HASH = 5
const SLOT_NUMBERS = 8
/** Such keys are told apart by FIRST, SECOND and LENGTH alone. */
const MAX_SHORT_BYTES = 8
const FIRST_SLOTS = 1 << 9
const FIRST_ARENA_BYTES = 1 << 14
/** A slot twice, as the table is half full, and a string's header. */
const ENTRY_BYTES = 120
/** Beyond so many collisions (somebody chose the keys) a key is taken for new: a repeated entry, never a slow table. */
const MAX_PROBES = 64

export function createByteInterner(): ByteInterner {
  let table = new Int32Array(FIRST_SLOTS * SLOT_NUMBERS)
  let arena = toByteSource(new Uint8Array(FIRST_ARENA_BYTES))
  let size = 0
  let used = 0

  // Two functions, because the compiler takes only so much into one.
  function intern(source: ByteSource, start: number, end: number): number {
    return end - start <= MAX_SHORT_BYTES ? internShort(source, start, end) : internLong(source, start, end)
  }

  function internShort(source: ByteSource, start: number, end: number): number {
    const length = end - start
    const first = firstBytes(source, start, length)
    const second = length > 4 ? source.view.getInt32(end - 4, true) : 0
    const hash = hashWords(first, second ^ length)
    const slots = table
    const mask = slots.length - 1
    let at = Math.imul(hash, SLOT_NUMBERS) & mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const number = slots[at + NUMBER] as number
      if (number === 0) break
      if (slots[at + FIRST] === first && slots[at + SECOND] === second && slots[at + LENGTH] === length)
        return number - 1
      at = (at + SLOT_NUMBERS) & mask
    }
    return add(at, [length, first, second, 0, hash])
  }

  function internLong(source: ByteSource, start: number, end: number): number {
    const length = end - start
    const hash = hashBytes(source, start, end)
    const slots = table
    const mask = slots.length - 1
    let at = Math.imul(hash, SLOT_NUMBERS) & mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const number = slots[at + NUMBER] as number
      if (number === 0) break
      const isAlike = slots[at + FIRST] === hash && slots[at + LENGTH] === length
      if (isAlike && equalBytes(arena, slots[at + START] as number, source, start, length)) return number - 1
      at = (at + SLOT_NUMBERS) & mask
    }
    return add(at, [length, hash, 0, keep(source, start, end), hash])
  }

  function add(at: number, key: readonly number[]): number {
    size += 1
    table[at + NUMBER] = size
    table.set(key, at + NUMBER + 1)
    if (size * 2 * SLOT_NUMBERS > table.length) table = growTable(table)
    return size - 1
  }

  /** Copies a key into the arena and returns where it is. */
  function keep(source: ByteSource, start: number, end: number): number {
    const at = used
    used += end - start
    if (used > arena.bytes.length) growArena(used)
    arena.bytes.set(source.bytes.subarray(start, end), at)
    return at
  }

  function growArena(needed: number): void {
    const grown = toByteSource(new Uint8Array(Math.max(needed, arena.bytes.length * 2)))
    grown.bytes.set(arena.bytes)
    arena = grown
  }

  return { intern, weight: () => ENTRY_BYTES * size + 2 * used }
}

/** Up to four bytes as a number. */
function firstBytes(source: ByteSource, start: number, length: number): number {
  if (length >= 4) return source.view.getInt32(start, true)
  if (start + 4 <= source.bytes.length) return source.view.getInt32(start, true) & ((1 << (8 * length)) - 1)
  let bytes = 0
  for (let i = length - 1; i >= 0; i--) bytes = (bytes << 8) | (source.bytes[start + i] as number)
  return bytes
}

function growTable(table: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(table.length * 2)
  const mask = grown.length - 1
  for (let from = 0; from < table.length; from += SLOT_NUMBERS) {
    if (table[from + NUMBER] === 0) continue
    let at = Math.imul(table[from + HASH] as number, SLOT_NUMBERS) & mask
    for (let probe = 0; probe < MAX_PROBES && grown[at + NUMBER] !== 0; probe++) at = (at + SLOT_NUMBERS) & mask
    grown.set(table.subarray(from, from + SLOT_NUMBERS), at)
  }
  return grown
}
