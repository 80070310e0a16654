import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import type { outcomeSchema } from '../core/change-view.ts'
import { judgeChange, type RequestCounts } from '../core/judge-change.ts'
import { roundRate } from '../core/normal-rate.ts'
import { toSeconds } from '../core/time-steps.ts'
import { FAILED, IN_RANGE, SETTINGS, TOTAL } from './cell-queries.ts'

export type ChangeOutcome = z.infer<typeof outcomeSchema>

/** Of a change, what says where and when it took effect. */
export interface MadeChange {
  readonly id: string
  readonly env: string
  /** Empty: the whole platform. */
  readonly service: string
  readonly startedAtMs: number
  readonly finishedAtMs: number
}

export interface OutcomeDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

const AROUND_SECONDS = 30 * 60
const MINUTE = 60
const WEEK_SECONDS = 7 * 24 * 3_600

/** How each change turned out, in their order. */
export async function readOutcomes(
  { query, nowMs }: OutcomeDeps,
  changes: readonly MadeChange[],
  blameAt: number,
): Promise<ChangeOutcome[]> {
  if (changes.length === 0) return []
  const spans = changes.map((change) => toSpan(change, nowMs()))
  const [counts, blames] = await Promise.all([readCounts(query, spans), readBlames(query, spans)])
  return spans.map((span, at) => {
    const { before, after } = counts.get(at + 1) ?? { before: NOTHING, after: NOTHING }
    const { probability, incidentId, isCleared } = blames.get(span.id) ?? UNMENTIONED
    const sinceMs = nowMs() - span.after * 1_000
    return {
      verdict: judgeChange({ before, after, sinceMs, probability, isCleared }, blameAt),
      incident_id: incidentId ?? null,
      probability: probability ?? null,
      before: withRate(before),
      after: withRate(after),
    }
  })
}

const NOTHING: RequestCounts = { requests: 0, errors: 0 }

function withRate({ requests, errors }: RequestCounts) {
  return { requests, errors, error_rate: requests === 0 ? null : roundRate(errors / requests) }
}

/** Epoch seconds on whole minutes: it began at `began`, and is in effect from `after` on. */
interface Span {
  readonly id: string
  readonly env: string
  readonly service: string
  readonly began: number
  readonly after: number
}

function toSpan({ id, env, service, startedAtMs, finishedAtMs }: MadeChange, nowMs: number): Span {
  const began = Math.floor(toSeconds(startedAtMs) / MINUTE) * MINUTE
  const after = Math.ceil(toSeconds(Math.min(finishedAtMs, nowMs)) / MINUTE) * MINUTE
  return { id, env, service, began, after: Math.max(began, after) }
}

const countsRow = z
  .object({
    number: z.number(),
    total_before: z.number(),
    failed_before: z.number(),
    total_after: z.number(),
    failed_after: z.number(),
  })
  .transform(({ number, total_before, failed_before, total_after, failed_after }) => ({
    number,
    before: { requests: total_before, errors: failed_before },
    after: { requests: total_after, errors: failed_after },
  }))

/** By the number of the span, from 1. */
async function readCounts(query: Store['query'], spans: readonly Span[]) {
  const rows = await query(
    countsRow,
    `SELECT number, sumIf(total, at < {began:Array(UInt32)}[number]) AS total_before,
       sumIf(failed, at < {began:Array(UInt32)}[number]) AS failed_before,
       sumIf(total, at >= {after:Array(UInt32)}[number]) AS total_after,
       sumIf(failed, at >= {after:Array(UInt32)}[number]) AS failed_after
     FROM (
       SELECT env, service, toUnixTimestamp(cell_start) AS at, ${TOTAL}, ${FAILED} FROM cells_1m
       WHERE ${IN_RANGE} AND has({envs:Array(String)}, env)
         AND (has({services:Array(String)}, '') OR has({services:Array(String)}, service))
       GROUP BY env, service, at)
     ARRAY JOIN arrayFilter(
       (i, e, s, b, a) -> e = env AND (s = '' OR s = service) AND at >= b - ${AROUND_SECONDS} AND at < a + ${AROUND_SECONDS},
       arrayEnumerate({began:Array(UInt32)}), {envs:Array(String)}, {services:Array(String)},
       {began:Array(UInt32)}, {after:Array(UInt32)}) AS number
     GROUP BY number ${SETTINGS}`,
    {
      ...rangeOf(spans, AROUND_SECONDS),
      envs: spans.map(({ env }) => env),
      services: spans.map(({ service }) => service),
      began: spans.map(({ began }) => began),
      after: spans.map(({ after }) => after),
    },
  )
  return new Map(rows.map(({ number, before, after }) => [number, { before, after }]))
}

function rangeOf(spans: readonly Span[], around: number): { from: number; to: number } {
  return {
    from: Math.max(Math.min(...spans.map(({ began }) => began)) - around, 0),
    to: Math.max(...spans.map(({ after }) => after)) + around,
  }
}

interface Blame {
  readonly probability: number | undefined
  readonly incidentId: string | undefined
  readonly isCleared: boolean
}

const UNMENTIONED: Blame = { probability: undefined, incidentId: undefined, isCleared: false }

const blameRow = z.object({ incident_id: z.string(), change_id: z.string(), probability: z.number() })

/** What incidents say of each change: the likeliest that one holds it to be the cause, or that one clears it. */
async function readBlames(query: Store['query'], spans: readonly Span[]): Promise<Map<string, Blame>> {
  const rows = await query(
    blameRow,
    `SELECT id AS incident_id, said.1 AS change_id, said.2 AS probability FROM (
       SELECT id, arrayJoin(arrayConcat(
         arrayMap(s -> (s.1, s.2), JSONExtract(document, 'suspects', 'Array(Tuple(change_id String, probability Float64))')),
         arrayMap(c -> (c.1, toFloat64(-1)), JSONExtract(document, 'cleared', 'Array(Tuple(change_id String))')))) AS said
       FROM incidents FINAL
       WHERE started_at >= toDateTime({from:UInt32}, 'UTC') AND started_at < toDateTime({to:UInt32}, 'UTC')
         AND NOT JSONHas(document, 'merged_into'))
     WHERE has({ids:Array(String)}, change_id) ORDER BY probability ${SETTINGS}`,
    { ...rangeOf(spans, WEEK_SECONDS), ids: spans.map(({ id }) => id) },
  )
  const blames = new Map<string, Blame>()
  for (const { change_id, incident_id, probability } of rows) {
    const isCleared = probability < 0 || blames.get(change_id)?.isCleared === true
    blames.set(
      change_id,
      probability < 0
        ? { ...UNMENTIONED, isCleared }
        : { probability: roundRate(probability), incidentId: incident_id, isCleared },
    )
  }
  return blames
}
