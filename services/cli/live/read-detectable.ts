import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { Detectable } from '../../api/core/service-view.ts'
import { HOUR_KEPT, keepAnswers } from '../../api/io/keep-answers.ts'
import type { DetectorSettings } from '../../detector/core/settings.ts'
import type { CellPage } from '../../detector/io/read-cells.ts'
import { detectSpikes } from '../../detector/service.ts'

const LOOKED_AT_MS = 2 * 3_600_000
const ROWS_MAX = 40_000
const SERVICES_KEPT = 200
/** Judged so many cells at a time, so that others are answered in between. */
const PAGE_CELLS = 60

const routeRow = z.object({
  method: z.string(),
  route: z.string(),
  cells: z.array(z.number()),
  totals: z.array(z.number()),
  errors: z.array(z.number()),
})

/** A row a route: as many numbers as rows of cells are read, without the names beside each. */
const CELLS = `SELECT method, route, groupArray(cell) AS cells, groupArray(total) AS totals, groupArray(failed) AS errors FROM (
    SELECT toUInt32(intDiv(toUnixTimestamp(cell_start), 10)) AS cell, method, route, toFloat64(sum(requests)) AS total,
      toFloat64(sumIf(requests, status BETWEEN 500 AND 599)) AS failed
    FROM cells_10s WHERE env = {env:String} AND service = {service:String}
      AND cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')
    GROUP BY cell, method, route ORDER BY cell DESC LIMIT ${ROWS_MAX})
  GROUP BY method, route ORDER BY method, route SETTINGS max_threads = 1`

interface DetectableDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

/** What the detector would see on each route of a service, by its last two hours: that hardly moves, and is kept for a while. */
export function createDetectableReader({ query, nowMs }: DetectableDeps, settings: DetectorSettings) {
  const keep = keepAnswers<Detectable[]>({ ...HOUR_KEPT, nowMs, answersMax: SERVICES_KEPT })

  async function read(env: string, service: string): Promise<Detectable[]> {
    const to = Math.floor(nowMs() / CELL_MS)
    const routes = await query(routeRow, CELLS, {
      ...{ env, service, from: to * 10 - LOOKED_AT_MS / 1_000, to: to * 10 },
    })
    const detection = await detectSpikes(toPages(routes, { env, service }), settings)
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

  return (env: string, service: string): Promise<Detectable[]> =>
    keep(JSON.stringify([env, service]), () => read(env, service))
}

/** The routes' cells in time order, as the detector reads them. */
function toPages(routes: readonly z.infer<typeof routeRow>[], of: { readonly env: string; readonly service: string }) {
  const rows = routes.flatMap(({ cells, totals, errors }, id) =>
    cells.map((cell, at) => ({ cell, id, requests: totals[at] ?? 0, errors: errors[at] ?? 0 })),
  )
  rows.sort((a, b) => a.cell - b.cell || a.id - b.id)
  return {
    readSeries: async () => routes.map(({ method, route }, id) => ({ ...of, id, method, route })),
    async *readCells() {
      for (let from = rows[0]?.cell ?? 0; from <= (rows.at(-1)?.cell ?? -1); from += PAGE_CELLS) {
        yield toPage(rows.filter(({ cell }) => cell >= from && cell < from + PAGE_CELLS))
        await setImmediate()
      }
    },
  }
}

interface Row {
  readonly cell: number
  readonly id: number
  readonly requests: number
  readonly errors: number
}

function toPage(rows: readonly Row[]): CellPage {
  return {
    rows: rows.length,
    cells: Uint32Array.from(rows, ({ cell }) => cell),
    series: Float64Array.from(rows, ({ id }) => id),
    requests: Float64Array.from(rows, ({ requests }) => requests),
    errors: Float64Array.from(rows, ({ errors }) => errors),
  }
}
