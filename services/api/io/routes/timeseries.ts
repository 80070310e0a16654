import { z } from 'zod'
import { DEFAULT_ENV } from '../../../../shared/domain/access-event.ts'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { CountedRequests } from '../../../../shared/domain/counted-requests.ts'
import { DURATION_BUCKET_MAX, durationBucketEnd } from '../../../../shared/domain/duration-buckets.ts'
import { SERVER_ERRORS } from '../../../../shared/domain/status-range.ts'
import { parseDuration } from '../../../../shared/runtime/duration.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { instantText, nameFilter } from '../../core/list-query.ts'
import type { NormalSums } from '../../core/normal-rate.ts'
import { planSteps } from '../../core/time-steps.ts'
import { HOUR_KEPT, keepAnswers, MINUTE_KEPT } from '../keep-answers.ts'
import type { ReadSpans } from '../read-incident-spans.ts'
import { readLatency } from '../read-latency.ts'
import { GROUPINGS, readTimeseries, type Timeseries } from '../read-timeseries.ts'

export interface TimeseriesRoutesDeps {
  readonly query: Store['query']
  readonly readSpans: ReadSpans
  readonly nowMs: () => number
}

const HOUR_MS = 3_600_000
/** Of steps this long and longer a minute is little, and they are read of the most cells; of others a cell is. */
const KEPT_STEP_SECONDS = 600
const ANSWERS_MAX = 50
/** Six numbers each. */
const NORMALS_MAX = 2_000
type Answer = [Timeseries, Awaited<ReturnType<typeof readLatency>> | undefined]
/** Hosts are counted from raw events. */
const HOSTS_MS_MAX = 6 * HOUR_MS

const stepText = z
  .string()
  .max(20)
  .optional()
  .describe('At least this, such as 10s, 1m or 1h: longer where there would be more than 1,000 points.')
  .transform((text, context) => {
    const stepMs = text === undefined ? undefined : parseDuration(/^\d+$/.test(text) ? `${text}s` : text)
    if (text === undefined || stepMs !== undefined) return stepMs
    context.addIssue({ code: 'custom', message: 'write a duration like 10s, 1m or 1h' })
    return z.NEVER
  })

const STATUSES = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/
const statusesText = z
  .string()
  .regex(STATUSES, 'write a status or a range of them: 404 or 401-403')
  .optional()
  .describe('What counts as an error, such as 404 or 401-403: 500-599 when absent.')
  .transform((text) => {
    if (text === undefined) return SERVER_ERRORS
    const [, from, to = from] = STATUSES.exec(text) ?? []
    return { from: Number(from), to: Number(to) }
  })

const timeseriesQuery = z.object({
  env: nameFilter.transform((env) => env || DEFAULT_ENV),
  from: instantText.optional().describe('An hour before `to` when absent.'),
  to: instantText.optional().describe('Now when absent.'),
  step: stepText,
  group_by: z.enum(GROUPINGS).optional().describe('Also by parts; by host for at most 6 hours.'),
  route: nameFilter.describe('Only this one: `METHOD route`.'),
  version: nameFilter.describe('Only this one.'),
  region: nameFilter.describe('Only this one.'),
  statuses: statusesText,
  slower_than_ms: z.coerce
    .number()
    .min(1)
    .max(durationBucketEnd(DURATION_BUCKET_MAX))
    .optional()
    .describe(
      'Counts requests that take longer as errors, instead of statuses: by the minute, and by version and route alone; to the nearest half power of two.',
    ),
})

const counts = z.array(z.number())
const durations = z.array(z.number().nullable())
const timeseriesSchema = z
  .object({
    service: z.string(),
    env: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step_s: z.number().describe('Seconds. The n-th entry of every list is the step from `from` + n · step_s.'),
    requests: counts,
    errors: counts.describe('Requests answered with 5xx, or what `statuses` or `slower_than_ms` names.'),
    normal: z
      .object({
        rate: z.number().describe('Share of requests that fail while nothing is wrong.'),
        low: z.array(z.number().nullable()),
        high: z.array(z.number().nullable()),
      })
      .nullable()
      .describe(
        'The error rate while nothing is wrong, and how far chance takes a step from it; null where too little is known.',
      ),
    latency: z
      .object({ p50: durations, p95: durations, p99: durations })
      .nullable()
      .describe(
        'Milliseconds that half, 95 % and 99 % of the requests took at most, within some percent; counted by the minute. null where the log has no durations, and for one region alone.',
      ),
    groups: z.array(
      z.object({
        name: z.string().describe('Empty where the log does not say.'),
        is_rest: z.boolean().describe('All that have no entry of their own.'),
        requests: counts,
        errors: counts,
      }),
    ),
  })
  .meta({ id: 'Timeseries' })

const SLOW_BY = ['version', 'route', undefined]

function countedOf(asked: z.output<typeof timeseriesQuery>): CountedRequests {
  const { statuses, slower_than_ms: slowerThanMs, region, group_by } = asked
  if (slowerThanMs === undefined) return { kind: 'statuses', statuses }
  if (region !== '' || !SLOW_BY.includes(group_by))
    throw new HttpError('bad_parameter', 'slower_than_ms: durations are counted by version and route alone')
  return { kind: 'slow', slowerThanMs }
}

/** `GET /api/v1/services/{name}/timeseries`: requests and errors by time, whole or by version, route, region, status or host. */
export function timeseriesRoutes(
  { query, readSpans, nowMs }: TimeseriesRoutesDeps,
  { fineCellsMs }: { readonly fineCellsMs: number },
): HttpRoutes {
  const kept = { nowMs, answersMax: ANSWERS_MAX }
  const keepLong = keepAnswers<Answer>({ ...MINUTE_KEPT, ...kept })
  const keepShort = keepAnswers<Answer>({ freshMs: CELL_MS / 2, keptMs: CELL_MS, ...kept })
  const keepNormals = keepAnswers<NormalSums | undefined>({ ...HOUR_KEPT, nowMs, answersMax: NORMALS_MAX })
  const deps = { query, readSpans, keepNormals }
  return async (server) => {
    server.get(
      '/api/v1/services/:name/timeseries',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Requests and errors of a service by time',
          tags: ['services'],
          params: z.object({ name: z.string() }),
          querystring: timeseriesQuery,
          response: { 200: timeseriesSchema },
        },
      },
      async (request) => {
        const { env, step, group_by, route, version, region, to = nowMs(), from = to - HOUR_MS } = request.query
        const service = request.params.name
        const counted = countedOf(request.query)
        // How long requests took is counted by the minute.
        const fineSinceMs = counted.kind === 'slow' ? Number.POSITIVE_INFINITY : nowMs() - fineCellsMs
        const window = planSteps({ fromMs: from, toMs: to, stepMs: step, fineSinceMs })
        if (window === undefined) throw new HttpError('bad_parameter', 'from: is not before to')
        if (group_by === 'host' && to - from > HOSTS_MS_MAX)
          throw new HttpError('bad_parameter', 'group_by: hosts are counted over 6 hours at most')
        const scope = { env, service, route, version, region, counted, groupBy: group_by, window }
        const read = () =>
          Promise.all([readTimeseries(deps, scope), region === '' ? readLatency(query, scope) : undefined])
        const keep = window.step >= KEPT_STEP_SECONDS ? keepLong : keepShort
        const [{ total, normal, groups }, latency] = await keep(JSON.stringify(scope), read)
        return {
          ...{ service, env, step_s: window.step, ...total, normal, latency: latency ?? null, groups },
          from: new Date(window.from * 1_000).toISOString(),
          to: new Date(window.to * 1_000).toISOString(),
        }
      },
    )
  }
}
