// Keeps one count per cell and service in typed arrays, which it fills in place.
import { CELL_MS } from '../../shared/domain/cell.ts'
import { isoTime } from './change-records.ts'
import { HOUR_MS } from './clock.ts'
import { createServiceSource } from './draw-service.ts'
import { createPrng } from './prng.ts'
import type { World } from './world.ts'

/** Requests and server errors of one service in each 10-second cell since `startMs`. */
export interface ServiceCounts {
  readonly service: string
  readonly startMs: number
  readonly requests: Float64Array
  readonly errors: Float64Array
}

export interface DrawnWorld {
  readonly lines: number
  readonly requests: number
  readonly counts: readonly ServiceCounts[]
  /** By fault index, as drawn, the callers' included. */
  readonly extraErrors: readonly number[]
}

/** Draws the traffic of a world, cell by cell; `write` gets whole NDJSON lines in time order, some hundred at a time. */
export function drawWorld(world: World, write: (chunk: string) => void): DrawnWorld {
  const cellCount = (world.flavour.hours * HOUR_MS) / CELL_MS
  const prng = createPrng(`${world.flavour.name}/${world.seed}/traffic`)
  const sources = world.services.map((service) => ({
    drawCell: createServiceSource(prng.fork(service.name), world, service),
    counts: {
      service: service.name,
      startMs: world.startMs,
      requests: new Float64Array(cellCount),
      errors: new Float64Array(cellCount),
    },
  }))
  const extraErrors = world.faults.map(() => 0)
  let lines = 0
  let pending: string[] = []
  for (let cell = 0; cell < cellCount; cell++) {
    const startMs = world.startMs + cell * CELL_MS
    const time = { index: cell, startMs, text: isoTime(startMs) }
    for (const { drawCell, counts } of sources) {
      const drawn = drawCell(time)
      for (const line of drawn.lines) pending.push(line)
      counts.requests[cell] = drawn.requests
      counts.errors[cell] = drawn.errors
      for (const [fault, extra] of drawn.extraErrors) extraErrors[fault] = (extraErrors[fault] ?? 0) + extra
    }
    if (pending.length < 4_000 && cell < cellCount - 1) continue
    lines += pending.length
    write(pending.join(''))
    pending = []
  }
  const counts = sources.map((source) => source.counts)
  const requests = counts.reduce((sum, one) => sum + one.requests.reduce((total, n) => total + n, 0), 0)
  return { lines, requests, counts, extraErrors }
}
