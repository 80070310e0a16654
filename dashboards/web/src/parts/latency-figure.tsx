import type { Chart } from '../charts/chart.ts'
import { Figure } from '../charts/figure.tsx'
import type { Timeseries } from '../server/timeseries.ts'
import { milliseconds } from '../words/traffic.ts'

const HEIGHT_PX = 140

interface LatencyFigureProps {
  readonly series: Timeseries
  readonly broken: Chart['broken']
}

/** How long requests take; nothing where the log does not say. */
export function LatencyFigure({ series: { fromMs, stepMs, latency }, broken }: LatencyFigureProps) {
  if (latency === null) return null
  const { p50, p95, p99 } = latency
  const lines: Chart['lines'] = [
    { name: 'half, at most', colour: 'soft', values: p50 },
    { name: '95 %', colour: 'ink', values: p95 },
    { name: '99 %', colour: 'v1', values: p99 },
  ]
  const chart = { fromMs, stepMs, lines, band: undefined, marks: [], broken, format: milliseconds }
  return <Figure heading="How long requests take" chart={chart} height={HEIGHT_PX} />
}
