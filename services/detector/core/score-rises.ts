import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { type InjectedRise, RISE_LEVELS } from './injected-rises.ts'

/** An onset is estimated, and may come out this much too early. */
const EARLY_MS = 120_000
/** What an injected rise leaves behind may be told a little after it ended. */
const LATE_MS = 10 * 60_000

/** How many rises of one size were found, and how soon. */
export interface LevelScore {
  readonly addedRate: number
  readonly injected: number
  readonly found: number
  /** From the first failing cell to the end of the cell that told, ms: the median, and nine in ten; null where none was found. */
  readonly medianMs: number | null
  readonly ninetiethMs: number | null
}

/** How soon each rise was told of, ms after it began; null: not while it lasted. */
export function delaysOf(rises: readonly InjectedRise[], spikes: readonly Spike[]): readonly (number | null)[] {
  return rises.map((rise) => {
    const told = spikes.filter(
      (spike) => isOfRise(spike, rise) && spike.detectedAtMs <= rise.toCell * CELL_MS + CELL_MS,
    )
    return told.length === 0
      ? null
      : Math.min(...told.map(({ detectedAtMs }) => detectedAtMs - rise.fromCell * CELL_MS))
  })
}

/** The delay card: one line a size of rise. */
export function scoreLevels(rises: readonly InjectedRise[], delays: readonly (number | null)[]): readonly LevelScore[] {
  return RISE_LEVELS.map((addedRate) => {
    const ofLevel = delays.filter((_, index) => rises[index]?.addedRate === addedRate)
    const found = ofLevel.filter((delay) => delay !== null).toSorted((a, b) => a - b)
    const at = (share: number): number | null => found[Math.ceil(share * found.length) - 1] ?? null
    return { addedRate, injected: ofLevel.length, found: found.length, medianMs: at(0.5), ninetiethMs: at(0.9) }
  })
}

/** Whether a rise that was injected may be what a spike is about. */
export function isOfRise(spike: Spike, rise: InjectedRise): boolean {
  const isSeries = spike.route === null || (spike.route === rise.route && spike.method === rise.method)
  return (
    spike.env === rise.env &&
    spike.service === rise.service &&
    isSeries &&
    spike.onsetAtMs >= rise.fromCell * CELL_MS - EARLY_MS &&
    spike.onsetAtMs <= rise.toCell * CELL_MS + LATE_MS
  )
}
