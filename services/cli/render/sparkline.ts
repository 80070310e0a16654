import { errorShare, type IncidentChart, type RatePoint, sumPoints } from '../../../shared/faces/incident-chart.ts'
import { shorten, textWidth } from '../../../shared/faces/text-layout.ts'
import type { Paint, Tone } from './paint.ts'
import { Sheet } from './sheet.ts'

/** Something that happened, to be marked below a chart. */
export interface Mark {
  readonly atMs: number
  readonly label: string
  readonly tone: Tone
}

interface Placed {
  readonly column: number
  readonly mark: Mark
}

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const NO_REQUESTS = ' '
const LABEL_COLUMNS_MAX = 30
/** A label cut to fewer says nothing; it moves to the other side of its arrow. */
const LABEL_COLUMNS_MIN = 14

/** The error share over time in one line: zero at the bottom, the peak at the top, blank where there were no requests. */
export function drawSparkline(chart: IncidentChart, columns: number): { text: string; peak: number } {
  const shares = columnPoints(chart.total.points, columns).map(errorShare)
  const peak = Math.max(0, ...shares.map((share) => share ?? 0))
  return { text: shares.map((share) => block(share, peak)).join(''), peak }
}

/** The marks of a sparkline of as many columns: arrows below it, their labels beside or further down where there is room. */
export function drawMarks(
  chart: IncidentChart,
  options: { marks: readonly Mark[]; columns: number; paint: Paint },
): string[] {
  const { columns, paint } = options
  const shown = options.marks.filter((mark) => mark.atMs >= chart.fromMs && mark.atMs < chart.toMs)
  const placed = shown
    .map((mark) => ({ column: columnOf(mark.atMs, chart, columns), mark }))
    .toSorted((a, b) => b.column - a.column || b.mark.atMs - a.mark.atMs)
  const sheet = new Sheet(columns)
  for (const { column, mark } of placed) sheet.put({ row: 0, column }, '▲', mark.tone)
  for (const each of placed) placeLabel(sheet, each, placed)
  return sheet.lines(paint)
}

/** Steps added together where there are more of them than columns, repeated where there are fewer. */
function columnPoints(points: readonly RatePoint[], columns: number): RatePoint[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * points.length) / columns)
    const to = Math.floor(((column + 1) * points.length) / columns)
    return sumPoints(points.slice(from, Math.max(to, from + 1)))
  })
}

function block(share: number | undefined, peak: number): string {
  if (share === undefined) return NO_REQUESTS
  const level = peak === 0 ? 0 : Math.round((share / peak) * (BLOCKS.length - 1))
  return BLOCKS[level] ?? NO_REQUESTS
}

function columnOf(atMs: number, chart: IncidentChart, columns: number): number {
  const column = Math.floor(((atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * columns)
  return Math.min(Math.max(column, 0), columns - 1)
}

/**
 * Marks come from right to left, so that a line going down from an arrow only ever passes labels of arrows further right.
 * A label stands left of its arrow only where no other arrow's line could cross it.
 */
function placeLabel(sheet: Sheet, placed: Placed, all: readonly Placed[]): void {
  const { column, mark } = placed
  const toTheRight = sheet.columns - column - 2
  const rightward = toTheRight >= Math.min(textWidth(mark.label), LABEL_COLUMNS_MIN)
  const label = shorten(mark.label, Math.min(LABEL_COLUMNS_MAX, rightward ? toTheRight : column - 2))
  const width = textWidth(label)
  const left = column - 1 - width
  const crossed = all.some((other) => other !== placed && other.column >= left && other.column <= column)
  for (let row = 0; row < all.length + 1; row += 1) {
    if (rightward && sheet.isFree(row, column + 1, column + 2 + width)) {
      sheet.put({ row, column: column + 2 }, label, mark.tone)
      sheet.drawLine(row, column, { corner: '└', tone: mark.tone })
      return
    }
    if (!rightward && (!crossed || row === all.length) && left >= 0 && sheet.isFree(row, left - 1, column)) {
      sheet.put({ row, column: left }, label, mark.tone)
      sheet.drawLine(row, column, { corner: '┘', tone: mark.tone })
      return
    }
  }
}
