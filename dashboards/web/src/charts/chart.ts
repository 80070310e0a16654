import type { ChartMark } from '../../../../shared/faces/chart-marks.ts'
import type { LineColour } from './line-colours.ts'

export interface ChartLine {
  readonly name: string
  readonly colour: LineColour
  /** One a step; null: nothing to draw, a gap. */
  readonly values: readonly (number | null)[]
}

export interface ChartBand {
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}

/** A chart over time; zero is at its bottom. */
export interface Chart {
  /** The first step's start, and the length of every step. */
  readonly fromMs: number
  readonly stepMs: number
  readonly lines: readonly ChartLine[]
  readonly band: ChartBand | undefined
  readonly marks: readonly ChartMark[]
  /** When it was broken. */
  readonly broken: { readonly fromMs: number; readonly toMs: number } | undefined
  /** How a value is said, e.g. `8.1 %`. */
  readonly format: (value: number) => string
}

export function stepCount({ lines }: Pick<Chart, 'lines'>): number {
  return Math.max(0, ...lines.map(({ values }) => values.length))
}
