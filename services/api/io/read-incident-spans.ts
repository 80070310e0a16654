import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { SETTINGS } from './cell-queries.ts'

/** When something was wrong with a service; epoch seconds. */
export interface IncidentSpan {
  readonly id: string
  readonly env: string
  /** The root and everything else that it showed on. */
  readonly services: readonly string[]
  readonly from: number
  /** The end of `range` while it lasts. */
  readonly to: number
  readonly isOpen: boolean
}

const SPANS_MAX = 500
/** Errors may have begun a little before the onset that is told. */
const BEFORE_ONSET_SECONDS = 120

const row = z.object({
  id: z.string(),
  env: z.string(),
  services: z.array(z.string()),
  began: z.number(),
  ended: z.number().nullable(),
})

/** The incidents that were going on at some time of the range, newest first. */
export async function readIncidentSpans(
  query: Store['query'],
  range: { readonly from: number; readonly to: number },
): Promise<IncidentSpan[]> {
  const rows = await query(
    row,
    `SELECT id, env, toUnixTimestamp(started_at) AS began, toUnixTimestamp(resolved_at) AS ended,
       arrayDistinct(arrayConcat([toString(service)], JSONExtract(document, 'affected', 'Array(Tuple(service String))').service)) AS services
     FROM incidents FINAL
     WHERE started_at < toDateTime({to:UInt32}, 'UTC') AND (resolved_at IS NULL OR resolved_at >= toDateTime({from:UInt32}, 'UTC'))
     ORDER BY began DESC, id LIMIT ${SPANS_MAX} ${SETTINGS}`,
    { from: range.from, to: range.to },
  )
  return rows.map(({ began, ended, ...span }) => ({
    ...span,
    from: Math.max(began - BEFORE_ONSET_SECONDS, 0),
    to: ended ?? range.to,
    isOpen: ended === null,
  }))
}
