import type uPlot from 'uplot'
import { moment } from '../words/when.ts'
import type { Chart } from './chart.ts'
import { stepCount } from './chart.ts'
import type { CssColours } from './css-colours.ts'
import { drawMarkLines, drawWash } from './draw-marks.ts'

export interface PlotFrame {
  readonly width: number
  readonly height: number
  readonly colours: CssColours
  readonly onCursor: (step: number | undefined) => void
  readonly onView: (plot: uPlot) => void
}

const AXIS_PX = 54
const TIME_AXIS_PX = 26
const DAY_S = 86_400
const MARGIN = 1.08

/** The columns that the plot draws: times, the band's edges, then the lines. */
export function plotData(chart: Chart): uPlot.AlignedData {
  const steps = stepCount(chart)
  const times = Array.from({ length: steps }, (_, step) => (chart.fromMs + step * chart.stepMs) / 1000)
  const none = times.map(() => null)
  const { low = none, high = none } = chart.band ?? {}
  return [times, [...high], [...low], ...chart.lines.map(({ values }) => [...values])]
}

/** `chartOf` tells the newest chart: what a plot draws may change while it stands. */
export function plotOptions(chartOf: () => Chart, frame: PlotFrame): uPlot.Options {
  const { colours } = frame
  const font = `12px ${getComputedStyle(document.body).fontFamily}`
  const axis = { stroke: colours.of('soft'), font, ticks: { show: false } }
  return {
    width: frame.width,
    height: frame.height,
    legend: { show: false },
    // Half of the last time's label is right of where it belongs.
    padding: [6, 24, 0, 0],
    cursor: { y: false, drag: { x: true, y: false }, sync: { key: 'time' }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, topOf(high)] } },
    axes: [
      {
        ...axis,
        size: TIME_AXIS_PX,
        space: 70,
        grid: { show: false },
        values: (_plot, splits) => splits.map(timeLabel),
      },
      {
        ...axis,
        size: AXIS_PX,
        space: 26,
        grid: { stroke: colours.of('faint'), width: 1 },
        values: (_plot, splits) =>
          splits.map((value) => (value === 0 ? '0' : chartOf().format(value).replace('.0 ', ' '))),
      },
    ],
    series: [
      {},
      { points: { show: false } },
      { points: { show: false } },
      ...chartOf().lines.map(({ colour }) => ({
        stroke: colours.of(colour),
        width: 1.8,
        points: { show: true, size: 4, fill: colours.of(colour), filter: loneSteps },
      })),
    ],
    bands: [{ series: [1, 2], fill: colours.of('band') }],
    hooks: {
      drawClear: [(plot) => drawWash(plot, chartOf(), colours)],
      draw: [(plot) => drawMarkLines(plot, chartOf(), colours), frame.onView],
      setCursor: [(plot) => frame.onCursor(plot.cursor.idx ?? undefined)],
    },
  }
}

/** A step with nothing beside it makes no line: it is drawn as a point. */
function loneSteps(plot: uPlot, line: number): number[] {
  const values = plot.data[line] ?? []
  return [...values.keys()].filter(
    (step) => values[step] != null && values[step - 1] == null && values[step + 1] == null,
  )
}

function topOf(high: number | null): number {
  return high === null || high <= 0 ? 0.01 : high * MARGIN
}

function timeLabel(second: number): string {
  const atMs = second * 1000
  const isMidnight = new Date(atMs).getHours() === 0 && new Date(atMs).getMinutes() === 0
  if (isMidnight && second % 60 === 0) return moment(atMs, Date.now(), 'day')
  return moment(atMs, atMs, second % 60 === 0 || second % DAY_S === 0 ? 'minute' : 'second')
}
