import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { toSeconds } from '../core/time-steps.ts'
import { SETTINGS } from './cell-queries.ts'
import { keepAnswers } from './keep-answers.ts'

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

interface SpanRange {
  readonly from: number
  readonly to: number
}

/** The incidents that were going on at some time of the range (epoch seconds), newest first. */
export type ReadSpans = (range: SpanRange) => Promise<IncidentSpan[]>

const SPANS_MAX = 500
/** Errors may have begun a little before the onset that is told. */
const BEFORE_ONSET_SECONDS = 120
/** Every call of a page asks for those of a day or some: they are read once for all of them. */
const NEWEST_SECONDS = 9 * 24 * 3_600
const KEPT = { freshMs: 1_000, keptMs: 2_000, answersMax: 1 } as const

const row = z.object({
  id: z.string(),
  env: z.string(),
  services: z.array(z.string()),
  began: z.number(),
  ended: z.number().nullable(),
})
type Row = z.infer<typeof row>

/** What was told of an incident is known to whoever asks two seconds later. */
export function createSpanReader(query: Store['query'], nowMs: () => number): ReadSpans {
  const keepNewest = keepAnswers<Row[]>({ ...KEPT, nowMs })
  return async (range) => {
    const now = toSeconds(nowMs())
    const newest = { from: Math.max(now - NEWEST_SECONDS, 0), to: now }
    const isNewest = range.from >= newest.from && range.to <= newest.to
    const rows = isNewest ? await keepNewest('', () => readRows(query, newest)) : await readRows(query, range)
    return rows.filter((one) => isWithin(one, range)).map((one) => toSpan(one, range))
  }
}

function readRows(query: Store['query'], { from, to }: SpanRange): Promise<Row[]> {
  return query(
    row,
    `SELECT id, env, toUnixTimestamp(started_at) AS began, toUnixTimestamp(resolved_at) AS ended,
       arrayDistinct(arrayConcat([toString(service)], JSONExtract(document, 'affected', 'Array(Tuple(service String))').service)) AS services
     FROM incidents FINAL
     WHERE started_at < toDateTime({to:UInt32}, 'UTC') AND (resolved_at IS NULL OR resolved_at >= toDateTime({from:UInt32}, 'UTC'))
     ORDER BY began DESC, id LIMIT ${SPANS_MAX} ${SETTINGS}`,
    { from, to },
  )
}

function isWithin({ began, ended }: Row, { from, to }: SpanRange): boolean {
  return began < to && (ended === null || ended >= from)
}

function toSpan({ began, ended, ...span }: Row, { to }: SpanRange): IncidentSpan {
  return { ...span, from: Math.max(began - BEFORE_ONSET_SECONDS, 0), to: ended ?? to, isOpen: ended === null }
}
