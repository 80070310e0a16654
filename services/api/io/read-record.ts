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

const INCIDENTS_MAX = 10_000

const toldRow = z.object({
  service: z.string(),
  began: z.number(),
  restored_s: z.number().nullable(),
  is_recovered: z.number(),
  blamed: z.array(z.string()),
})
const saidRow = z.object({ word: z.string(), suspect: z.string(), other: z.string() })
const madeRow = z.object({ changes: z.coerce.number(), guilty: z.coerce.number(), verified: z.coerce.number() })

const TOLD = `SELECT toString(service) AS service, toUnixTimestamp(started_at) AS began,
    toFloat64(dateDiff('second', started_at, resolved_at)) AS restored_s,
    JSONExtractString(document, 'verification', 'state') = 'confirmed' AS is_recovered,
    arrayMap(s -> s.1, arrayFilter(s -> s.2 >= {blameAt:Float64},
      JSONExtract(document, 'suspects', 'Array(Tuple(change_id String, probability Float64))'))) AS blamed
  FROM incidents FINAL
  WHERE ({env:String} = '' OR env = {env:String}) AND NOT JSONHas(document, 'merged_into') AND started_at >= toDateTime({from:UInt32}, 'UTC')
  ORDER BY began LIMIT ${INCIDENTS_MAX} ${SETTINGS}`

/** The last word on each incident. */
const SAID = `SELECT argMax(verdict, updated_at) AS word, argMax(suspect_id, updated_at) AS suspect, argMax(change_id, updated_at) AS other
  FROM feedback FINAL GROUP BY incident_id ${SETTINGS}`

const MADE = `SELECT count() AS changes, countIf(id IN (SELECT arrayJoin({guilty:Array(String)}))) AS guilty,
    countIf(id IN (SELECT arrayJoin({verified:Array(String)}))) AS verified
  FROM changes FINAL WHERE status NOT IN ('deleted', 'cancelled')
    AND ({env:String} = '' OR env = {env:String}) AND ({service:String} = '' OR service = {service:String})
    AND ts >= toDateTime({from:UInt32}, 'UTC') AND ts < toDateTime({to:UInt32}, 'UTC') ${SETTINGS}`

/** How often changes broke something in a time, and how long that lasted; the last word of a person counts before ours. */
export async function readRecord(
  query: Store['query'],
  { env, service, from, to }: RecordRequest,
  blameAt: number,
): Promise<z.infer<typeof recordSchema>> {
  const [told, said] = await Promise.all([query(toldRow, TOLD, { env, from, blameAt }), query(saidRow, SAID)])
  const named = said.filter(({ word, other }) => other !== '' || word === 'right')
  const namedIds = named.map(({ other, suspect }) => other || suspect)
  const acquitted = new Set(said.filter(({ word }) => word === 'wrong').map(({ suspect }) => suspect))
  const notAcquitted = (ids: readonly string[]) => ids.filter((id) => !acquitted.has(id))
  const confirmed = told.flatMap(({ is_recovered, blamed }) => (is_recovered === 1 ? blamed.slice(0, 1) : []))
  const [made] = await query(madeRow, MADE, {
    ...{ env, service, from, to },
    guilty: [...namedIds, ...notAcquitted(told.flatMap(({ blamed }) => blamed))],
    verified: [...namedIds, ...notAcquitted(confirmed)],
  })
  const here = told.filter((one) => (service === '' || one.service === service) && one.began < to)
  const { changes = 0, guilty = 0, verified = 0 } = made ?? {}
  return {
    changes,
    guilty,
    verified,
    change_failure_rate: changes === 0 ? null : roundRate(guilty / changes),
    incidents: here.length,
    time_to_restore_s: medianOf(
      here.flatMap(({ restored_s, blamed }) => (blamed.length > 0 ? (restored_s ?? []) : [])),
    ),
  }
}

/** The lower one of two in the middle; null of nothing. */
function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null
}
