import type uPlot from 'uplot'
import type { ChartMark } from '../../../../shared/faces/chart-marks.ts'
import type { Chart } from './chart.ts'
import type { CssColours } from './css-colours.ts'

const TONES: Readonly<Record<ChartMark['tone'], { readonly colour: string; readonly isDashed: boolean }>> = {
  change: { colour: 'blue', isDashed: true },
  aside: { colour: 'soft', isDashed: true },
  onset: { colour: 'red', isDashed: false },
  seen: { colour: 'soft', isDashed: true },
}

/** The time in which it was broken, behind everything. */
export function drawWash(plot: uPlot, { broken }: Chart, colours: CssColours): void {
  if (broken === undefined) return
  const { ctx, bbox } = plot
  const from = Math.max(bbox.left, plot.valToPos(broken.fromMs / 1000, 'x', true))
  const to = Math.min(bbox.left + bbox.width, plot.valToPos(broken.toMs / 1000, 'x', true))
  if (to <= from) return
  ctx.save()
  ctx.fillStyle = colours.of('red-wash')
  ctx.fillRect(from, bbox.top, to - from, bbox.height)
  ctx.restore()
}

/** A vertical line for every mark that is in view. */
export function drawMarkLines(plot: uPlot, { marks }: Chart, colours: CssColours): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  ctx.lineWidth = ratio
  for (const { atMs, tone } of marks) {
    const x = Math.round(plot.valToPos(atMs / 1000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = colours.of(TONES[tone].colour)
    ctx.setLineDash(TONES[tone].isDashed ? [3 * ratio, 3 * ratio] : [])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}
