import type { Change } from '../../../../shared/domain/change.ts'
import { type CountedRequests, countedRequests } from '../../../../shared/domain/counted-requests.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { chooseMarks } from '../../../../shared/faces/chart-marks.ts'
import { type ChartWindow, chooseChartWindow, drawnSubject } from '../../../../shared/faces/incident-chart.ts'
import { countedWords } from '../../../../shared/faces/incident-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { percent } from '../../../../shared/faces/words.ts'
import type { Chart } from '../charts/chart.ts'
import { Figure } from '../charts/figure.tsx'
import { readTimeseries, type Timeseries, type TimeseriesQuestion, timeseriesPath } from '../server/timeseries.ts'
import { useAnswer } from '../server/use-answer.ts'
import { isBroken } from '../words/incident-words.ts'
import { shares } from '../words/shares.ts'
import { useNow } from '../words/use-now.ts'
import { AnswerState } from './answer-state.tsx'
import { groupLines } from './group-lines.ts'
import { LatencyFigure } from './latency-figure.tsx'

const FOLLOW_MS = 10_000
/** Hosts are counted over so much time at most. */
const HOSTS_MS_MAX = 6 * 3_600_000
const SPLIT_HEIGHT_PX = 150

interface IncidentChartsProps {
  readonly incident: Incident
  readonly changes: readonly Change[]
}

/** How the error rate went, against normal, with everything that happened marked; and the same by version, or else by host. */
export function IncidentCharts({ incident, changes }: IncidentChartsProps) {
  const nowMs = useNow(FOLLOW_MS)
  const toMs = Math.floor(nowMs / FOLLOW_MS) * FOLLOW_MS
  const window = chooseChartWindow(incident, { fromMs: 0, toMs })
  const { service, routes } = drawnSubject(incident)
  const [route] = routes.length === 1 ? routes : []
  const counted = countedRequests(incident)
  const question = { ...window, service, env: incident.env, counted, ...(route !== undefined && { route }) }
  const byVersion = useAnswer(timeseriesPath({ ...question, groupBy: 'version' }), readTimeseries, {
    name: `${incident.id} by version`,
  })
  const subject = visibleText(`${service} ${route ?? ''}`.trim())
  return (
    <AnswerState answer={byVersion} of="numbers">
      {(series) => (
        <>
          <Figure
            heading={`Share of requests ${countedWords(incident)}, ${subject}`}
            chart={totalChart(series, { incident, changes })}
            {...(series.normal !== null && { bandName: `normal, ${percent(series.normal.rate)} on average` })}
          />
          <Split series={series} question={question} incident={incident} />
          {counted.kind === 'slow' && <LatencyFigure series={series} broken={brokenOf(series, incident)} />}
        </>
      )}
    </AnswerState>
  )
}

interface SplitProps {
  readonly series: Timeseries
  readonly question: TimeseriesQuestion & ChartWindow & { readonly counted: CountedRequests }
  readonly incident: Incident
}

function Split({ series, question, incident }: SplitProps) {
  const hasVersions = series.groups.filter(({ isRest, name }) => !isRest && name !== '').length > 1
  const isShort = question.toMs - question.fromMs <= HOSTS_MS_MAX
  const hasHosts = isShort && question.counted.kind === 'statuses'
  const path = hasVersions || !hasHosts ? undefined : timeseriesPath({ ...question, groupBy: 'host' })
  const byHost = useAnswer(path, readTimeseries, { name: `${incident.id} by host` })
  if (hasVersions) return <SplitFigure series={series} heading="By version" incident={incident} />
  if (byHost.kind !== 'ready' || byHost.value.groups.filter(({ name }) => name !== '').length < 2) return null
  return <SplitFigure series={byHost.value} heading="By host" incident={incident} />
}

interface SplitFigureProps {
  readonly series: Timeseries
  readonly heading: string
  readonly incident: Incident
}

function SplitFigure({ series, heading, incident }: SplitFigureProps) {
  return (
    <Figure
      heading={heading}
      height={SPLIT_HEIGHT_PX}
      chart={{
        ...frameOf(series, incident),
        lines: groupLines(series),
        band: undefined,
        marks: [],
      }}
    />
  )
}

function totalChart(series: Timeseries, { incident, changes }: IncidentChartsProps): Chart {
  return {
    ...frameOf(series, incident),
    lines: [{ name: countedWords(incident), colour: 'ink', values: shares(series) }],
    band: series.normal ?? undefined,
    marks: chooseMarks(incident, changes),
  }
}

function frameOf(series: Timeseries, incident: Incident): Omit<Chart, 'lines' | 'band' | 'marks'> {
  const { fromMs, stepMs } = series
  return { fromMs, stepMs, format: percent, broken: brokenOf(series, incident) }
}

function brokenOf({ toMs }: Timeseries, incident: Incident): NonNullable<Chart['broken']> {
  const endMs = incident.resolvedAtMs ?? (isBroken(incident) ? toMs : incident.updatedAtMs)
  return { fromMs: incident.startedAtMs, toMs: endMs }
}
