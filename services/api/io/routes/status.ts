import { z } from 'zod'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import { INFERRED_SOURCE } from '../../../../shared/domain/change.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { instantText, nameFilter } from '../../core/list-query.ts'
import { toSeconds } from '../../core/time-steps.ts'
import { JUDGED_CELL, SETTINGS, STARTING_CELL } from '../cell-queries.ts'
import { type Keep, keepAnswers, MINUTE_KEPT } from '../keep-answers.ts'
import { keepFindings } from '../keep-findings.ts'

export interface StatusRoutesDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

/** Counted over a day of all services. */
const countRow = z.object({ services: z.coerce.number() })
const SERVICES = `SELECT uniqExact(env, service) AS services FROM service_cells_1m
  WHERE cell_start >= toDateTime({day:UInt32}, 'UTC') ${SETTINGS}`
/** What is there of them, however old. */
const NEWEST_EVER = `SELECT toUnixTimestamp(max(cell_start)) AS newest FROM service_cells_1m ${SETTINGS}`

const DAY_MS = 24 * 3_600_000
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3_600
const SAMPLES_MAX = 100
const LINE_LENGTH_MAX = 500

const time = z.number().transform((seconds) => (seconds === 0 ? null : new Date(seconds * 1_000).toISOString()))
const statusSchema = z
  .object({
    now: z.iso.datetime(),
    newest_event_at: z.iso.datetime().nullable().describe('To ten seconds; null when nothing was ever stored.'),
    judged_until: z.iso.datetime().nullable().describe('Everything before was looked at for incidents.'),
    judged_behind_s: z.number().nullable().describe('null also while a detector starts.'),
    history_read_until: z.iso
      .datetime()
      .nullable()
      .describe(
        'While a detector starts: how far it has read what was stored before. It judges nothing newer until it has.',
      ),
    requests_per_second: z.number().describe('Over the newest one to two minutes, all services.'),
    services: z.number().describe('With requests within a day.'),
    rejected_lines: z.number().describe('Lines within a day that are no events.'),
    changes: z.number().describe('Within a day; those that nobody reported are not counted.'),
    sources: z
      .array(z.object({ source: z.string(), changes: z.number(), newest_at: z.string() }))
      .describe('Where changes came from, within 30 days.'),
  })
  .meta({ id: 'Status' })

const rejectSchema = z.object({
  source: z.string(),
  reason: z.string(),
  lines: z.number(),
  newest_at: z.string(),
  sample: z.object({ line_number: z.number(), line: z.string().describe('As it was, cut and with secrets masked.') }),
})

const rejectRow = z
  .object({
    source: z.string(),
    reason: z.string(),
    lines: z.coerce.number(),
    newest: z.number(),
    line_number: z.coerce.number(),
    line: z.string(),
  })
  .transform(({ newest, line_number, line, ...of }) => ({
    ...of,
    newest_at: new Date(newest * 1_000).toISOString(),
    sample: { line_number, line: line.slice(0, LINE_LENGTH_MAX) },
  }))

/** `GET /api/v1/status`, how the pipeline is doing, and `GET /api/v1/rejects`, what could not be read. */
export function statusRoutes({ query, nowMs }: StatusRoutesDeps): HttpRoutes {
  const keepServices = keepAnswers<number>({ ...MINUTE_KEPT, nowMs, answersMax: 1 })
  const keepStatus = keepFindings<StatusParts>({ query, nowMs }, ['changes', 'checkpoints'])
  return async (server) => {
    server.get(
      '/api/v1/status',
      {
        config: { scope: 'read' },
        schema: { summary: 'How the pipeline is doing', tags: ['self'], response: { 200: statusSchema } },
      },
      async () => toStatus(await keepStatus('', () => readStatus({ query, keepServices }, nowMs())), nowMs()),
    )
    server.get(
      '/api/v1/rejects',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Lines that are no events, by source and reason, with a sample of each',
          tags: ['ingest'],
          querystring: z.object({
            source: nameFilter,
            from: instantText.optional().describe('A day before `to` when absent.'),
            to: instantText.optional().describe('Now when absent.'),
          }),
          response: { 200: z.object({ items: z.array(rejectSchema) }) },
        },
      },
      async ({ query: { source, to = nowMs(), from = to - DAY_MS } }) => ({
        items: await query(rejectRow, REJECTS, { source, from: toSeconds(from), to: toSeconds(to) + 1 }),
      }),
    )
  }
}

const REJECTS = `SELECT source, toString(reason) AS reason, count() AS lines, toUnixTimestamp(max(seen_at)) AS newest,
  argMax(rejects.line_number, seen_at) AS line_number, argMax(rejects.line, seen_at) AS line
FROM rejects WHERE ({source:String} = '' OR source = {source:String})
  AND seen_at >= toDateTime({from:UInt32}, 'UTC') AND seen_at < toDateTime({to:UInt32}, 'UTC')
GROUP BY source, reason ORDER BY lines DESC, source, reason LIMIT ${SAMPLES_MAX} ${SETTINGS}`

