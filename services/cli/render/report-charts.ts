import type { Incident } from '../../../shared/domain/incident.ts'
import { type ChartMark, chooseMarks, findNormal, type Normal } from '../../../shared/faces/chart-marks.ts'
import { coarsen, errorShare, type IncidentChart, type RateSeries } from '../../../shared/faces/incident-chart.ts'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import { countedWords } from '../../../shared/faces/incident-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clockNear, count, duration, percent } from '../../../shared/faces/words.ts'
import { type Html, html, NOTHING } from './html.ts'
import { type ChartLine, drawRateChart, type RateChart } from './rate-chart.ts'

/** A chart is drawn twice, as wide as a desk's column and as narrow as a phone; the style shows one of them. */
const WIDE = { width: 640, height: 210, hover: true }
const WIDE_LOW = { width: 640, height: 130, hover: true }
const NARROW = { width: 350, height: 150, hover: false }
const NARROW_STEPS = 80
const TABLE_ROWS = 60
const NAME_COLUMNS = 60
const LINE_TONES = ['v1', 'v2', 'v3', 'v4'] as const

/** Every picture of one incident, each with the table behind it. */
export function renderCharts(view: IncidentView): Html {
  const { chart, incident } = view
  const { service, routes } = chart.subject
  const name = visibleText(`${service} ${routes.length === 1 ? routes[0] : ''}`.trim())
  const total = {
    lines: [{ ...chart.total, tone: 'total' }],
    marks: chooseMarks(incident, view.changes),
    normal: findNormal(incident, chart),
  }
  return html`${renderFigure(chart, {
    ...total,
    heading: `Share of requests ${countedWords(incident)}, ${shorten(name, NAME_COLUMNS)}`,
    incident,
    tall: true,
  })}
${renderLines(view, chart.versions, 'By version')}
${renderLines(view, chart.otherServices, 'Other services hit')}`
}

function renderLines({ chart, incident }: IncidentView, series: readonly RateSeries[], heading: string): Html {
  if (series.length === 0) return NOTHING
  const lines = series.slice(0, LINE_TONES.length).map((each, index) => ({ ...each, tone: LINE_TONES[index] ?? 'v1' }))
  return renderFigure(chart, { lines, marks: [], normal: undefined, heading, incident, tall: false })
}

interface Figure {
  readonly heading: string
  readonly lines: readonly ChartLine[]
  readonly marks: readonly ChartMark[]
  readonly normal: Normal | undefined
  readonly incident: Incident
  readonly tall: boolean
}

function renderFigure(window: IncidentChart, figure: Figure): Html {
  const { incident, lines } = figure
  const chart: RateChart = {
    window,
    lines,
    marks: figure.marks,
    normalUpTo: figure.normal?.upTo,
    broken: { fromMs: incident.startedAtMs, toMs: incident.resolvedAtMs ?? window.toMs },
    title: figure.heading,
  }
  return html`<figure>
<figcaption><h3>${figure.heading}</h3>${renderKey(figure)}</figcaption>
<div class="wide">${drawRateChart(chart, figure.tall ? WIDE : WIDE_LOW)}</div>
<div class="narrow">${drawRateChart(narrowed(chart), NARROW)}</div>
${renderTable(chart)}
</figure>`
}

function renderKey({ lines, normal }: Figure): Html {
  const named = lines.length > 1 || lines.some(({ tone }) => tone !== 'total') ? lines : []
  return html`<p class="key">${named.map(({ name, tone }) => html`<span class="${tone}"><i></i>${name}</span>`)}${
    normal === undefined ? NOTHING : html`<span class="band"><i></i>normal, ${percent(normal.rate)} on average</span>`
  }</p>`
}

function narrowed(chart: RateChart): RateChart {
  const steps = chart.lines[0]?.points.length ?? 0
  const size = Math.max(1, Math.ceil(steps / NARROW_STEPS))
  const { fromMs, toMs, stepMs } = chart.window
  return {
    ...chart,
    window: { fromMs, toMs, stepMs: stepMs * size },
    lines: chart.lines.map((line) => ({ ...line, points: coarsen(line.points, size) })),
  }
}

/** The numbers of a chart for those who can't see it, in at most `TABLE_ROWS` rows. */
function renderTable({ window, lines }: RateChart): Html {
  const size = Math.max(1, Math.ceil((lines[0]?.points.length ?? 0) / TABLE_ROWS))
  const columns = lines.map(({ points }) => coarsen(points, size))
  const rows = (columns[0] ?? []).map((_, row) => {
    const cells = columns.map((points) => {
      const point = points[row] ?? { requests: 0, errors: 0 }
      const share = errorShare(point)
      return html`<td class="number">${share === undefined ? 'no requests' : percent(share)}</td><td class="number">${count(point.errors)} of ${count(point.requests)}</td>`
    })
    const atMs = window.fromMs + row * size * window.stepMs
    return html`<tr><td>${clockNear(atMs, window.fromMs)}</td>${cells}</tr>`
  })
  return html`<details><summary>The numbers, every ${duration(size * window.stepMs)}</summary><div class="scroll"><table>
<thead><tr><th>from, UTC</th>${lines.map(({ name }) => html`<th class="number">${name}</th><th class="number">errors</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></details>`
}
