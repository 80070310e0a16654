import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import type { TrafficCell } from './evidence-data.ts'

/** From here on what was added counts as risen, of its mean over the whole spike. */
const RISEN = 0.5
const RISE_MAX_MS = 20 * 60_000

/**
 * How long errors took to rise, milliseconds: until their mean since the onset reached half of what the spike added. 0 where
 * they were up at once. What rises slowly is noticed late, so its true onset lies the further back.
 * `cells`: of what the incident is about.
 */
export function findRiseMs(spike: Spike, cells: readonly TrafficCell[]): number {
  const byCell = new Map<number, { requests: number; errors: number }>()
  for (const cell of cells) {
    if (cell.startMs < spike.onsetAtMs) continue
    const sum = byCell.get(cell.startMs) ?? { requests: 0, errors: 0 }
    sum.requests += cell.requests
    sum.errors += cell.errors
    byCell.set(cell.startMs, sum)
  }
  const added = spike.observedRate - spike.baselineRate
  let requests = 0
  let errors = 0
  for (const [startMs, cell] of [...byCell].toSorted(([a], [b]) => a - b)) {
    requests += cell.requests
    errors += cell.errors
    const risen = errors - spike.baselineRate * requests >= RISEN * added * requests
    if (risen) return Math.min(Math.max(startMs - spike.onsetAtMs, 0), RISE_MAX_MS)
    if (startMs + CELL_MS - spike.onsetAtMs >= RISE_MAX_MS) break
  }
  return errors === 0 ? 0 : RISE_MAX_MS
}
