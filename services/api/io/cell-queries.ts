import { z } from 'zod'
import type { CountedRequests } from '../../../shared/domain/counted-requests.ts'
import { durationBucketOf } from '../../../shared/domain/duration-buckets.ts'
import type { QueryParameter } from '../../../shared/store/store.ts'

// SQL that more than one view of the cells is made of. Only texts of ours enter it; what people ask for is bound.

export const SERVER_ERROR = 'status BETWEEN 500 AND 599'
// No alias may bear a column's name: the engine would put the aggregate wherever the column is meant.
export const TOTAL = 'toFloat64(sum(requests)) AS total'
export const FAILED = `toFloat64(sumIf(requests, ${SERVER_ERROR})) AS failed`
/** Where bad requests are counted, as which aggregate, and what has to be bound for it. */
export interface Counting {
  readonly table: string
  readonly failed: string
  readonly parameters: Readonly<Record<string, QueryParameter>>
}

/** `cells`: where requests are counted by their status. How long they took is counted by the minute. */
export function countingOf(counted: CountedRequests, cells: string): Counting {
  if (counted.kind === 'slow') {
    const failed = 'toFloat64(sumIf(requests, bucket > {fastUntil:UInt8})) AS failed'
    return { table: 'durations_1m', failed, parameters: { fastUntil: durationBucketOf(counted.slowerThanMs) } }
  }
  const failed = 'toFloat64(sumIf(requests, status BETWEEN {failedFrom:UInt16} AND {failedTo:UInt16})) AS failed'
  return { table: cells, failed, parameters: { failedFrom: counted.statuses.from, failedTo: counted.statuses.to } }
}

export const IN_RANGE = "cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')"
export const OF_SERVICE = 'env = {env:String} AND service = {service:String}'
export const SLOT = 'intDiv(toUnixTimestamp(cell_start) - {from:UInt32}, {step:UInt32}) AS slot'

/** One page of work for the engine: it is asked by many at once, and ingest goes first. Seconds. */
export const SETTINGS = 'SETTINGS max_threads = 1, max_execution_time = 20'

export const sumsRow = z.object({
  steps: z.coerce.number(),
  n: z.number(),
  e: z.number(),
  nn: z.number(),
  ee: z.number(),
  ne: z.number(),
})

/** Of the steps `(n, e)` of a subquery. */
export const SUMS = `count() AS steps, sum(total) AS n, sum(failed) AS e, sum(total * total) AS nn,
  sum(failed * failed) AS ee, sum(total * failed) AS ne`

const OF_DETECTORS = "startsWith(name, 'detector')"

/** The first cell that was not judged yet of any part of the services; each detector has a part, and notes how far it is. */
export const JUDGED_CELL = `(SELECT min(position) FROM checkpoints FINAL WHERE ${OF_DETECTORS} AND updated_at >= (
    SELECT max(updated_at) FROM checkpoints WHERE ${OF_DETECTORS}) - INTERVAL 10 MINUTE)`

/** One that says nothing for so long is not reading, but gone. */
const STARTING_SECONDS = 300
const IS_START = "startsWith(name, 'starting ')"

/** The cell that a detector has come to which reads the past before it judges anything; 0 where none does. As of `now`. */
export const STARTING_CELL = `(SELECT min(reached) FROM (
    SELECT argMaxIf(position, updated_at, ${IS_START}) AS reached, maxIf(updated_at, ${IS_START}) AS noted_at FROM checkpoints
    WHERE ${OF_DETECTORS} OR startsWith(name, 'starting detector') GROUP BY replaceOne(name, 'starting ', '')
    HAVING noted_at > maxIf(updated_at, NOT ${IS_START}) AND noted_at >= toDateTime({now:UInt32}, 'UTC') - ${STARTING_SECONDS}))`
