import { z } from 'zod'
import type { Store } from '../../../shared/store/store.ts'
import { normalRateOf, roundRate } from '../core/normal-rate.ts'
import type { serviceSummarySchema } from '../core/service-view.ts'
import { fillSteps } from '../core/time-steps.ts'
import { FAILED, IN_RANGE, SETTINGS, SLOT, SUMS, sumsRow, TOTAL } from './cell-queries.ts'
import type { Keep } from './keep-answers.ts'
import type { KeepFindings } from './keep-findings.ts'
import { CHANGE_COLUMNS, changeRow, withOutcomes } from './read-changes.ts'
import type { IncidentSpan, ReadSpans } from './read-incident-spans.ts'
import type { OutcomeDeps } from './read-outcomes.ts'

export type ServiceSummary = z.infer<typeof serviceSummarySchema>

export interface ServicesRequest {
  /** Empty when any will do; so is the service. */
  readonly env: string
  readonly service: string
  readonly atMs: number
}

const SERVICES_MAX = 500
const DAY_SECONDS = 24 * 3_600
const NOW_SECONDS = 300
const MINUTE = 60
const SPARK_SECONDS = 3_600
const SPARK_STEP_SECONDS = 120
const NORMAL_STEP_SECONDS = 300
/** Whoever asks as of a time that is no further away asks for the present. */
const PRESENT_MS = 10_000

const IN_FILTER = `({env:String} = '' OR env = {env:String}) AND ({service:String} = '' OR service = {service:String})`
const ofService = { env: z.string(), service: z.string() }
const dayRow = sumsRow.extend(ofService)
const hourRow = z.object({
  ...ofService,
  slots: z.array(z.coerce.number()),
  totals: z.array(z.number()),
  errors: z.array(z.number()),
})
type OfService = { readonly env: string; readonly service: string }

function isSame(a: OfService, b: OfService): boolean {
  return a.env === b.env && a.service === b.service
}
const nowRow = z.object({ ...ofService, total: z.number(), failed: z.number() })

type DayRow = z.infer<typeof dayRow>
type HourRow = z.infer<typeof hourRow>

/** Of each service the newest hour by steps. */
export interface ServicesHour {
  readonly rows: readonly HourRow[]
  /** Epoch seconds. */
  readonly from: number
}

export interface ServicesDeps extends OutcomeDeps {
  readonly readSpans: ReadSpans
  /** As of now, with the changes and incidents there are. */
  readonly keepSummaries: KeepFindings<ServiceSummary[]>
  /** The day's sums, by service: what is normal hardly moves. */
  readonly keepDays: Keep<readonly DayRow[]>
  readonly keepHours: Keep<ServicesHour>
}

interface PastRequest {
  readonly filter: { readonly env: string; readonly service: string }
  /** Epoch seconds. */
  readonly at: number
  readonly spans: readonly IncidentSpan[]
}

async function readDays(query: Store['query'], { filter, at, spans }: PastRequest): Promise<readonly DayRow[]> {
  return query(dayRow, DAY, {
    ...{ ...filter, from: at - DAY_SECONDS, to: at, step: NORMAL_STEP_SECONDS },
    spansEnv: spans.flatMap(({ env: of, services }) => services.map(() => of)),
    spansService: spans.flatMap(({ services }) => services),
    spansFrom: spans.flatMap(({ services, from: began }) => services.map(() => began)),
    spansTo: spans.flatMap(({ services, to }) => services.map(() => to)),
  })
}

async function readHour(query: Store['query'], { filter, at }: Omit<PastRequest, 'spans'>): Promise<ServicesHour> {
  const from = Math.ceil(at / SPARK_STEP_SECONDS) * SPARK_STEP_SECONDS - SPARK_SECONDS
  return { rows: await query(hourRow, HOUR, { ...filter, from, to: at, step: SPARK_STEP_SECONDS }), from }
}

/** Every service that had a request in the day before `atMs`: those with an incident first, then the busiest. */
export async function readServices(
  deps: ServicesDeps,
  request: ServicesRequest,
  blameAt: number,
): Promise<ServiceSummary[]> {
  const { env, service, atMs } = request
  const isPresent = Math.abs(deps.nowMs() - atMs) < PRESENT_MS
  const read = () => readSummaries(deps, { env, service, atMs: isPresent ? deps.nowMs() : atMs, isPresent }, blameAt)
  return isPresent ? deps.keepSummaries(JSON.stringify([env, service]), read) : read()
}

