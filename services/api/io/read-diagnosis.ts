import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { type Diagnosis, serviceDiagnosisSchema } from '../../../shared/domain/diagnosis.ts'
import type { Store } from '../../../shared/store/store.ts'
import { JUDGED_CELL, SETTINGS, STARTING_CELL } from './cell-queries.ts'

const DAY_SECONDS = 24 * 3_600
const SERVICES_MAX = 200

/** What is stored of the last day, by service. */
export async function readDiagnosis(query: Store['query'], nowMs: number): Promise<Diagnosis> {
  const now = Math.floor(nowMs / 1_000)
  const day = now - DAY_SECONDS
  const services = await query(serviceDiagnosisSchema, SERVICES, { day })
  const [row] = await query(totalsRow, TOTALS, { day, now })
  if (row === undefined) throw new Error('a query of aggregates has one row')
  return {
    now: new Date(nowMs).toISOString(),
    newest_event_at: row.newest === 0 ? null : new Date(row.newest * 1_000).toISOString(),
    judged_until: row.judged === 0 ? null : new Date(row.judged * CELL_MS).toISOString(),
    history_read_until: row.starting === 0 ? null : new Date(row.starting * CELL_MS).toISOString(),
    rejected_lines: row.rejected,
    requests: row.total,
    changes: row.changes,
    services,
  }
}

const totalsRow = z.object({
  newest: z.coerce.number(),
  judged: z.coerce.number(),
  starting: z.coerce.number(),
  rejected: z.coerce.number(),
  total: z.coerce.number(),
  changes: z.coerce.number(),
})

// Before the first cell there is nothing to judge: a detector that has just begun is not days behind.
const TOTALS = `SELECT (SELECT toUnixTimestamp(max(cell_start)) FROM cells_10s) AS newest,
  (SELECT intDiv(toUnixTimestamp(min(cell_start)), ${CELL_MS / 1_000}) FROM cells_10s) AS first_cell,
  ${JUDGED_CELL} AS judged_cell, if(judged_cell = 0, 0, greatest(judged_cell, first_cell)) AS judged,
  ${STARTING_CELL} AS starting,
  (SELECT count() FROM rejects WHERE seen_at >= toDateTime({day:UInt32}, 'UTC')) AS rejected,
  (SELECT sum(requests) FROM cells_1m WHERE cell_start >= toDateTime({day:UInt32}, 'UTC')) AS total,
  (SELECT count() FROM changes FINAL WHERE status != 'deleted' AND ts >= toDateTime({day:UInt32}, 'UTC')) AS changes ${SETTINGS}`

const SERVICES = `SELECT env, service, sum(r) AS requests, sum(v) AS without_version, any(h) AS without_host,
  sumIf(r, route = '__other__') AS overflow, count() AS routes, argMax(route, r) AS biggest_route, max(r) AS biggest_route_requests
FROM (
  SELECT toString(env) AS env, toString(service) AS service, toString(route) AS route, sum(cells_1m.requests) AS r,
    sumIf(cells_1m.requests, version = '') AS v
  FROM cells_1m WHERE cell_start >= toDateTime({day:UInt32}, 'UTC') GROUP BY env, service, route
) AS by_route
LEFT JOIN (
  SELECT toString(env) AS env, toString(service) AS service, sumIf(count, host = '' AND upstream = '') AS h
  FROM access_events WHERE ts >= toDateTime({day:UInt32}, 'UTC') GROUP BY env, service
) AS raw USING (env, service)
GROUP BY env, service ORDER BY requests DESC, env, service LIMIT ${SERVICES_MAX} ${SETTINGS}`
