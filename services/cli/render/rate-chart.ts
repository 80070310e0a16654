import type { ChartMark } from '../../../shared/faces/chart-marks.ts'
import { type ChartWindow, errorShare, type RatePoint, type RateSeries } from '../../../shared/faces/incident-chart.ts'
import { shorten, textWidth } from '../../../shared/faces/text-layout.ts'
import { clock, clockMinute, count, day, percent } from '../../../shared/faces/words.ts'
import { shareTicks, timeTicks } from './chart-scale.ts'
import { type Html, html, NOTHING } from './html.ts'

export interface ChartLine extends RateSeries {
  /** A class of the page's style. */
  readonly tone: string
}

export interface RateChart {
  readonly window: ChartWindow
  readonly lines: readonly ChartLine[]
  readonly marks: readonly ChartMark[]
  /** The share of requests (0–1) up to which errors are normal; the band is left out when undefined. */
  readonly normalUpTo: number | undefined
  /** When it was broken; that part of the first line is drawn as such. */
  readonly broken: { readonly fromMs: number; readonly toMs: number } | undefined
  readonly title: string
}

/** In pixels; the height is that of the plot without its labels. */
export interface ChartSize {
  readonly width: number
  readonly height: number
  /** Whether pointing at it reads the numbers: no use on a phone. */
  readonly hover: boolean
}

interface Frame extends Omit<ChartSize, 'hover'> {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: (atMs: number) => number
  readonly y: (share: number) => number
}

const DAY_MS = 86_400_000
const LABEL_ROW_PX = 17
/** Of the 12 px sans-serif that labels are set in; a little wide, so that labels never touch. */
const LETTER_PX = 6.8
const AXIS_PX = 44
const TIME_TICK_PX = 84
const LABEL_GAP_PX = 8
const LABEL_COLUMNS_MAX = 34

/** Error shares over time as SVG: zero at the bottom, gaps where there were no requests, changes as labelled vertical lines. */
export function drawRateChart(chart: RateChart, size: ChartSize): Html {
  const marks = placeMarks(chart, size)
  const rows = Math.max(0, ...marks.map((mark) => mark.row + 1))
  const shares = chart.lines.flatMap((line) => line.points.map((point) => errorShare(point) ?? 0))
  const ticks = shareTicks(Math.max(chart.normalUpTo ?? 0, ...shares))
  const frame = createFrame(chart.window, { size, rows, top: ticks.at(-1) ?? 1 })
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${frame.height}" width="${size.width}" height="${frame.height}" role="img" aria-label="${chart.title}">
${drawNormal(chart.normalUpTo, frame)}
${ticks.map((tick) => drawShareTick(tick, frame))}
${drawTimeTicks(chart.window, frame)}
${drawBroken(chart.broken, frame)}
${marks.map((mark) => drawMark(mark, frame))}
${chart.lines.map((line) => drawLine(line, chart, frame))}
${size.hover ? drawHover(chart, frame) : NOTHING}
</svg>`
}

function createFrame(window: ChartWindow, of: { size: ChartSize; rows: number; top: number }): Frame {
  const { width } = of.size
  const top = of.rows * LABEL_ROW_PX + 14
  const bottom = top + of.size.height
  const right = width - 2
  return {
    width,
    height: bottom + 24,
    left: AXIS_PX,
    right,
    top,
    bottom,
    x: (atMs) => round(AXIS_PX + ((atMs - window.fromMs) / (window.toMs - window.fromMs)) * (right - AXIS_PX)),
    y: (share) => round(bottom - (share / of.top) * of.size.height),
  }
}

function drawNormal(upTo: number | undefined, { left, right, bottom, y }: Frame): Html {
  if (upTo === undefined) return NOTHING
  const top = Math.min(y(upTo), bottom - 2)
  return html`<rect class="normal" x="${left}" y="${top}" width="${right - left}" height="${round(bottom - top)}"/>`
}

function drawShareTick(tick: number, { left, right, y }: Frame): Html {
  const label = tick === 0 ? '0' : percent(tick).replace('.0 ', ' ')
  return html`<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${label}</text>`
}

function drawTimeTicks(window: ChartWindow, { left, right, bottom, x }: Frame): Html {
  const ticks = timeTicks(window.fromMs, window.toMs, Math.max(2, Math.floor((right - left) / TIME_TICK_PX)))
  const labels = ticks.map((atMs) => {
    const label = atMs % DAY_MS === 0 ? day(atMs) : clockMinute(atMs)
    const at = Math.min(Math.max(x(atMs), left + 14), right - 18)
    return html`<line class="axis" x1="${x(atMs)}" x2="${x(atMs)}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${label}</text>`
  })
  return html`${labels}`
}

