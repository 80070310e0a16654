import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { roundRate } from '../core/normal-rate.ts'
import type { recordSchema } from '../core/service-view.ts'
import { SETTINGS } from './cell-queries.ts'

export interface RecordRequest {
  /** Empty when any will do; so is the service. */
  readonly env: string
  readonly service: string
  /** Epoch seconds. */
  readonly from: number
  readonly to: number
}

const row = z.object({
  changes: z.coerce.number(),
  guilty: z.coerce.number(),
  verified: z.coerce.number(),
  incidents: z.coerce.number(),
  restored: z.number().nullable(),
})

const IN_TIME = "toDateTime({from:UInt32}, 'UTC') <= began AND began < toDateTime({to:UInt32}, 'UTC')"
const OF = `({env:String} = '' OR env = {env:String}) AND ({service:String} = '' OR service = {service:String})`

/** How often changes broke something in a time, and how long that lasted; the last word of a person counts before ours. */
export async function readRecord(
  query: Store['query'],
  request: RecordRequest,
  blameAt: number,
): Promise<z.infer<typeof recordSchema>> {
  const [record] = await query(
    row,
    `WITH made AS (
       SELECT id, ts AS began FROM changes FINAL WHERE status NOT IN ('deleted', 'cancelled') AND ${OF} AND ${IN_TIME}),
     told AS (
       SELECT service, started_at AS began, resolved_at,
         JSONExtractString(document, 'verification', 'state') = 'confirmed' AS recovered,
         arrayFilter(s -> s.2 >= {blameAt:Float64}, JSONExtract(document, 'suspects', 'Array(Tuple(change_id String, probability Float64))')) AS blamed
       FROM incidents FINAL WHERE ({env:String} = '' OR env = {env:String}) AND NOT JSONHas(document, 'merged_into') AND began >= toDateTime({from:UInt32}, 'UTC')),
     said AS (
       SELECT argMax(verdict, updated_at) AS word, argMax(suspect_id, updated_at) AS suspect, argMax(change_id, updated_at) AS other
       FROM feedback FINAL GROUP BY incident_id),
     named AS (SELECT if(other != '', other, suspect) AS id FROM said WHERE other != '' OR word = 'right')
     SELECT (SELECT count() FROM made) AS changes,
       (SELECT count() FROM made WHERE id IN named OR (id IN (SELECT arrayJoin(blamed).1 FROM told)
         AND id NOT IN (SELECT suspect FROM said WHERE word = 'wrong'))) AS guilty,
       (SELECT count() FROM made WHERE id IN named OR id IN (SELECT blamed[1].1 FROM told WHERE recovered)) AS verified,
       (SELECT count() FROM told WHERE ({service:String} = '' OR service = {service:String}) AND ${IN_TIME}) AS incidents,
       (SELECT quantileExactOrNull(0.5)(toFloat64(dateDiff('second', began, assumeNotNull(resolved_at)))) FROM told
        WHERE ({service:String} = '' OR service = {service:String}) AND ${IN_TIME} AND notEmpty(blamed) AND resolved_at IS NOT NULL) AS restored
     ${SETTINGS}`,
    { env: request.env, service: request.service, from: request.from, to: request.to, blameAt },
  )
  const { changes = 0, guilty = 0, verified = 0, incidents = 0, restored = null } = record ?? {}
  return {
    changes,
    guilty,
    verified,
    change_failure_rate: changes === 0 ? null : roundRate(guilty / changes),
    incidents,
    time_to_restore_s: restored,
  }
}
