import { CELL_MS } from '../../shared/domain/cell.ts'
import { HOUR_MS } from './clock.ts'
import { integer, poisson, uniform } from './distributions.ts'
import type { Flavour } from './flavours.ts'
import type { Prng } from './prng.ts'
import type { ServiceSpec } from './services.ts'

/** Half a minute at most of a few errors that mean nothing: part of what is normal. */
export interface Blip {
  readonly fromCell: number
  readonly cells: number
  /** Expected in each of its cells, over the whole service. */
  readonly errorsPerCell: number
}

/** Blips in time order, so many a day on average; they may touch. */
export function planBlips(prng: Prng, flavour: Flavour, perDay: number): Blip[] {
  const cellCount = (flavour.hours * HOUR_MS) / CELL_MS
  return Array.from({ length: poisson(prng, (perDay * flavour.hours) / 24) }, () => {
    const cells = integer(prng, 1, 3)
    return {
      fromCell: integer(prng, 0, cellCount - 4),
      cells,
      errorsPerCell: uniform(prng, ...flavour.blipErrors) / cells,
    }
  }).toSorted((a, b) => a.fromCell - b.fromCell)
}

/** Chance that a request of the service fails in a cell because of a blip. */
export function blipRate(blips: readonly Blip[], cell: number, service: ServiceSpec): number {
  const errors = blips.reduce(
    (sum, blip) => sum + (cell >= blip.fromCell && cell < blip.fromCell + blip.cells ? blip.errorsPerCell : 0),
    0,
  )
  // Scaled down on a thin service, where a handful of errors would be no blip but half of its traffic.
  return Math.min(
    (errors * Math.min(service.requestsPerSecond / 5, 1)) / Math.max(service.requestsPerSecond * 10, 5),
    0.5,
  )
}
