import { z } from 'zod'
import type { CountedRequests } from '../../shared/domain/counted-requests.ts'
import type {
  ChartSubject,
  ChartWindow,
  IncidentChart,
  RatePoint,
  RateSeries,
} from '../../shared/faces/incident-chart.ts'
import type { Store } from '../../shared/store/store.ts'
import { countingOf, TOTAL } from '../api/io/cell-queries.ts'

const VERSIONS_MAX = 4

const stepRow = z.object({
  name: z.string(),
  step: z.coerce.number(),
  total: z.number(),
  failed: z.number(),
})

const STEP = `intDiv(toUnixTimestamp(cell_start) - {from:UInt32}, {step:UInt32}) AS step, ${TOTAL}`
const IN_WINDOW = `env = {env:String} AND cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')`
const OF_SUBJECT = `service = {service:String} AND (empty({routes:Array(String)}) OR has({routes:Array(String)}, concat(method, ' ', route)))`

interface ChartRequest {
  readonly env: string
  readonly subject: ChartSubject
  readonly otherServices: readonly string[]
  readonly window: ChartWindow
  /** What counts as an error; of slow requests a step is minutes. */
  readonly counted: CountedRequests
}

/** What a chart shows, counted from the rollups: never more points than the window has steps. */
export async function readChart(query: Store['query'], request: ChartRequest): Promise<IncidentChart> {
  const { subject, otherServices, window } = request
  const { table, failed, parameters: bound } = countingOf(request.counted, 'cells_10s')
  const sums = `${STEP}, ${failed}`
  const within = {
    env: request.env,
    from: window.fromMs / 1_000,
    to: window.toMs / 1_000,
    step: window.stepMs / 1_000,
    ...bound,
  }
  const parameters = { ...within, service: subject.service, routes: subject.routes }
  const total = await query(
    stepRow,
    `SELECT '' AS name, ${sums} FROM ${table} WHERE ${IN_WINDOW} AND ${OF_SUBJECT} GROUP BY step`,
    parameters,
  )
  const versions = await query(
    stepRow,
    `SELECT version AS name, ${sums} FROM ${table} WHERE ${IN_WINDOW} AND ${OF_SUBJECT} AND version IN (
       SELECT version FROM ${table} WHERE ${IN_WINDOW} AND ${OF_SUBJECT} AND version != ''
       GROUP BY version ORDER BY sum(requests) DESC, version LIMIT ${VERSIONS_MAX})
     GROUP BY name, step`,
    parameters,
  )
  const others = await query(
    stepRow,
    `SELECT service AS name, ${sums} FROM ${table} WHERE ${IN_WINDOW} AND has({others:Array(String)}, service) GROUP BY name, step`,
    { ...within, others: otherServices },
  )
  const byVersion = toSeries(versions, window)
  return {
    ...window,
    subject,
    total: { name: subject.service, points: toPoints(total, window) },
    versions: byVersion.length > 1 ? byVersion : [],
    otherServices: toSeries(others, window),
  }
}

type StepRow = z.infer<typeof stepRow>

/** One series a name, in the order of the names. */
function toSeries(rows: readonly StepRow[], window: ChartWindow): RateSeries[] {
  const names = [...new Set(rows.map(({ name }) => name))].toSorted()
  return names.map((name) => ({
    name,
    points: toPoints(
      rows.filter((row) => row.name === name),
      window,
    ),
  }))
}

/** Steps without a row had no requests. */
function toPoints(rows: readonly StepRow[], { fromMs, toMs, stepMs }: ChartWindow): RatePoint[] {
  const byStep = new Map(rows.map((row) => [row.step, row]))
  return Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, step) => {
    const row = byStep.get(step)
    return { requests: row?.total ?? 0, errors: row?.failed ?? 0 }
  })
}
