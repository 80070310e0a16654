import { useState } from 'preact/hooks'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeName } from '../../../../shared/faces/change-words.ts'
import type { ChartMark } from '../../../../shared/faces/chart-marks.ts'
import { percent } from '../../../../shared/faces/words.ts'
import type { Chart } from '../charts/chart.ts'
import { Figure } from '../charts/figure.tsx'
import { readTimeseries, type Timeseries, type TimeseriesQuestion, timeseriesPath } from '../server/timeseries.ts'
import { useAnswer } from '../server/use-answer.ts'
import { shares } from '../words/shares.ts'
import { perSecond, requestRate } from '../words/traffic.ts'
import { useNow } from '../words/use-now.ts'
import { AnswerState } from './answer-state.tsx'
import { countLines, groupLines } from './group-lines.ts'
import { LatencyFigure } from './latency-figure.tsx'

const HOUR_MS = 3_600_000
const RANGES = [
  { label: '1 h', ms: HOUR_MS },
  { label: '6 h', ms: 6 * HOUR_MS },
  { label: '24 h', ms: 24 * HOUR_MS },
  { label: '7 days', ms: 168 * HOUR_MS },
] as const
type Grouping = NonNullable<TimeseriesQuestion['groupBy']>
const GROUPINGS: readonly { readonly by: Grouping; readonly label: string }[] = [
  { by: 'version', label: 'version' },
  { by: 'route', label: 'route' },
  { by: 'region', label: 'region' },
  { by: 'host', label: 'host' },
  { by: 'status', label: 'status' },
]
const POINTS = 180
const FOLLOW_MS = 10_000
const LOW_PX = 140
const MARKS_MAX = 8

interface ServiceChartsProps {
  readonly name: string
  readonly env: string
  readonly changes: readonly Change[]
}

/** Errors and requests of a service over time, and its errors by the parts of it. */
export function ServiceCharts({ name, env, changes }: ServiceChartsProps) {
  const [rangeMs, setRangeMs] = useState<number>(HOUR_MS)
  const [by, setBy] = useState<Grouping>('version')
  const stepMs = Math.max(FOLLOW_MS, Math.ceil(rangeMs / POINTS / FOLLOW_MS) * FOLLOW_MS)
  const nowMs = useNow(FOLLOW_MS)
  const toMs = Math.floor(nowMs / stepMs) * stepMs
  // Hosts are counted over six hours at most.
  const groupBy = by === 'host' && rangeMs > 6 * HOUR_MS ? 'version' : by
  const question = { service: name, env, fromMs: toMs - rangeMs, toMs, stepMs, groupBy }
  const answer = useAnswer(timeseriesPath(question), readTimeseries, { name: `${name} ${env} ${rangeMs} ${groupBy}` })
  return (
    <section class="charts" aria-label="Over time">
      <div class="choices">
        <Choice
          label="Time"
          options={RANGES.map(({ label, ms }) => ({ label, value: ms }))}
          value={rangeMs}
          onChoose={setRangeMs}
        />
        <Choice
          label="Errors by"
          options={GROUPINGS.map(({ label, by: value }) => ({ label, value }))}
          value={groupBy}
          onChoose={setBy}
        />
      </div>
      <AnswerState answer={answer} of="numbers">
        {(series) => <Charts series={series} untilMs={toMs} groupBy={groupBy} changes={changes} />}
      </AnswerState>
    </section>
  )
}

interface ChartsProps {
  readonly series: Timeseries
  /** Nothing is known of what is later. */
  readonly untilMs: number
  readonly groupBy: Grouping
  readonly changes: readonly Change[]
}

function Charts({ series, untilMs, groupBy, changes }: ChartsProps) {
  const { fromMs, stepMs, normal } = series
  const frame = { fromMs, stepMs, band: undefined, marks: [], broken: undefined }
  const failing: Chart = {
    ...frame,
    format: percent,
    lines: [{ name: 'failing', colour: 'ink', values: shares(series) }],
    band: normal ?? undefined,
    marks: marksOf(changes, series),
  }
  const requests: Chart = {
    ...frame,
    format: requestRate,
    lines: [{ name: 'requests', colour: 'ink', values: perSecond(series.requests, series, untilMs) }],
  }
  const isByStatus = groupBy === 'status'
  const parts: Chart = isByStatus
    ? { ...frame, format: requestRate, lines: countLines(series, untilMs) }
    : { ...frame, format: percent, lines: groupLines(series) }
  return (
    <>
      <Figure
        heading="Share of requests failing"
        chart={failing}
        {...(normal !== null && { bandName: `normal, ${percent(normal.rate)} on average` })}
      />
      <Figure
        heading={isByStatus ? 'Errors by status' : `Share failing by ${groupBy}`}
        chart={parts}
        height={LOW_PX}
        empty="The log does not say."
      />
      <Figure heading="Requests" chart={requests} height={LOW_PX} />
      <LatencyFigure series={series} broken={undefined} />
    </>
  )
}

function marksOf(changes: readonly Change[], { fromMs, toMs }: Timeseries): ChartMark[] {
  return changes
    .filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs)
    .slice(0, MARKS_MAX)
    .map((change) => ({
      atMs: change.startedAtMs,
      label: changeName(change, change.service),
      tone: 'change' as const,
      changeId: change.id,
    }))
}

interface ChoiceProps<Value> {
  readonly label: string
  readonly options: readonly { readonly label: string; readonly value: Value }[]
  readonly value: Value
  readonly onChoose: (value: Value) => void
}

function Choice<Value extends string | number>({ label, options, value, onChoose }: ChoiceProps<Value>) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map((option) => (
        <button
          key={option.label}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChoose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}
