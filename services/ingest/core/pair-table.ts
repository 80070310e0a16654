// Hot path: mutates and indexes typed arrays.
import { hashWords } from './byte-source.ts'

/** Numbers pairs of non-negative integers from 0 in the order in which they are first seen. */
export interface PairTable {
  numberOf(left: number, right: number): number
}

const FIRST_SLOTS = 1 << 10

/** Open addressing, at most half full: several times faster than a Map keyed by numbers beyond 31 bits. */
export function createPairTable(): PairTable {
  // A slot is left, right, number plus 1.
  let table = new Int32Array(3 * FIRST_SLOTS)
  let size = 0

  function numberOf(left: number, right: number): number {
    const at = find(table, left, right)
    const known = table[at + 2] as number
    if (known !== 0) return known - 1
    table[at] = left
    table[at + 1] = right
    table[at + 2] = ++size
    if (size * 6 > table.length) table = grow(table)
    return size - 1
  }

  return { numberOf }
}

/** The slot of a pair, or the empty one where it belongs. */
function find(table: Int32Array, left: number, right: number): number {
  const mask = table.length / 3 - 1
  let slot = hashWords(left, right) & mask
  for (;;) {
    const at = 3 * slot
    if (table[at + 2] === 0 || (table[at] === left && table[at + 1] === right)) return at
    slot = (slot + 1) & mask
  }
}

function grow(table: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(table.length * 2)
  for (let at = 0; at < table.length; at += 3) {
    if (table[at + 2] === 0) continue
    larger.set(table.subarray(at, at + 3), find(larger, table[at] as number, table[at + 1] as number))
  }
  return larger
}
