// Hot path: runs for every series with errors at every tick, over typed arrays that it changes in place.
import type { Normal } from './normal.ts'
import { riseEvidence } from './rise-evidence.ts'
import { oldestCell, RING_CELLS, type Rises, type Series } from './series.ts'

/**
 * The added error rates that are looked for, 0–1: from just above the least that anybody is told of, each twice the one
 * before. A rise between two of them takes a few per cent longer to find than if it were one of them.
 */
export const ADDED_RATES = [0.003, 0.006, 0.012, 0.024, 0.048, 0.1, 0.2, 0.4, 0.8] as const
/** A rate that is up by less than this share of itself is no rise. */
const LEAST_SHARE = 0.2

/** Those that are looked for above what is normal, up to `most`. */
export function addedRates({ rate }: Normal, most: number): number[] {
  return ADDED_RATES.filter((added) => added >= LEAST_SHARE * rate && added <= most)
}

export interface Rise {
  readonly added: number
  readonly nats: number
  readonly fromCell: number
}

/**
 * Takes in the cells up to `cell`, of which the ring holds the newest, and returns the rise that is best seen there; undefined
 * where there is none. The sums are Page's ("Continuous inspection schemes", Biometrika 41, 1954): while nothing is wrong their
 * chance to reach h nats is at most e^−h a look.
 */
export function observeRises(series: Series, cell: number, normal: Normal): Rise | undefined {
  const firstOfBlock = cell - (cell % normal.blockCells)
  const rises = series.rises ?? startRises(firstOfBlock)
  // Where blocks have grown longer meanwhile, part of this one is settled already.
  const blockFrom = Math.max(firstOfBlock, rises.settledTo)
  // What came before a silent hour says nothing of now.
  if (rises.settledTo <= cell - RING_CELLS) resetRises(rises, blockFrom)
  for (let from = rises.settledTo; from < blockFrom; from = nextBlock(from, normal)) {
    const block = countCells(series, from, Math.min(nextBlock(from, normal), blockFrom))
    if (block.requests > 0) settleBlock(rises, from, block, normal)
  }
  rises.settledTo = blockFrom
  const present = countCells(series, blockFrom, cell + 1)
  series.rises = present.errors > 0 || rises.nats.some((nats) => nats > 0) ? rises : undefined
  return present.errors > 0 ? strongest(rises, blockFrom, present, normal) : undefined
}

interface Counted {
  requests: number
  errors: number
}

function startRises(settledTo: number): Rises {
  // Many series have them: a typed array of so few costs three times as much.
  const zeros = (): number[] => ADDED_RATES.map(() => 0)
  return { nats: zeros(), fromCell: zeros(), settledTo }
}

function resetRises(rises: Rises, settledTo: number): void {
  rises.nats.fill(0)
  rises.settledTo = settledTo
}

function nextBlock(cell: number, { blockCells }: Normal): number {
  return cell - (cell % blockCells) + blockCells
}

/** Requests and errors of cells `[from, to)`. */
export function countCells(series: Series, from: number, to: number): Counted {
  let requests = 0
  let errors = 0
  for (let cell = Math.max(from, oldestCell(series, to - 1)); cell < to; cell++) {
    if (cell > series.newestCell) break
    requests += series.ring[cell % RING_CELLS] ?? 0
    errors += series.ring[RING_CELLS + (cell % RING_CELLS)] ?? 0
  }
  return { requests, errors }
}

function settleBlock(rises: Rises, from: number, { requests, errors }: Counted, normal: Normal): void {
  for (let index = 0; index < ADDED_RATES.length; index++) {
    const before = rises.nats[index] ?? 0
    if (before === 0 && errors === 0) continue
    const nats = before + riseEvidence(errors, requests, normal.rate, normal.shape, ADDED_RATES[index] ?? 1)
    if (before === 0) rises.fromCell[index] = from
    rises.nats[index] = Math.max(nats, 0)
  }
}

/** With the block in progress. */
function strongest(rises: Rises, blockFrom: number, { requests, errors }: Counted, normal: Normal): Rise | undefined {
  let best: Rise | undefined
  for (const [index, added] of ADDED_RATES.entries()) {
    if (added < LEAST_SHARE * normal.rate) continue
    const before = rises.nats[index] ?? 0
    const nats = before + riseEvidence(errors, requests, normal.rate, normal.shape, added)
    if (nats > (best?.nats ?? 0))
      best = { added, nats, fromCell: before > 0 ? (rises.fromCell[index] ?? blockFrom) : blockFrom }
  }
  return best
}