function drawBroken(broken: RateChart['broken'], { x, top, bottom, left, right }: Frame): Html {
  if (broken === undefined) return NOTHING
  const from = Math.max(left, x(broken.fromMs))
  const to = Math.min(right, x(broken.toMs))
  return html`<rect class="broken" x="${from}" y="${top}" width="${round(Math.max(1, to - from))}" height="${bottom - top}"/>`
}

interface PlacedMark extends ChartMark {
  readonly row: number
  readonly end: boolean
}

/** Labels stand right of their line, or left of it near the right edge; those that would touch stand on rows of their own. */
function placeMarks({ marks, window }: RateChart, { width }: ChartSize): PlacedMark[] {
  const taken: { row: number; from: number; to: number }[] = []
  const shown = marks.filter((mark) => mark.atMs >= window.fromMs && mark.atMs <= window.toMs)
  return shown
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((mark) => {
      const at = AXIS_PX + ((mark.atMs - window.fromMs) / (window.toMs - window.fromMs)) * (width - 2 - AXIS_PX)
      const wanted = textWidth(shorten(mark.label, LABEL_COLUMNS_MAX)) * LETTER_PX + LABEL_GAP_PX
      const end = at + wanted > width && at > width / 2
      const room = Math.floor(((end ? at : width - at) - LABEL_GAP_PX) / LETTER_PX)
      const label = shorten(mark.label, Math.min(LABEL_COLUMNS_MAX, room))
      const length = textWidth(label) * LETTER_PX + LABEL_GAP_PX
      const [from, to] = end ? [at - length, at] : [at, at + length]
      let row = 0
      while (taken.some((other) => other.row === row && other.from < to && from < other.to)) row += 1
      taken.push({ row, from, to })
      return { ...mark, label, row, end }
    })
}

function drawMark({ atMs, label, tone, row, end }: PlacedMark, { x, bottom }: Frame): Html {
  const at = x(atMs)
  const top = row * LABEL_ROW_PX + 2
  return html`<g class="mark ${tone}"><line x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text x="${round(end ? at - 5 : at + 5)}" y="${top + 11}" text-anchor="${end ? 'end' : 'start'}">${label}</text><title>${label}, ${clock(atMs)} UTC</title></g>`
}

function drawLine(line: ChartLine, chart: RateChart, frame: Frame): Html {
  const { fromMs, stepMs } = chart.window
  const x = (sample: Sample) => frame.x(fromMs + (sample.index + 0.5) * stepMs)
  const runs = unbrokenRuns(line.points).map((run) => {
    const [first, ...rest] = run
    if (first === undefined) return NOTHING
    if (rest.length === 0) return html`<circle cx="${x(first)}" cy="${frame.y(first.share)}" r="2"/>`
    return html`<polyline points="${run.map((sample) => html`${x(sample)},${frame.y(sample.share)} `)}"/>`
  })
  return html`<g class="line ${line.tone}">${runs}</g>`
}

interface Sample {
  readonly index: number
  readonly share: number
}

/** Missing data is a gap: a line never passes where nothing was measured. */
function unbrokenRuns(points: readonly RatePoint[]): Sample[][] {
  const runs: Sample[][] = []
  let run: Sample[] = []
  for (const [index, point] of points.entries()) {
    const share = errorShare(point)
    if (share !== undefined) {
      if (run.length === 0) runs.push(run)
      run.push({ index, share })
    } else run = []
  }
  return runs
}

/** Hovering anywhere reads every line at that time. */
function drawHover({ window, lines }: RateChart, { x, top, bottom }: Frame): Html {
  const steps = Array.from({ length: lines[0]?.points.length ?? 0 }, (_, index) => {
    const atMs = window.fromMs + index * window.stepMs
    const readings = lines.map((line) => html`\n${reading(line, index)}`)
    const from = x(atMs)
    return html`<rect x="${from}" y="${top}" width="${round(x(atMs + window.stepMs) - from)}" height="${bottom - top}"><title>${clock(atMs)} UTC${readings}</title></rect>`
  })
  return html`<g class="hover">${steps}</g>`
}

function reading({ name, points }: RateSeries, index: number): string {
  const point = points[index] ?? { requests: 0, errors: 0 }
  const share = errorShare(point)
  if (share === undefined) return `${name}: no requests`
  return `${name}: ${percent(share)} of ${count(point.requests)} requests`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
