import { z } from 'zod'
import type { DurationCount } from '../../../shared/domain/duration-buckets.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { ServiceMinute } from '../core/latency.ts'
import { ALL, OF_PART, partParameters } from './part.ts'

/** Minutes (epoch time / 60 s): from the first to before the second. */
export interface MinuteRange {
  readonly from: number
  readonly to: number
}

/** What every service did in one minute. */
export interface MinuteOf<Of> {
  readonly minute: number
  readonly services: readonly Of[]
}

export const ALL_MINUTES: MinuteRange = { from: 0, to: 2 ** 32 / 60 - 1 }
/** The engine hands a result over whole: as many rows as fit well in memory, and an hour at the least. */
const PAGE_ROWS = 50_000

export const WITHIN = `cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')
       AND ${OF_PART}`

const minuteRow = z
  .object({
    minute: z.number(),
    env: z.string(),
    service: z.string(),
    buckets: z.array(z.number()),
    counts: z.array(z.number()),
  })
  .transform(({ buckets, counts, ...row }) => {
    const requestsByBucket = buckets.map((bucket, at): DurationCount => ({ bucket, requests: counts[at] ?? 0 }))
    return { ...row, counts: requestsByBucket }
  })

/** The durations of the range and the share, minute by minute in time order; minutes without any are left out. */
export async function* readDurations(
  store: Pick<Store, 'query'>,
  range = ALL_MINUTES,
  share = ALL,
): AsyncGenerator<MinuteOf<ServiceMinute>> {
  const [first, end] = [Math.floor(range.from) * 60, Math.floor(range.to) * 60]
  const hours = await store.query(
    z.object({ hour: z.number(), row_count: z.coerce.number() }),
    `SELECT intDiv(toUnixTimestamp(cell_start), 3600) AS hour, uniqExact(env, service, cell_start) AS row_count
     FROM durations_1m WHERE ${WITHIN} GROUP BY hour ORDER BY hour`,
    { from: first, to: end, ...partParameters(share) },
  )
  let from = hours[0]?.hour
  let rows = 0
  for (const [index, { hour, row_count }] of hours.entries()) {
    rows += row_count
    if (from === undefined || (rows < PAGE_ROWS && index < hours.length - 1)) continue
    const seconds = { from: Math.max(first, from * 3600), to: Math.min(end, (hour + 1) * 3600) }
    yield* minutesOf(await store.query(minuteRow, DURATIONS, { ...seconds, ...partParameters(share) }))
    from = hours[index + 1]?.hour
    rows = 0
  }
}

const DURATIONS = `SELECT minute, env, service, groupArray(bucket) AS buckets, groupArray(many) AS counts FROM (
    SELECT toUInt32(intDiv(toUnixTimestamp(cell_start), 60)) AS minute, env, service, bucket, toFloat64(sum(requests)) AS many
    FROM durations_1m WHERE ${WITHIN} GROUP BY minute, env, service, bucket)
  GROUP BY minute, env, service ORDER BY minute, env, service`

/** Rows in order of their minute, a minute at a time. */
export function* minutesOf<Of>(rows: readonly (Of & { readonly minute: number })[]): Generator<MinuteOf<Of>> {
  let services: Of[] = []
  for (const [index, row] of rows.entries()) {
    services.push(row)
    if (rows[index + 1]?.minute === row.minute) continue
    yield { minute: row.minute, services }
    services = []
  }
}
