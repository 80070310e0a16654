const CELL_MS = 10_000

/** When the shop's hours end, and its fault is five minutes old. */
export const SHOP_NOW_MS = Date.parse('2026-10-02T14:10:00Z')
const HOURS = 3
const FAULT_CELLS = 30

/**
 * Three hours of two services as rows of `access_events`, by the cell: 30 requests a second of checkout, one in 500 failing,
 * until half of it runs v42, which fails 8 %; search fails nothing.
 */
export function shopRows(): Readonly<Record<string, unknown>>[] {
  const cells = (HOURS * 3_600_000) / CELL_MS
  return Array.from({ length: cells }, (_, cell) => {
    const ts = new Date(SHOP_NOW_MS - (cells - cell) * CELL_MS).toISOString()
    const isBad = cell >= cells - FAULT_CELLS
    const of = (service: string, version: string, status: number, count: number) => ({
      ...{ ts, env: 'prod', service, method: 'POST', route: `/${service}/{id}`, version, status, count },
      ...{ region: cell % 2 === 0 ? 'eu' : 'us', host: `${version}-1` },
    })
    const checkout = isBad
      ? [of('checkout', 'v41', 200, 150), of('checkout', 'v42', 200, 138), of('checkout', 'v42', 500, 12)]
      : [of('checkout', 'v41', 200, 300), ...(cell % 5 === 0 ? [of('checkout', 'v41', 502, 3)] : [])]
    return [...checkout, of('search', 's1', 200, 100)]
  }).flat()
}
