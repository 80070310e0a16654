// Hot path: mutates and indexes arrays, several parameters.
import type { RouteDictionary } from './event-columns.ts'
import { createPairTable } from './pair-table.ts'
import { withRows } from './row-array.ts'

/** The routes of a block, one entry for each service and route. */
export interface RouteColumn {
  /**
   * Makes services (codes of the block's dictionary) and routes (lasting ids) the rows from `firstRow` on, and counts the
   * requests of each row, `counts[row]`, on its entry.
   */
  put(firstRow: number, serviceCodes: Int32Array, routeIds: Int32Array, lines: number, counts: Uint32Array): void
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): RouteDictionary
}

export function createRouteColumn(textOf: (routeId: number) => string): RouteColumn {
  let entries = createPairTable()
  let values: string[] = []
  let services: number[] = []
  let requests: number[] = []
  let codes = new Uint32Array(0)

  function put(
    firstRow: number,
    serviceCodes: Int32Array,
    routeIds: Int32Array,
    lines: number,
    counts: Uint32Array,
  ): void {
    codes = withRows(codes, firstRow + lines)
    for (let line = 0; line < lines; line++) {
      const entry = entries.numberOf(serviceCodes[line] as number, routeIds[line] as number)
      if (entry === values.length) {
        values.push(textOf(routeIds[line] as number))
        services.push(serviceCodes[line] as number)
        requests.push(0)
      }
      requests[entry] = (requests[entry] as number) + (counts[firstRow + line] as number)
      codes[firstRow + line] = entry
    }
  }

  function begin(rowsExpected: number): void {
    entries = createPairTable()
    values = []
    services = []
    requests = []
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): RouteDictionary {
    codes = withRows(codes, rows)
    return { codes, values, services, requests }
  }

  return { put, begin, finish }
}
