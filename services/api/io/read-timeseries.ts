import { z } from 'zod'
import type { CountedRequests } from '../../../shared/domain/counted-requests.ts'
import type { Store } from '../../../shared/store/store.ts'
import { type NormalSums, normalBand, normalRateOf, roundRate } from '../core/normal-rate.ts'
import { fillSteps, type StepCounts, type StepWindow } from '../core/time-steps.ts'
import { countingOf, IN_RANGE, OF_SERVICE, SETTINGS, SLOT, SUMS, sumsRow, TOTAL } from './cell-queries.ts'
import type { Keep } from './keep-answers.ts'
import type { ReadSpans } from './read-incident-spans.ts'

export const GROUPINGS = ['version', 'route', 'region', 'status', 'host'] as const
export type Grouping = (typeof GROUPINGS)[number]

export interface TimeseriesRequest {
  readonly env: string
  readonly service: string
  /** `METHOD route`, a version, a region: empty when any will do. */
  readonly route: string
  readonly version: string
  readonly region: string
  /** What `errors` are. Of slow requests neither region, status nor host is known. */
  readonly counted: CountedRequests
  readonly groupBy: Grouping | undefined
  readonly window: StepWindow
}

export interface Timeseries {
  readonly total: { readonly requests: number[]; readonly errors: number[] }
  readonly normal: Normal | null
  readonly groups: { name: string; is_rest: boolean; requests: number[]; errors: number[] }[]
}

interface Normal {
  readonly rate: number
  readonly low: (number | null)[]
  readonly high: (number | null)[]
}

const GROUPS_MAX = 10
/** Before the window, for what is normal. */
const HISTORY_SECONDS = 24 * 3_600
/** A day that ends some minutes earlier has the same normal. */
const HISTORY_SHIFT = 600
const HISTORY_STEP_MIN = 60
const HISTORY_STEP_MAX = 3_600

const IN_SCOPE = `({route:String} = '' OR concat(method, ' ', route) = {route:String})
  AND ({version:String} = '' OR version = {version:String})`
const IN_REGION = `({region:String} = '' OR region = {region:String})`
const WHERE = `${OF_SERVICE} AND ${IN_RANGE} AND ${IN_SCOPE}`

const stepRow = z
  .object({ slot: z.coerce.number(), total: z.number(), failed: z.number() })
  .transform(({ slot, total, failed }): StepCounts => ({ slot, requests: total, errors: failed }))

const groupRow = z.object({
  name: z.string(),
  is_rest: z.number(),
  slots: z.array(z.coerce.number()),
  totals: z.array(z.number()),
  errors: z.array(z.number()),
})

export interface TimeseriesDeps {
  readonly query: Store['query']
  readonly readSpans: ReadSpans
  /** What is normal over a day hardly moves. */
  readonly keepNormals: Keep<NormalSums | undefined>
}

/** The requests and errors of a service by time, what is normal there, and the same by parts of it. */
export async function readTimeseries(deps: TimeseriesDeps, request: TimeseriesRequest): Promise<Timeseries> {
  const { query } = deps
  const { window, groupBy, env, service, route, version, region, counted } = request
  const { failed, parameters } = countingOf(counted, window.cells)
  const scope = { env, service, route, version, region, ...parameters }
  const within = { from: window.from, to: window.to, step: window.step }
  // The parts come to the whole, but for hosts, which only the events know.
  const isWholeAsked = groupBy === undefined || groupBy === 'host'
  const [rows, normal, groups] = await Promise.all([
    isWholeAsked
      ? query(
          stepRow,
          `SELECT ${SLOT}, ${TOTAL}, ${failed} FROM ${sourceOf(request, window.cells)} GROUP BY slot ${SETTINGS}`,
          { ...scope, ...within },
        )
      : [],
    readNormal(deps, request),
    groupBy === undefined ? [] : query(groupRow, groupsSql(groupBy, request), { ...scope, ...within }),
  ])
  const total = fillSteps(isWholeAsked ? rows : addUp(groups), window)
  return {
    total,
    normal: normal === undefined ? null : toBand(normal, total.requests),
    groups: groups.map(({ name, is_rest, slots, totals, errors }) => ({
      name,
      is_rest: is_rest === 1,
      ...fillSteps(
        slots.map((slot, at) => ({ slot, requests: totals[at] ?? 0, errors: errors[at] ?? 0 })),
        window,
      ),
    })),
  }
}

function addUp(groups: readonly z.infer<typeof groupRow>[]): StepCounts[] {
  const bySlot = new Map<number, StepCounts>()
  for (const { slots, totals, errors } of groups) {
    for (const [at, slot] of slots.entries()) {
      const sum = bySlot.get(slot) ?? { slot, requests: 0, errors: 0 }
      bySlot.set(slot, { slot, requests: sum.requests + (totals[at] ?? 0), errors: sum.errors + (errors[at] ?? 0) })
    }
  }
  return [...bySlot.values()]
}

