// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, equalBytes, hashAny, toByteSource } from './byte-source.ts'
import { BATCH_LINES } from './formats/line-format.ts'

/** Numbers byte strings from 0 in the order in which they are first seen, and keeps them, so that a string is made once. */
export interface ByteInterner {
  /** The number of `source[start, end)`; when it is new, the next one not given yet. */
  intern(source: ByteSource, start: number, end: number): number
  /**
   * Sets `numbers[i]` for `lines` strings `[starts[i], ends[i])`, -1 for those that begin before 0, and calls `onNew` for each
   * that is new, in their order. Three short loops instead of one long one: the memory that one step of a loop waits for is
   * then fetched while the next ones are under way.
   */
  internBatch(batch: ByteRanges, numbers: Int32Array, onNew: (start: number, end: number) => void): void
  /** About how many bytes are held. */
  weight(): number
}

/** At most BATCH_LINES of them. */
export interface ByteRanges {
  readonly source: ByteSource
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly lines: number
}

// A slot of the table is these numbers in a row, so that a look-up touches one cache line.
/** The entry's number plus 1; 0 is an empty slot. */
const NUMBER = 0
const HASH = 1
/** Where the key is in the arena. */
const START = 2
const LENGTH = 3
const SLOT_NUMBERS = 4
const FIRST_SLOTS = 1 << 9
const FIRST_ARENA_BYTES = 1 << 14
/** Three slots: the table is half full at most, and a quarter full at least. */
const ENTRY_BYTES = 48
/** Beyond so many collisions (somebody chose the keys) a key is taken for new: a repeated entry, never a slow table. */
const MAX_PROBES = 64

export function createByteInterner(): ByteInterner {
  let table = new Int32Array(FIRST_SLOTS * SLOT_NUMBERS)
  let arena = toByteSource(new Uint8Array(FIRST_ARENA_BYTES))
  let size = 0
  let used = 0
  const hashes = new Int32Array(BATCH_LINES)
  const places = new Int32Array(BATCH_LINES)

  function intern(source: ByteSource, start: number, end: number): number {
    return find(source, start, end, hashAny(source, start, end))
  }

  function internBatch(batch: ByteRanges, numbers: Int32Array, onNew: (start: number, end: number) => void): void {
    const { source, starts, ends, lines } = batch
    for (let i = 0; i < lines; i++) {
      const start = starts[i] as number
      hashes[i] = start < 0 ? 0 : hashAny(source, start, ends[i] as number)
    }
    const mask = table.length - 1
    for (let i = 0; i < lines; i++) {
      const at = slotAt(hashes[i] as number, mask)
      // Where the first look does not find the hash the second often does; what is there is compared in any case.
      places[i] = table[at + HASH] === hashes[i] ? at : (at + SLOT_NUMBERS) & mask
    }
    for (let i = 0; i < lines; i++) {
      const start = starts[i] as number
      const end = ends[i] as number
      if (start < 0) {
        numbers[i] = -1
      } else if (isAt(places[i] as number, source, start, end)) {
        numbers[i] = (table[(places[i] as number) + NUMBER] as number) - 1
      } else {
        const sizeBefore = size
        numbers[i] = find(source, start, end, hashes[i] as number)
        if (size > sizeBefore) onNew(start, end)
      }
    }
  }

  function isAt(at: number, source: ByteSource, start: number, end: number): boolean {
    const length = end - start
    return (
      table[at + NUMBER] !== 0 &&
      table[at + LENGTH] === length &&
      equalBytes(arena, table[at + START] as number, source, start, length)
    )
  }

  function find(source: ByteSource, start: number, end: number, hash: number): number {
    const mask = table.length - 1
    let at = slotAt(hash, mask)
    for (let probe = 0; probe < MAX_PROBES && table[at + NUMBER] !== 0; probe++) {
      if (table[at + HASH] === hash && isAt(at, source, start, end)) return (table[at + NUMBER] as number) - 1
      at = (at + SLOT_NUMBERS) & mask
    }
    return add(at, hash, keep(source, start, end), end - start)
  }

  function add(at: number, hash: number, start: number, length: number): number {
    size += 1
    table[at + NUMBER] = size
    table[at + HASH] = hash
    table[at + START] = start
    table[at + LENGTH] = length
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

  return { intern, internBatch, weight: () => ENTRY_BYTES * size + 2 * used }
}

function slotAt(hash: number, mask: number): number {
  return Math.imul(hash, SLOT_NUMBERS) & mask
}

function growTable(table: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(table.length * 2)
  const mask = grown.length - 1
  for (let from = 0; from < table.length; from += SLOT_NUMBERS) {
    if (table[from + NUMBER] === 0) continue
    let at = slotAt(table[from + HASH] as number, mask)
    for (let probe = 0; probe < MAX_PROBES && grown[at + NUMBER] !== 0; probe++) at = (at + SLOT_NUMBERS) & mask
    grown.set(table.subarray(from, from + SLOT_NUMBERS), at)
  }
  return grown
}
