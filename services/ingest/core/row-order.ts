// Hot path: mutates and indexes typed arrays.
import type { EventColumns, RouteDictionary } from './event-columns.ts'

/** How far all rows of a block together may be moved back in time, a row; what is in worse order is left to the engine. */
const MOVES_PER_ROW_MAX = 8

/**
 * The rows in the order that the engine keeps them in: by service, route and time. Here it costs a pass over small numbers,
 * where the engine compares texts. A log is nearly in order of time; of one that is not, only services and routes are ordered.
 */
export function rowOrder(columns: EventColumns): Uint32Array {
  const { rows, atMs, route } = columns
  const order = new Uint32Array(rows)
  const ends = groupEnds(columns, rankEntries(route, columns.service.values))
  const { ranks, next } = ends
  for (let row = 0; row < rows; row++) {
    const rank = ranks[route.codes[row] as number] as number
    const at = next[rank] as number
    order[at] = row
    next[rank] = at + 1
  }
  let from = 0
  let moves = rows * MOVES_PER_ROW_MAX
  for (const end of next) {
    moves = orderByTime(order, atMs, { from, end, moves })
    if (moves < 0) break
    from = end
  }
  return order
}

/** By service and route, entries of the same text in the same place. */
function rankEntries({ values, services }: RouteDictionary, serviceNames: readonly string[]): Uint32Array {
  const keys = values.map((value, code) => `${serviceNames[services[code] ?? 0] ?? ''}\0${value}`)
  const sorted = Uint32Array.from(keys.keys()).sort((a, b) => compare(keys[a] ?? '', keys[b] ?? ''))
  const ranks = new Uint32Array(keys.length)
  let rank = -1
  let last: string | undefined
  for (const code of sorted) {
    if (keys[code] !== last) rank += 1
    last = keys[code]
    ranks[code] = rank
  }
  return ranks
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Where the rows of each rank begin. */
function groupEnds({ rows, route }: EventColumns, ranks: Uint32Array): { ranks: Uint32Array; next: Uint32Array } {
  const next = new Uint32Array(ranks.length)
  for (let row = 0; row < rows; row++) {
    const rank = ranks[route.codes[row] as number] as number
    next[rank] = (next[rank] as number) + 1
  }
  let total = 0
  for (let rank = 0; rank < next.length; rank++) {
    const count = next[rank] as number
    next[rank] = total
    total += count
  }
  return { ranks, next }
}

/** Returns the moves that are left; negative when there were not enough. */
function orderByTime(
  order: Uint32Array,
  atMs: Float64Array,
  { from, end, moves }: { readonly from: number; readonly end: number; readonly moves: number },
): number {
  let left = moves
  for (let i = from + 1; i < end; i++) {
    const row = order[i] as number
    const at = atMs[row] as number
    let to = i
    while (to > from && (atMs[order[to - 1] as number] as number) > at) {
      order[to] = order[to - 1] as number
      to -= 1
    }
    order[to] = row
    left -= i - to
    if (left < 0) return left
  }
  return left
}