/** Outside incidents, in the window and the day before it; as long as these are the same it is read now and then. */
async function readNormal(
  { query, readSpans, keepNormals }: TimeseriesDeps,
  { window, ...request }: TimeseriesRequest,
) {
  const { env, service, route, version, region, counted } = request
  const { failed, parameters } = countingOf(counted, 'cells_1m')
  const step = Math.min(Math.max(window.step, HISTORY_STEP_MIN), HISTORY_STEP_MAX)
  const from = Math.floor(Math.max(window.from - HISTORY_SECONDS, 0) / HISTORY_SHIFT) * HISTORY_SHIFT
  const range = { from, to: window.to }
  const spans = (await readSpans(range)).filter((span) => span.env === env && span.services.includes(service))
  const scope = { env, service, route, version, region, ...parameters, step }
  const readSums = async () => {
    const [sums] = await query(
      sumsRow,
      `SELECT ${SUMS} FROM (
         SELECT ${SLOT}, ${TOTAL}, ${failed} FROM ${sourceOf(request, 'cells_1m')}
           AND NOT arrayExists((a, b) -> toUnixTimestamp(cell_start) >= a AND toUnixTimestamp(cell_start) < b,
             {spansFrom:Array(UInt32)}, {spansTo:Array(UInt32)})
         GROUP BY slot) ${SETTINGS}`,
      { ...scope, ...range, spansFrom: spans.map((span) => span.from), spansTo: spans.map(({ to }) => to) },
    )
    return sums
  }
  const until = Math.floor(window.to / HISTORY_SHIFT)
  const told = spans.map((span) => [span.from, span.isOpen || span.to])
  const sums = await keepNormals(JSON.stringify([scope, counted.kind, from, until, told]), readSums)
  return sums === undefined ? undefined : normalRateOf(sums)
}

type Cells = StepWindow['cells']

/** Of a whole service there are cells of its own, by the minute. */
function sourceOf(request: Omit<TimeseriesRequest, 'window'>, cells: Cells): string {
  const { route, version, region, counted } = request
  const isWhole = route === '' && version === '' && region === '' && counted.kind === 'statuses'
  return isWhole && cells === 'cells_1m'
    ? `service_cells_1m WHERE ${OF_SERVICE} AND ${IN_RANGE}`
    : partsOf(request, cells)
}

function partsOf({ counted }: Pick<TimeseriesRequest, 'counted'>, cells: Cells): string {
  const where = counted.kind === 'slow' ? WHERE : `${WHERE} AND ${IN_REGION}`
  return `${countingOf(counted, cells).table} WHERE ${where}`
}

function toBand(normal: NonNullable<ReturnType<typeof normalRateOf>>, requests: readonly number[]): Normal {
  const band = requests.map((count) => normalBand(normal, count))
  const edge = (side: 0 | 1) => band.map((ends) => (ends === null ? null : roundRate(ends[side])))
  return { rate: roundRate(normal.rate), low: edge(0), high: edge(1) }
}

/** What a row is said to be of, in the cells and in the events; texts of ours alone. */
const DIMENSIONS: Readonly<Record<Grouping, string>> = {
  version: 'toString(version)',
  route: "concat(method, ' ', route)",
  region: 'toString(region)',
  status: 'toString(status)',
  host: "if(host != '', toString(host), toString(upstream))",
}

/** The parts that failed most, or else were asked most, and the rest of them together; what is asked is read once. */
function groupsSql(groupBy: Grouping, request: TimeseriesRequest): string {
  const { failed } = countingOf(request.counted, request.window.cells)
  // Only the events know which host it was; they are as wide as cells where they are asked.
  const source =
    groupBy === 'host'
      ? `(SELECT *, ts AS cell_start, count AS requests FROM access_events
          WHERE ${OF_SERVICE} AND ts >= toDateTime64({from:UInt32}, 3, 'UTC') AND ts < toDateTime64({to:UInt32}, 3, 'UTC'))
          WHERE ${WHERE} AND ${IN_REGION}`
      : partsOf(request, request.window.cells)
  return `SELECT if(place > ${GROUPS_MAX}, '', part) AS name, place > ${GROUPS_MAX} AS is_rest,
      (sumMap(at, asked, broken) AS summed).1 AS slots, summed.2 AS totals, summed.3 AS errors
    FROM (
      SELECT part, at, asked, broken,
        row_number() OVER (ORDER BY arraySum(broken) DESC, arraySum(asked) DESC, part) AS place
      FROM (
        SELECT part, groupArray(slot) AS at, groupArray(total) AS asked, groupArray(failed) AS broken
        FROM (SELECT ${DIMENSIONS[groupBy]} AS part, ${SLOT}, ${TOTAL}, ${failed} FROM ${source} GROUP BY part, slot)
        GROUP BY part))
    GROUP BY name, is_rest ORDER BY is_rest, arraySum(totals) DESC, name ${SETTINGS}`
}
