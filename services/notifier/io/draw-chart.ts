import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas'
import { type ChartMark, chooseMarks, findNormal } from '../../../shared/faces/chart-marks.ts'
import { errorShare } from '../../../shared/faces/incident-chart.ts'
import type { IncidentView } from '../../../shared/faces/incident-view.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { clockMinute, percent } from '../../../shared/faces/words.ts'

const WIDTH = 920
const HEIGHT = 320
/** Twice the pixels, for screens that have them. */
const SCALE = 2
const PLOT = { left: 64, right: 20, top: 44, bottom: 34 }
const COLOURS = {
  paper: '#ffffff',
  ink: '#1d1c1d',
  quiet: '#6b6b6b',
  grid: '#e8e8e8',
  normal: '#dfe7ee',
  line: '#c0392b',
  change: '#1264a3',
} as const
const MARK_COLOURS: Readonly<Record<ChartMark['tone'], string>> = {
  change: COLOURS.change,
  onset: COLOURS.ink,
  seen: COLOURS.quiet,
  aside: COLOURS.quiet,
}
const LABEL_COLUMNS = 28
const LABEL_GAP = 8
const LINES_OF_LABELS = 2
const FONT = '13px "Liberation Sans", "DejaVu Sans", Helvetica, Arial, sans-serif'

interface Plane {
  readonly x: (atMs: number) => number
  readonly y: (share: number) => number
  readonly peak: number
}

/**
 * The share of an incident's failing or slow requests as a PNG: its normal as a band, the changes and the first errors as marks, a gap where nothing was
 * asked. Without words on a machine that has no font.
 */
export function drawChart(view: IncidentView): Uint8Array {
  const canvas = createCanvas(WIDTH * SCALE, HEIGHT * SCALE)
  const context = canvas.getContext('2d')
  context.scale(SCALE, SCALE)
  context.fillStyle = COLOURS.paper
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.font = FONT
  const plane = planeOf(view)
  drawNormal(context, view, plane)
  drawAxes(context, view, plane)
  drawRate(context, view, plane)
  drawMarks(context, view, plane)
  return canvas.toBuffer('image/png')
}

function planeOf({ incident, chart }: IncidentView): Plane {
  const { fromMs, toMs, total } = chart
  const shares = total.points.map((point) => errorShare(point) ?? 0)
  const peak = Math.min(1, Math.max(...shares, findNormal(incident, chart).upTo, 0.001) * 1.1)
  const width = WIDTH - PLOT.left - PLOT.right
  const height = HEIGHT - PLOT.top - PLOT.bottom
  return {
    peak,
    x: (atMs) => PLOT.left + ((atMs - fromMs) / (toMs - fromMs)) * width,
    y: (share) => PLOT.top + (1 - share / peak) * height,
  }
}

function drawNormal(context: SKRSContext2D, { incident, chart }: IncidentView, { x, y }: Plane): void {
  const top = y(findNormal(incident, chart).upTo)
  context.fillStyle = COLOURS.normal
  // A band of no height would not be seen.
  context.fillRect(x(chart.fromMs), Math.min(top, y(0) - 2), x(chart.toMs) - x(chart.fromMs), Math.max(y(0) - top, 2))
}

function drawAxes(context: SKRSContext2D, { chart }: IncidentView, { x, y, peak }: Plane): void {
  context.textBaseline = 'middle'
  for (const part of [0, 0.5, 1]) {
    const share = part * peak
    context.strokeStyle = COLOURS.grid
    drawLine(context, [x(chart.fromMs), y(share)], [x(chart.toMs), y(share)])
    write(context, percent(share), { x: PLOT.left - 8, y: y(share), align: 'right', colour: COLOURS.quiet })
  }
  const middleMs = (chart.fromMs + chart.toMs) / 2
  for (const [atMs, align] of [
    [chart.fromMs, 'left'],
    [middleMs, 'center'],
    [chart.toMs, 'right'],
  ] as const)
    write(context, clockMinute(atMs), { x: x(atMs), y: HEIGHT - PLOT.bottom / 2, align, colour: COLOURS.quiet })
}

function drawRate(context: SKRSContext2D, { chart }: IncidentView, { x, y }: Plane): void {
  context.strokeStyle = COLOURS.line
  context.lineWidth = 2
  context.lineJoin = 'round'
  context.beginPath()
  let isDown = false
  for (const [index, point] of chart.total.points.entries()) {
    const share = errorShare(point)
    if (share === undefined) {
      isDown = false
      continue
    }
    const at = [x(chart.fromMs + (index + 0.5) * chart.stepMs), y(share)] as const
    if (isDown) context.lineTo(...at)
    else context.moveTo(...at)
    isDown = true
  }
  context.stroke()
}

/** Labels stand above the plot, on the next line where the one before reaches too far. */
function drawMarks(context: SKRSContext2D, { incident, changes, chart }: IncidentView, { x }: Plane): void {
  const reached = Array.from({ length: LINES_OF_LABELS }, () => 0)
  const marks = chooseMarks(incident, changes).filter(({ atMs }) => atMs >= chart.fromMs && atMs <= chart.toMs)
  for (const { atMs, label, tone } of marks.toSorted((a, b) => a.atMs - b.atMs)) {
    const at = x(atMs)
    const text = shorten(label, LABEL_COLUMNS)
    const width = context.measureText(text).width
    const start = Math.min(Math.max(at - width / 2, PLOT.left), WIDTH - PLOT.right - width)
    const row = reached.findIndex((end) => end < start)
    // A mark without its name says nothing.
    if (row < 0) continue
    reached[row] = start + width + LABEL_GAP
    const colour = MARK_COLOURS[tone]
    context.strokeStyle = colour
    context.lineWidth = 1
    context.setLineDash([4, 3])
    drawLine(context, [at, PLOT.top], [at, HEIGHT - PLOT.bottom])
    context.setLineDash([])
    write(context, text, { x: start, y: PLOT.top - 12 - row * 17, align: 'left', colour })
  }
}

function drawLine(context: SKRSContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  context.beginPath()
  context.moveTo(...from)
  context.lineTo(...to)
  context.stroke()
}

function write(
  context: SKRSContext2D,
  text: string,
  at: { x: number; y: number; align: 'left' | 'center' | 'right'; colour: string },
): void {
  if (GlobalFonts.families.length === 0) return
  context.fillStyle = at.colour
  context.textAlign = at.align
  context.fillText(text, at.x, at.y)
}
