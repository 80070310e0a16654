// Hot path: mutates and indexes typed arrays.

/** Counts traffic by name in bounded memory. */
export interface TrafficSketch {
  /** Adds to a name of an owner and returns what it has gathered: never more than the truth, less by what purges took from it. */
  add(name: string, requests: number, owner?: string): number
}

/**
 * The frequent-items sketch of Anderson et al. (2017), "A High-Performance Algorithm for Identifying Frequent Items in
 * Data Streams": when `capacity` names are held, the median count is taken from all and what falls to nothing is dropped.
 * A name with more than about 2/capacity of the traffic is never lost. Amortised time per call: linear in the name's length.
 * Names are told apart by 64 bits of hash and not kept: a flood leaves nothing behind that would have to be collected.
 */
export function createTrafficSketch(capacity: number): TrafficSketch {
  const slots = 2 ** Math.ceil(Math.log2(2 * (capacity + 1)))
  let table = createTable(slots)
  let size = 0

  function add(name: string, requests: number, owner = ''): number {
    const low = hashText(name, hashText(owner, FNV_BASIS))
    const high = hashText(name, hashText(owner, OTHER_BASIS))
    const slot = findSlot(table, low, high)
    const before = table.counts[slot] as number
    const count = before + requests
    if (before === 0 && count > 0) {
      table.lows[slot] = low
      table.highs[slot] = high
      size += 1
    }
    table.counts[slot] = count
    if (size > capacity) purge()
    return count
  }

  function purge(): void {
    const sorted = table.counts.filter((count) => count > 0).sort()
    const median = sorted[sorted.length >> 1] ?? 0
    const kept = createTable(slots)
    size = 0
    for (let slot = 0; slot < slots; slot++) {
      const count = (table.counts[slot] as number) - median
      if (count <= 0) continue
      const low = table.lows[slot] as number
      const high = table.highs[slot] as number
      const to = findSlot(kept, low, high)
      kept.lows[to] = low
      kept.highs[to] = high
      kept.counts[to] = count
      size += 1
    }
    table = kept
  }

  return { add }
}

/** Open addressing, at most half full. A count of 0 is an empty slot. */
interface Table {
  readonly lows: Int32Array
  readonly highs: Int32Array
  readonly counts: Float64Array
}

function createTable(slots: number): Table {
  return { lows: new Int32Array(slots), highs: new Int32Array(slots), counts: new Float64Array(slots) }
}

/** The slot of a name, or the empty one where it belongs. */
function findSlot({ lows, highs, counts }: Table, low: number, high: number): number {
  const mask = counts.length - 1
  let slot = (low ^ (low >>> 15)) & mask
  while (counts[slot] !== 0 && (lows[slot] !== low || highs[slot] !== high)) slot = (slot + 1) & mask
  return slot
}

const FNV_BASIS = 0x811c9dc5
const OTHER_BASIS = 0x2f0b4c47
const FNV_PRIME = 0x01000193

/** FNV-1a over UTF-16 units, and one more step, so that an owner and a name are not one longer name. */
function hashText(text: string, basis: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  return Math.imul(hash ^ (hash >>> 13) ^ text.length, FNV_PRIME)
}
