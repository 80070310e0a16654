// Keeps one count per cell and service in typed arrays, which it fills in place.
import { CELL_MS } from '../../shared/domain/cell.ts'
import { isoTime } from './change-records.ts'
import { HOUR_MS } from './clock.ts'
import { createServiceSource } from './draw-service.ts'
import { createPrng } from './prng.ts'
import type { ServiceCell } from './service-cell.ts'
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

/** What every service did in one cell, in the order of `world.services`. */
export interface WorldCell {
  readonly index: number
  readonly startMs: number
  readonly services: readonly ServiceCell[]
}

/** The traffic of a world, cell by cell. */
export function* drawCells(world: World): Generator<WorldCell> {
  const prng = createPrng(`${world.flavour.name}/${world.seed}/traffic`)
  const sources = world.services.map((service) => createServiceSource(prng.fork(service.name), world, service))
  for (let index = 0; index < cellCountOf(world); index++) {
    const startMs = world.startMs + index * CELL_MS
    const time = { index, startMs, text: isoTime(startMs) }
    yield { index, startMs, services: sources.map((drawCell) => drawCell(time)) }
  }
}

export function cellCountOf({ flavour }: World): number {
  return (flavour.hours * HOUR_MS) / CELL_MS
}

/** Draws the traffic of a world; `write` gets whole NDJSON lines in time order, some thousand at a time. */
export function drawWorld(world: World, write: (chunk: string) => void): DrawnWorld {
  const counts = emptyCounts(world)
  const extraErrors = world.faults.map(() => 0)
  let lines = 0
  let requests = 0
  let pending: string[] = []
  let minute: string[] = []
  const flush = (): void => {
    lines += pending.length
    write(pending.join(''))
    pending = []
  }
  for (const { index, services } of drawCells(world)) {
    for (const [i, drawn] of services.entries()) {
      for (const line of drawn.lines) minute.push(line)
      requests += drawn.requests
      addCounts(counts[i], index, drawn)
      addExtraErrors(extraErrors, drawn)
    }
    if (world.flavour.countsByMinute && (index + 1) % MINUTE_CELLS !== 0) continue
    for (const line of world.flavour.countsByMinute ? joinMinute(minute) : minute) pending.push(line)
    minute = []
    if (pending.length >= 4_000) flush()
  }
  flush()
  return { lines, requests, counts, extraErrors }
}

const MINUTE_CELLS = 60_000 / CELL_MS
const LINE_PARTS = /^({"ts":"[^"]*)(.*"count":)(\d+)}\n$/

/** Lines that differ in nothing but their time and count become one, at the start of their minute. */
function joinMinute(lines: readonly string[]): string[] {
  const counts = new Map<string, number>()
  let time = ''
  for (const line of lines) {
    const [, head = '', rest = '', count = '0'] = LINE_PARTS.exec(line) ?? []
    if (time === '') time = head
    counts.set(rest, (counts.get(rest) ?? 0) + Number(count))
  }
  return [...counts].map(([rest, count]) => `${time.replace(/:\d\dZ$/, ':00Z')}${rest}${count}}\n`)
}

/** One row of empty cells a service. */
export function emptyCounts(world: World): ServiceCounts[] {
  return world.services.map(({ name }) => ({
    service: name,
    startMs: world.startMs,
    requests: new Float64Array(cellCountOf(world)),
    errors: new Float64Array(cellCountOf(world)),
  }))
}

export function addCounts(counts: ServiceCounts | undefined, cell: number, drawn: ServiceCell): void {
  if (counts === undefined) return
  counts.requests[cell] = drawn.requests
  counts.errors[cell] = drawn.errors
}

/** Adds up what each fault did, by its index. */
export function addExtraErrors(extraErrors: number[], { extraErrors: drawn }: ServiceCell): void {
  for (const [fault, extra] of drawn) extraErrors[fault] = (extraErrors[fault] ?? 0) + extra
}
