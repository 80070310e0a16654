import { z } from 'zod'
import type { StatusRange } from '../../shared/domain/status-range.ts'
import type {
  ChartSubject,
  ChartWindow,
  IncidentChart,
  RatePoint,
  RateSeries,
} from '../../shared/faces/incident-chart.ts'
import type { Store } from '../../shared/store/store.ts'

const VERSIONS_MAX = 4

const stepRow = z.object({
  name: z.string(),
  step: z.coerce.number(),
  requests_sum: z.coerce.number(),
  errors_sum: z.coerce.number(),
})

const SUMS = `intDiv(toUnixTimestamp(cell_start) - {from:UInt32}, {step:UInt32}) AS step,
    toFloat64(sum(requests)) AS requests_sum, toFloat64(sumIf(requests, status BETWEEN {errorFrom:UInt16} AND {errorTo:UInt16})) AS errors_sum`
const IN_WINDOW = `env = {env:String} AND cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')`
const OF_SUBJECT = `service = {service:String} AND (empty({routes:Array(String)}) OR has({routes:Array(String)}, concat(method, ' ', route)))`

interface ChartRequest {
  readonly env: string
  readonly subject: ChartSubject
  readonly otherServices: readonly string[]
  readonly window: ChartWindow
  /** What counts as an error. */
  readonly errors: StatusRange
}

/** What a chart shows, counted from the 10-second cells: never more points than the window has steps. */
export async function readChart(query: Store['query'], request: ChartRequest): Promise<IncidentChart> {
  const { subject, otherServices, window, errors } = request
  const counted = { errorFrom: errors.from, errorTo: errors.to }
  const parameters = {
    env: request.env,
    service: subject.service,
    routes: subject.routes,
    from: window.fromMs / 1_000,
    to: window.toMs / 1_000,
    step: window.stepMs / 1_000,
    ...counted,
  }
  const total = await query(
    stepRow,
    `SELECT '' AS name, ${SUMS} FROM cells_10s WHERE ${IN_WINDOW} AND ${OF_SUBJECT} GROUP BY step`,
    parameters,
  )
  const versions = await query(
    stepRow,
    `SELECT version AS name, ${SUMS} FROM cells_10s WHERE ${IN_WINDOW} AND ${OF_SUBJECT} AND version IN (
       SELECT version FROM cells_10s WHERE ${IN_WINDOW} AND ${OF_SUBJECT} AND version != ''
       GROUP BY version ORDER BY sum(requests) DESC, version LIMIT ${VERSIONS_MAX})
     GROUP BY name, step`,
    parameters,
  )
  const others = await query(
    stepRow,
    `SELECT service AS name, ${SUMS} FROM cells_10s WHERE ${IN_WINDOW} AND has({others:Array(String)}, service) GROUP BY name, step`,
    {
      env: parameters.env,
      from: parameters.from,
      to: parameters.to,
      step: parameters.step,
      others: otherServices,
      ...counted,
    },
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
    return { requests: row?.requests_sum ?? 0, errors: row?.errors_sum ?? 0 }
  })
}
