import { z } from 'zod'
import { durationQuantile } from '../../../shared/domain/duration-buckets.ts'
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
  const [statuses, routes, versions, regions, ofRoutes, ofVersions] = await Promise.all([
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
    query(durationsRow, durationsSql("concat(method, ' ', route)"), parameters),
    query(durationsRow, durationsSql('toString(version)'), parameters),
  ])
  const routeLatency = latencyOf(ofRoutes)
  const versionLatency = latencyOf(ofVersions)
  return {
    statuses: Object.fromEntries(statuses.map(({ status, total }) => [String(status), total])),
    routes: routes.map((row) => ({ ...row, latency: routeLatency(`${row.method} ${row.route}`) })),
    versions: versions.map((row) => ({ ...row, latency: versionLatency(row.version) })),
    regions,
  }
}

const durationsRow = z.object({ part: z.string(), buckets: z.array(z.number()), counts: z.array(z.number()) })

function durationsSql(part: string): string {
  return `SELECT part, groupArray(bucket) AS buckets, groupArray(many) AS counts FROM (
      SELECT ${part} AS part, bucket, toFloat64(sum(requests)) AS many FROM durations_1m ${WHERE} GROUP BY part, bucket)
    GROUP BY part ${SETTINGS}`
}

function latencyOf(rows: readonly z.infer<typeof durationsRow>[]) {
  const byPart = new Map(rows.map((row) => [row.part, row]))
  return (part: string) => {
    const { buckets = [], counts: many = [] } = byPart.get(part) ?? {}
    const durations = buckets.map((bucket, at) => ({ bucket, requests: many[at] ?? 0 }))
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => durationQuantile(durations, share))
    if (p50 == null || p95 == null || p99 == null) return null
    return { p50: roundRate(p50), p95: roundRate(p95), p99: roundRate(p99) }
  }
}
