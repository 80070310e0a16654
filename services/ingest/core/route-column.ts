// Hot path: mutates and indexes arrays.
import type { RouteDictionary } from './event-columns.ts'
import { createPairTable } from './pair-table.ts'
import { withRow } from './row-array.ts'

/** The routes of a block, one entry for each service and route. */
export interface RouteColumn {
  /** `serviceCode` as in the block's dictionary of services; `routeId` is lasting. Counts `requests` on their entry. */
  put(row: number, serviceCode: number, routeId: number, requests: number): void
  begin(rowsExpected: number): void
  /** The block's column; the next `begin` leaves it alone. */
  finish(rows: number): RouteDictionary
}

export function createRouteColumn(textOf: (routeId: number) => string): RouteColumn {
  let entries = createPairTable()
  let values: string[] = []
  let services: number[] = []
  let requestsOf: number[] = []
  let codes = new Uint32Array(0)

  function put(row: number, serviceCode: number, routeId: number, requests: number): void {
    const entry = entries.numberOf(serviceCode, routeId)
    if (entry === values.length) {
      values.push(textOf(routeId))
      services.push(serviceCode)
      requestsOf.push(0)
    }
    requestsOf[entry] = (requestsOf[entry] as number) + requests
    codes = withRow(codes, row)
    codes[row] = entry
  }

  function begin(rowsExpected: number): void {
    entries = createPairTable()
    values = []
    services = []
    requestsOf = []
    codes = new Uint32Array(rowsExpected)
  }

  function finish(rows: number): RouteDictionary {
    codes = withRow(codes, rows - 1)
    return { codes, values, services, requests: requestsOf }
  }

  return { put, begin, finish }
}