async function readSummaries(
  deps: ServicesDeps,
  { env, service, atMs, isPresent }: ServicesRequest & { readonly isPresent: boolean },
  blameAt: number,
): Promise<ServiceSummary[]> {
  const { query, readSpans, keepDays, keepHours } = deps
  const filter = { env, service }
  const at = Math.floor(atMs / 10_000) * 10
  // Whole minutes and what there is of this one.
  const nowFrom = Math.ceil((at - NOW_SECONDS) / MINUTE) * MINUTE
  const spans = await readSpans({ from: at - DAY_SECONDS, to: at })
  const [nows, changes] = await Promise.all([
    query(nowRow, NOW, { ...filter, from: nowFrom, to: at }),
    query(changeRow, LAST_CHANGES, { ...filter, to: at }),
  ])
  // A service that is new is told at once.
  const hasAll = (rows: readonly OfService[]) =>
    rows.length >= SERVICES_MAX || nows.every((now) => rows.some((row) => isSame(row, now)))
  const ofDay = () => readDays(query, { filter, at, spans })
  const ofHour = () => readHour(query, { filter, at })
  const key = JSON.stringify(filter)
  const [days, { rows: hours, from }, views] = await Promise.all([
    isPresent ? keepDays(key, ofDay, hasAll) : ofDay(),
    isPresent ? keepHours(key, ofHour, ({ rows }) => hasAll(rows)) : ofHour(),
    withOutcomes(deps, changes, blameAt),
  ])
  const window = { from, to: from + SPARK_SECONDS, step: SPARK_STEP_SECONDS, cells: 'cells_1m' as const }
  const summaries = days.map((sums) => {
    const isIt = (row: OfService) => isSame(row, sums)
    const now = nows.find(isIt) ?? { total: 0, failed: 0 }
    const { slots, totals, errors } = hours.find(isIt) ?? { slots: [], totals: [], errors: [] }
    const normalRate = normalRateOf(sums)
    return {
      name: sums.service,
      env: sums.env,
      requests_per_second: roundRate(now.total / (at - nowFrom)),
      errors_per_second: roundRate(now.failed / (at - nowFrom)),
      error_rate: now.total === 0 ? null : roundRate(now.failed / now.total),
      normal_error_rate: normalRate === undefined ? null : roundRate(normalRate.rate),
      sparkline: {
        from: new Date(window.from * 1_000).toISOString(),
        step_s: window.step,
        ...fillSteps(
          slots.map((slot, index) => ({ slot, requests: totals[index] ?? 0, errors: errors[index] ?? 0 })),
          window,
        ),
      },
      last_change: views[changes.findIndex(isIt)]?.item ?? null,
      incidents: spans
        .filter((span) => span.isOpen && span.env === sums.env && span.services.includes(sums.service))
        .map(({ id }) => id),
    }
  })
  return summaries.toSorted(
    (a, b) =>
      Math.sign(b.incidents.length) - Math.sign(a.incidents.length) || b.requests_per_second - a.requests_per_second,
  )
}

/** Steps that something was wrong in are left out. */
const DAY = `SELECT env, service, ${SUMS} FROM (
    SELECT env, service, ${SLOT}, ${TOTAL}, ${FAILED} FROM service_cells_1m WHERE ${IN_RANGE} AND ${IN_FILTER}
    GROUP BY env, service, slot) AS cells
  LEFT JOIN (
    SELECT env, service, groupArray((a, b)) AS spans FROM (SELECT 1)
    ARRAY JOIN {spansEnv:Array(String)} AS env, {spansService:Array(String)} AS service,
      {spansFrom:Array(UInt32)} AS a, {spansTo:Array(UInt32)} AS b
    GROUP BY env, service) AS told USING (env, service)
  WHERE NOT arrayExists(
    span -> {from:UInt32} + slot * {step:UInt32} < span.2 AND {from:UInt32} + (slot + 1) * {step:UInt32} > span.1, spans)
  GROUP BY env, service ORDER BY n DESC, env, service LIMIT ${SERVICES_MAX} ${SETTINGS}`

const HOUR = `SELECT env, service, groupArray(slot) AS slots, groupArray(total) AS totals, groupArray(failed) AS errors FROM (
    SELECT env, service, ${SLOT}, ${TOTAL}, ${FAILED} FROM service_cells_1m WHERE ${IN_RANGE} AND ${IN_FILTER}
    GROUP BY env, service, slot)
  GROUP BY env, service ${SETTINGS}`

const NOW = `SELECT env, service, ${TOTAL}, ${FAILED} FROM service_cells_1m WHERE ${IN_RANGE} AND ${IN_FILTER}
  GROUP BY env, service ${SETTINGS}`

/** Documents are read of the few that are shown. */
const LAST_CHANGES = `SELECT ${CHANGE_COLUMNS}, env, service FROM changes FINAL PREWHERE id IN (
    SELECT argMax(id, ts) FROM changes FINAL
    WHERE status != 'deleted' AND ${IN_FILTER} AND ts < toDateTime({to:UInt32}, 'UTC') AND service != ''
    GROUP BY env, service)
  ORDER BY ts DESC LIMIT ${SERVICES_MAX} ${SETTINGS}`
