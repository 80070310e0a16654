import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createDetector, type Detector } from '../../../../../services/detector/core/detector.ts'

export const ROUTE = { env: 'prod', service: 'checkout', method: 'GET', route: '/pay' }

/** A detector with default settings; services named in `unwatched` are switched off. */
export function defaultDetector(...unwatched: readonly string[]): Detector {
  const services = new Map(unwatched.map((name) => [name, { enabled: false }]))
  return createDetector(toDetectorSettings(detectionSchema.parse({}), services))
}

/** What one route does in a cell: requests, and the errors among them. */
export type Traffic = (cell: number) => readonly [requests: number, errors: number]

/** Runs one route through cells `[from, to)`. */
export function run(detector: Detector, traffic: Traffic, [from, to]: readonly [number, number], key = ROUTE): void {
  for (let cell = from; cell < to; cell++) {
    const [requests, errors] = traffic(cell)
    if (requests > 0) detector.advance(cell, [{ series: detector.watch(key, cell), requests, errors }])
  }
}

/** Errors at `rate` with the fractions carried over: as even as whole numbers can be. */
export function evenly(requests: number, rate: number): Traffic {
  return (cell) => [requests, Math.floor((cell + 1) * requests * rate) - Math.floor(cell * requests * rate)]
}

/** A small seeded generator of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Errors drawn one request at a time. */
export function byChance(random: () => number, requests: number, rate: number): Traffic {
  return () => {
    let errors = 0
    for (let request = 0; request < requests; request++) if (random() < rate) errors++
    return [requests, errors]
  }
}