const statusRow = z.object({
  newest_minute: z.number(),
  judged_cell: z.coerce.number(),
  starting_cell: z.coerce.number(),
  since_minute: z.number(),
  rejected_lines: z.coerce.number(),
})
const sourceRow = z.object({
  source: z.string(),
  changes: z.coerce.number(),
  of_day: z.coerce.number(),
  newest: z.number(),
})

/** Of the services' minutes, which are few: a minute of the others is read only to say which cell of it is the newest. */
const STATUS = `SELECT toUnixTimestamp(max(cell_start)) AS newest_minute,
  toFloat64(sumIf(requests, cell_start >= toDateTime({minute:UInt32}, 'UTC') AND cell_start < toDateTime({now:UInt32}, 'UTC'))) AS since_minute,
  ${JUDGED_CELL} AS judged_cell, ${STARTING_CELL} AS starting_cell,
  (SELECT count() FROM rejects WHERE seen_at >= toDateTime({day:UInt32}, 'UTC')) AS rejected_lines
FROM service_cells_1m WHERE cell_start >= toDateTime({hour:UInt32}, 'UTC') ${SETTINGS}`

const NEWEST = `SELECT toUnixTimestamp(max(cell_start)) AS newest FROM cells_10s
  WHERE cell_start >= toDateTime({minute:UInt32}, 'UTC') ${SETTINGS}`

const SOURCES = `SELECT JSONExtractString(document, 'source') AS source, count() AS changes, toUnixTimestamp(max(ts)) AS newest,
  countIf(ts >= toDateTime({day:UInt32}, 'UTC')) AS of_day
FROM changes FINAL WHERE status != 'deleted' AND ts >= toDateTime({from:UInt32}, 'UTC')
GROUP BY source ORDER BY changes DESC, source LIMIT ${SAMPLES_MAX} ${SETTINGS}`

interface StatusDeps {
  readonly query: Store['query']
  readonly keepServices: Keep<number>
}

interface StatusParts {
  readonly row: z.infer<typeof statusRow> | undefined
  readonly sources: readonly z.infer<typeof sourceRow>[]
  readonly newest: string | null
  readonly services: number
  /** Epoch seconds: the requests since are counted, until `now`. */
  readonly minute: number
  readonly now: number
}

async function readStatus({ query, keepServices }: StatusDeps, nowMs: number): Promise<StatusParts> {
  const now = toSeconds(nowMs)
  const day = toSeconds(nowMs - DAY_MS)
  // The newest whole minute, and what there is of this one.
  const minute = Math.ceil((now - 2 * MINUTE_SECONDS) / MINUTE_SECONDS) * MINUTE_SECONDS
  const [[row], sources] = await Promise.all([
    query(statusRow, STATUS, {
      now,
      minute,
      hour: now - HOUR_SECONDS,
      day,
    }),
    query(sourceRow, SOURCES, { from: toSeconds(nowMs - 30 * DAY_MS), day }),
  ])
  // All cells are looked through only where nothing came for an hour.
  const newestMinute = row?.newest_minute ?? 0
  const [told] = await (newestMinute === 0
    ? query(z.object({ newest: time }), NEWEST_EVER)
    : query(z.object({ newest: time }), NEWEST, { minute: newestMinute }))
  const newest = told?.newest ?? null
  const countServices = async () => (await query(countRow, SERVICES, { day }))[0]?.services ?? 0
  const services = newest === null ? 0 : await keepServices('', countServices)
  return { row, sources, newest, services, minute, now }
}

/** As of a moment that may be some seconds later. */
function toStatus(
  { row, sources, newest, services, minute, now }: StatusParts,
  nowMs: number,
): z.infer<typeof statusSchema> {
  const judgedMs = (row?.judged_cell ?? 0) * CELL_MS
  const readMs = (row?.starting_cell ?? 0) * CELL_MS
  const isJudging = judgedMs > 0 && readMs === 0
  return {
    now: new Date(nowMs).toISOString(),
    newest_event_at: newest,
    judged_until: judgedMs === 0 ? null : new Date(judgedMs).toISOString(),
    judged_behind_s: isJudging ? Math.max(Math.round((nowMs - judgedMs) / 1_000), 0) : null,
    history_read_until: readMs === 0 ? null : new Date(readMs).toISOString(),
    requests_per_second: (row?.since_minute ?? 0) / (now - minute),
    services,
    rejected_lines: row?.rejected_lines ?? 0,
    changes: sources.reduce((sum, { source, of_day }) => sum + (source === INFERRED_SOURCE ? 0 : of_day), 0),
    sources: sources.map(({ source, changes, newest: at }) => {
      return { source, changes, newest_at: new Date(at * 1_000).toISOString() }
    }),
  }
}
