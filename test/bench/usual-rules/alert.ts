import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { ServiceCounts } from '../../worlds/draw-world.ts'

/** From when to when a rule is in alarm for a service. Epoch milliseconds; it rings at the end of its first cell. */
export interface Alert {
  readonly service: string
  readonly startMs: number
  readonly detectedMs: number
  readonly endMs: number
}

export interface UsualRule {
  readonly name: string
  readonly findAlerts: (counts: ServiceCounts) => Alert[]
}

/** Two alarms of a service closer than this are one alert, as a pager would fold them. */
const FOLD_CELLS = 300_000 / CELL_MS

/** The alerts of a rule that says for each cell, in time order, whether it is in alarm. */
export function collectAlerts(counts: ServiceCounts, inAlarm: (cell: number) => boolean): Alert[] {
  const alerts: { first: number; last: number }[] = []
  for (let cell = 0; cell < counts.requests.length; cell++) {
    if (!inAlarm(cell)) continue
    const open = alerts.at(-1)
    if (open !== undefined && cell - open.last <= FOLD_CELLS) open.last = cell
    else alerts.push({ first: cell, last: cell })
  }
  return alerts.map(({ first, last }) => ({
    service: counts.service,
    startMs: counts.startMs + first * CELL_MS,
    detectedMs: counts.startMs + (first + 1) * CELL_MS,
    endMs: counts.startMs + (last + 1) * CELL_MS,
  }))
}
