import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import type { outcomeSchema } from '../core/change-view.ts'
import { judgeChange, type RequestCounts } from '../core/judge-change.ts'
import { roundRate } from '../core/normal-rate.ts'
import { toSeconds } from '../core/time-steps.ts'
import { FAILED, IN_RANGE, SETTINGS, TOTAL } from './cell-queries.ts'
import type { KeepEach } from './keep-answers.ts'

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

export interface ChangeCounts {
  readonly before: RequestCounts
  readonly after: RequestCounts
}
/** By a text that names the change and its time. */
type CountsByName = ReadonlyMap<string, ChangeCounts>

export interface OutcomeDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
  /** The counts around changes, whose times are over. */
  readonly keepCounts: KeepEach<ChangeCounts>
  /** Of those whose times are not: they grow by the cell. */
  readonly keepNewCounts: KeepEach<ChangeCounts>
}

const AROUND_SECONDS = 30 * 60
const MINUTE = 60
const DAY_SECONDS = 24 * 3_600
const WEEK_SECONDS = 7 * DAY_SECONDS

/** How each change turned out, in their order. */
export async function readOutcomes(
  deps: OutcomeDeps,
  changes: readonly MadeChange[],
  blameAt: number,
): Promise<ChangeOutcome[]> {
  if (changes.length === 0) return []
  const { query, nowMs } = deps
  const spans = changes.map((change) => toSpan(change, nowMs()))
  const [counts, blames] = await Promise.all([readKeptCounts(deps, spans), readBlames(query, spans)])
  return spans.map((span) => {
    const { before, after } = counts.get(nameOf(span)) ?? { before: NOTHING, after: NOTHING }
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

function nameOf({ id, env, service, began, after }: Span): string {
  return JSON.stringify([id, env, service, began, after])
}

/** Of most changes the half hour after is over, and counting around all of them is most of the work of telling them. */
async function readKeptCounts(
  { query, nowMs, keepCounts, keepNewCounts }: OutcomeDeps,
  spans: readonly Span[],
): Promise<CountsByName> {
  const isOver = ({ after }: Span) => (after + AROUND_SECONDS) * 1_000 < nowMs()
  const over = new Map(spans.filter(isOver).map((span) => [nameOf(span), span]))
  const known = (names: readonly string[]) => names.flatMap((name) => over.get(name) ?? [])
  const under = new Map(spans.filter((span) => !isOver(span)).map((span) => [nameOf(span), span]))
  const counts = await Promise.all([
    keepCounts([...over.keys()], (missing) => readCounts(query, known(missing))),
    keepNewCounts([...under.keys()], (missing) =>
      readCounts(
        query,
        missing.flatMap((name) => under.get(name) ?? []),
      ),
    ),
  ])
  return new Map(counts.flatMap((some) => [...some]))
}

async function readCounts(query: Store['query'], spans: readonly Span[]): Promise<CountsByName> {
  const numbered = spans.map((span, at) => ({ ...span, number: at + 1 }))
  const isWide = ({ service }: Span) => service === ''
  const ofServices = numbered.filter((span) => !isWide(span))
  const ofEverything = numbered.filter(isWide)
  const read = async (sql: string, some: typeof numbered) => {
    if (some.length === 0) return []
    return query(countsRow, sql, {
      numbers: some.map(({ number }) => number),
      envs: some.map(({ env }) => env),
      services: some.map(({ service }) => service),
      began: some.map(({ began }) => began),
      after: some.map(({ after }) => after),
      from: Math.max(Math.min(...some.map(({ began }) => began)) - AROUND_SECONDS, 0),
      to: Math.max(...some.map(({ after }) => after)) + AROUND_SECONDS,
    })
  }
  const rows = await Promise.all([
    read(countsSql(['env', 'service', 'cell_start']), ofServices),
    read(countsSql(['env', 'cell_start']), ofEverything),
  ])
  const byNumber = new Map(rows.flat().map(({ number, ...counts }) => [number, counts]))
  return new Map(
    numbered.map((span) => [nameOf(span), byNumber.get(span.number) ?? { before: NOTHING, after: NOTHING }]),
  )
}

/** The minutes before and after each span, and of each what its place had. */
function countsSql(place: readonly string[]): string {
  const keys = place.join(', ')
  return `WITH minutes AS (
      SELECT n AS number, e AS env, s AS service, around.1 AS is_after, toDateTime(around.2, 'UTC') AS cell_start
      FROM (
        SELECT n, e, s, arrayJoin(arrayConcat(
          arrayMap(at -> (0, at), range(toUInt32(greatest(toInt64(b) - ${AROUND_SECONDS}, 0)), b, ${MINUTE})),
          arrayMap(at -> (1, at), range(a, a + ${AROUND_SECONDS}, ${MINUTE})))) AS around
        FROM (SELECT 1) ARRAY JOIN {numbers:Array(UInt32)} AS n, {envs:Array(String)} AS e, {services:Array(String)} AS s,
          {began:Array(UInt32)} AS b, {after:Array(UInt32)} AS a))
    SELECT number, sumIf(total, is_after = 0) AS total_before, sumIf(failed, is_after = 0) AS failed_before,
      sumIf(total, is_after = 1) AS total_after, sumIf(failed, is_after = 1) AS failed_after
    FROM (SELECT ${keys}, ${TOTAL}, ${FAILED} FROM service_cells_1m
      WHERE ${IN_RANGE} AND (${keys}) IN (SELECT ${keys} FROM minutes) GROUP BY ${keys}) AS cells
    INNER JOIN minutes USING (${keys}) GROUP BY number ${SETTINGS}`
}

/** In which an incident would have begun that a change is blamed for. */
function rangeOf(spans: readonly Span[]): { from: number; to: number } {
  return {
    from: Math.max(Math.min(...spans.map(({ began }) => began)) - DAY_SECONDS, 0),
    to: Math.max(...spans.map(({ after }) => after)) + WEEK_SECONDS,
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
    { ...rangeOf(spans), ids: spans.map(({ id }) => id) },
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
