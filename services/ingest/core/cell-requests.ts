// Hot path: mutates and indexes typed arrays.
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { EventColumns } from './event-columns.ts'
import { createPairTable } from './pair-table.ts'

const STATUSES = 1_000
const LARGEST_KEY = 2 ** 31

/**
 * Adds up the requests of each cell (10 s of one env, service, method, route, version, region and status) within a block. A
 * cell's sum stands on its first row, and 0 on its other rows: the rollups are then a filter over the rows and no grouping,
 * and yet come from the same insert as the rows, so that nothing can store one without the other.
 */
export function cellRequests(columns: EventColumns): Float64Array {
  const { rows, atMs, count } = columns
  const series = seriesOfRows(columns)
  const cells = createPairTable()
  const firstRows: number[] = []
  const sums = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const cell = cells.numberOf(series[row] as number, Math.floor((atMs[row] as number) / CELL_MS))
    if (cell === firstRows.length) firstRows.push(row)
    const first = firstRows[cell] as number
    sums[first] = (sums[first] as number) + (count[row] as number)
  }
  return sums
}

/** A number for each row that is the same for all rows of one series and status, and only for those. */
function seriesOfRows({ rows, route, method, env, version, region, status }: EventColumns): Int32Array {
  const keys = Int32Array.from(status.subarray(0, rows))
  let size = STATUSES
  // An entry of the routes has its service in it.
  for (const { codes, values } of [route, method, env, version, region]) {
    if (values.length === 1) continue
    const isRoom = size * values.length < LARGEST_KEY
    if (isRoom) addDigit(keys, codes, values.length)
    else numberPairs(keys, codes)
    size = isRoom ? size * values.length : rows
  }
  return keys
}

function addDigit(keys: Int32Array, codes: Uint32Array, base: number): void {
  for (let row = 0; row < keys.length; row++) keys[row] = (keys[row] as number) * base + (codes[row] as number)
}

function numberPairs(keys: Int32Array, codes: Uint32Array): void {
  const pairs = createPairTable()
  for (let row = 0; row < keys.length; row++) keys[row] = pairs.numberOf(keys[row] as number, codes[row] as number)
}
