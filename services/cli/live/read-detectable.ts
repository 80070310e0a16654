import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { Detectable } from '../../api/core/service-view.ts'
import type { DetectorSettings } from '../../detector/core/settings.ts'
import { detectSpikes } from '../../detector/service.ts'

const LOOKED_AT_MS = 2 * 3_600_000
const ROWS_MAX = 40_000
const KEPT_MS = 60_000
const SERVICES_KEPT = 200

const cellRow = z.object({
  cell: z.number(),
  method: z.string(),
  route: z.string(),
  total: z.number(),
  failed: z.number(),
})

interface DetectableDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

/** What the detector would see on each route of a service, by its last two hours; an answer holds for a minute. */
export function createDetectableReader({ query, nowMs }: DetectableDeps, settings: DetectorSettings) {
  const kept = new Map<string, { readonly atMs: number; readonly found: Promise<Detectable[]> }>()

  async function read(env: string, service: string): Promise<Detectable[]> {
    const to = Math.floor(nowMs() / CELL_MS)
    const rows = await query(
      cellRow,
      `SELECT toUInt32(intDiv(toUnixTimestamp(cell_start), 10)) AS cell, method, route, toFloat64(sum(requests)) AS total,
         toFloat64(sumIf(requests, status BETWEEN 500 AND 599)) AS failed
       FROM cells_10s WHERE env = {env:String} AND service = {service:String}
         AND cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')
       GROUP BY cell, method, route ORDER BY cell DESC LIMIT ${ROWS_MAX} SETTINGS max_threads = 1`,
      { env, service, from: to * 10 - LOOKED_AT_MS / 1_000, to: to * 10 },
    )
    const detection = await detectSpikes(toPages(rows.toReversed(), { env, service }), settings)
    return detection.detectability.map(({ method, route, requestsPerSecond, rises }) => ({
      method,
      route,
      requests_per_second: Number(requestsPerSecond.toPrecision(4)),
      rises: rises.map(({ withinMs, errorRate }) => ({
        within_s: withinMs / 1_000,
        error_rate: errorRate === undefined ? null : Number(errorRate.toPrecision(4)),
      })),
    }))
  }

  return (env: string, service: string): Promise<Detectable[]> => {
    const name = JSON.stringify([env, service])
    const known = kept.get(name)
    if (known !== undefined && nowMs() - known.atMs < KEPT_MS) return known.found
    const found = read(env, service)
    kept.set(name, { atMs: nowMs(), found })
    found.catch(() => kept.delete(name))
    const [oldest] = kept.keys()
    if (kept.size > SERVICES_KEPT && oldest !== undefined) kept.delete(oldest)
    return found
  }
}

/** The rows as the detector reads them. */
function toPages(rows: readonly z.infer<typeof cellRow>[], of: { readonly env: string; readonly service: string }) {
  const ids = new Map<string, { readonly id: number; readonly method: string; readonly route: string }>()
  const series = rows.map(({ method, route }) => {
    const name = `${method} ${route}`
    const known = ids.get(name) ?? { id: ids.size, method, route }
    ids.set(name, known)
    return known.id
  })
  const page = {
    rows: rows.length,
    cells: Uint32Array.from(rows, ({ cell }) => cell),
    series: Float64Array.from(series),
    requests: Float64Array.from(rows, ({ total }) => total),
    errors: Float64Array.from(rows, ({ failed }) => failed),
  }
  return {
    readSeries: async () => [...ids.values()].map((route) => ({ ...of, ...route })),
    async *readCells() {
      yield page
    },
  }
}
