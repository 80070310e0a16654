import { z } from 'zod'
import { durationQuantile } from '../../../shared/domain/duration-buckets.ts'
import type { Store } from '../../../shared/store/store.ts'
import { roundRate } from '../core/normal-rate.ts'
import { FAILED, IN_RANGE, OF_SERVICE, SETTINGS, TOTAL } from './cell-queries.ts'

const HOUR_SECONDS = 3_600
const PARTS_MAX = 50
const WHERE = `WHERE ${OF_SERVICE} AND ${IN_RANGE}`

/** What the hour before `to` (epoch seconds) was made of: by status, and its worst routes, versions and regions. */
export async function readServiceParts(
  query: Store['query'],
  { env, service, to }: { readonly env: string; readonly service: string; readonly to: number },
) {
  const parameters = { env, service, from: to - HOUR_SECONDS, to }
  const [rows, durations] = await Promise.all([
    query(partRow, PARTS, parameters),
    query(durationsRow, DURATIONS, parameters),
  ])
  const of = (kind: string) => rows.filter((row) => row.kind === kind)
  const worst = (kind: string) => of(kind).toSorted(byErrors).slice(0, PARTS_MAX)
  const latencyOf = latencies(durations)
  return {
    statuses: Object.fromEntries(of('status').map(({ code, total }) => [String(code), total])),
    routes: worst('route').map((row) => {
      const { method, name: route } = row
      return { method, route, ...countsOf(row), latency: latencyOf('route', method, route) }
    }),
    versions: worst('version').map((row) => ({
      version: row.name,
      first_seen: toTime(row.first),
      last_seen: toTime(row.last),
      ...countsOf(row),
      latency: latencyOf('version', '', row.name),
    })),
    regions: worst('region').map((row) => ({ region: row.name, ...countsOf(row) })),
  }
}

const partRow = z.object({
  kind: z.string(),
  code: z.number(),
  method: z.string(),
  name: z.string(),
  total: z.number(),
  failed: z.number(),
  first: z.number(),
  last: z.number(),
})
type PartRow = z.infer<typeof partRow>

/** What a row of several groupings is of. */
const ROUTE_OR_VERSION = `if(grouping(route) = 0, 'route', 'version')`

/** The hour is read once for all of them. */
const PARTS = `SELECT multiIf(grouping(status) = 0, 'status', grouping(region) = 0, 'region', ${ROUTE_OR_VERSION}) AS kind,
    status AS code, toString(method) AS method, toString(multiIf(kind = 'route', route, kind = 'version', version, region)) AS name,
    ${TOTAL}, ${FAILED}, toUnixTimestamp(min(cell_start)) AS first, toUnixTimestamp(max(cell_start)) AS last
  FROM cells_1m ${WHERE} GROUP BY GROUPING SETS ((status), (method, route), (version), (region)) ${SETTINGS}`

function byErrors(a: PartRow, b: PartRow): number {
  return b.failed - a.failed || b.total - a.total || (`${a.method} ${a.name}` < `${b.method} ${b.name}` ? -1 : 1)
}

function countsOf({ total, failed }: PartRow) {
  return { requests: total, errors: failed, error_rate: total === 0 ? null : roundRate(failed / total) }
}

function toTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}

const durationsRow = z.object({
  kind: z.string(),
  method: z.string(),
  name: z.string(),
  buckets: z.array(z.number()),
  counts: z.array(z.number()),
})

const DURATIONS = `SELECT kind, method, name, groupArray(bucket) AS buckets, groupArray(many) AS counts FROM (
    SELECT ${ROUTE_OR_VERSION} AS kind, toString(method) AS method, toString(if(kind = 'route', route, version)) AS name, bucket,
      toFloat64(sum(requests)) AS many
    FROM durations_1m ${WHERE} GROUP BY GROUPING SETS ((method, route, bucket), (version, bucket)))
  GROUP BY kind, method, name ${SETTINGS}`

function latencies(rows: readonly z.infer<typeof durationsRow>[]) {
  const byPart = new Map(rows.map(({ kind, method, name, ...of }) => [JSON.stringify([kind, method, name]), of]))
  return (...part: readonly [kind: string, method: string, name: string]) => {
    const { buckets = [], counts: many = [] } = byPart.get(JSON.stringify(part)) ?? {}
    const durations = buckets.map((bucket, at) => ({ bucket, requests: many[at] ?? 0 }))
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => durationQuantile(durations, share))
    if (p50 == null || p95 == null || p99 == null) return null
    return { p50: roundRate(p50), p95: roundRate(p95), p99: roundRate(p99) }
  }
}
