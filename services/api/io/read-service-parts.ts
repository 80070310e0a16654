import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { roundRate } from '../core/normal-rate.ts'
import { FAILED, IN_RANGE, OF_SERVICE, SERVER_ERROR, SETTINGS, TOTAL } from './cell-queries.ts'

const HOUR_SECONDS = 3_600
const PARTS_MAX = 50

const time = z.number().transform((seconds) => new Date(seconds * 1_000).toISOString())
const counts = z.object({ total: z.number(), failed: z.number() }).transform(({ total, failed }) => ({
  requests: total,
  errors: failed,
  error_rate: total === 0 ? null : roundRate(failed / total),
}))
const withCounts = <Name extends z.ZodType>(name: Name) => z.intersection(name, counts)
const WHERE = `WHERE ${OF_SERVICE} AND ${IN_RANGE}`
const WORST = `ORDER BY sumIf(requests, ${SERVER_ERROR}) DESC, sum(requests) DESC`

/** What the hour before `to` (epoch seconds) was made of: by status, and its worst routes, versions and regions. */
export async function readServiceParts(
  query: Store['query'],
  { env, service, to }: { readonly env: string; readonly service: string; readonly to: number },
) {
  const parameters = { env, service, from: to - HOUR_SECONDS, to }
  const [statuses, routes, versions, regions] = await Promise.all([
    query(
      z.object({ status: z.number(), total: z.number() }),
      `SELECT status, ${TOTAL} FROM cells_1m ${WHERE} GROUP BY status ORDER BY status ${SETTINGS}`,
      parameters,
    ),
    query(
      withCounts(z.object({ method: z.string(), route: z.string() })),
      `SELECT method, route, ${TOTAL}, ${FAILED} FROM cells_1m ${WHERE} GROUP BY method, route
       ${WORST}, method, route LIMIT ${PARTS_MAX} ${SETTINGS}`,
      parameters,
    ),
    query(
      withCounts(z.object({ version: z.string(), first_seen: time, last_seen: time })),
      `SELECT version, ${TOTAL}, ${FAILED}, toUnixTimestamp(min(cell_start)) AS first_seen,
         toUnixTimestamp(max(cell_start)) AS last_seen
       FROM cells_1m ${WHERE} GROUP BY version ${WORST}, version LIMIT ${PARTS_MAX} ${SETTINGS}`,
      parameters,
    ),
    query(
      withCounts(z.object({ region: z.string() })),
      `SELECT region, ${TOTAL}, ${FAILED} FROM cells_1m ${WHERE} GROUP BY region
       ${WORST}, region LIMIT ${PARTS_MAX} ${SETTINGS}`,
      parameters,
    ),
  ])
  return {
    statuses: Object.fromEntries(statuses.map(({ status, total }) => [String(status), total])),
    routes: routes.map(({ requests, errors, error_rate, ...name }) => ({ ...name, requests, errors, error_rate })),
    versions,
    regions,
  }
}
