import { z } from 'zod'

// SQL that more than one view of the cells is made of. Only texts of ours enter it; what people ask for is bound.

export const SERVER_ERROR = 'status BETWEEN 500 AND 599'
// No alias may bear a column's name: the engine would put the aggregate wherever the column is meant.
export const TOTAL = 'toFloat64(sum(requests)) AS total'
export const FAILED = `toFloat64(sumIf(requests, ${SERVER_ERROR})) AS failed`
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
