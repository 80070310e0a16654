import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'

/** Ends of the time in which the first errors came with nine chances in ten, epoch milliseconds. */
export interface OnsetSpan {
  readonly earliestMs: number
  readonly latestMs: number
}

/** The change point's likely span: a guess is the start of the cell that failed first, so the error may lie anywhere in it. */
export function onsetSpan(spike: Spike): OnsetSpan {
  return { earliestMs: onsetQuantile(spike, 0.05), latestMs: onsetQuantile(spike, 0.95) + CELL_MS }
}

function onsetQuantile(spike: Spike, quantile: number): number {
  let below = 0
  for (const { atMs, weight } of spike.onsetGuesses) {
    below += weight
    if (below >= quantile) return atMs
  }
  return spike.onsetGuesses.at(-1)?.atMs ?? spike.onsetAtMs
}

/** When a spike stopped, as far as is known; a lasting one has no end. */
export function spikeEndMs(spike: Spike): number {
  return spike.resolvedAtMs ?? Number.POSITIVE_INFINITY
}
