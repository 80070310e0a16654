/*
 * What the detector costs: the time of one tick over that many live series, wall and CPU, the memory that is held once garbage is
 * collected (resident, so it needs `node --expose-gc`), and how long a start takes that judges kept history again.
 * npm run bench:detector-cost -- [--series 1000,10000,100000] [--cells 60]
 */
import { parseArgs } from 'node:util'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import { type CellCount, createDetector, type Detector } from '../../services/detector/core/detector.ts'
import { createPrng } from '../worlds/prng.ts'
import { renderTable } from './text-table.ts'

const ROUTES_PER_SERVICE = 20
const FIRST_CELL = 179_000_000
const DAY_CELLS = 8_640

const { values } = parseArgs({
  options: { series: { type: 'string', default: '1000,10000,100000' }, cells: { type: 'string', default: '60' } },
})

function watchRoutes(detector: Detector, count: number): CellCount['series'][] {
  return Array.from({ length: count }, (_, route) =>
    detector.watch(
      { env: 'prod', service: `s${Math.floor(route / ROUTES_PER_SERVICE)}`, method: 'GET', route: `/r${route}` },
      FIRST_CELL,
    ),
  )
}

/** Every route has requests in every cell, and one in a hundred of them an error. */
function measure(seriesCount: number, cells: number) {
  const memoryBefore = residentBytes()
  const detector = createDetector(toDetectorSettings(detectionSchema.parse({}), new Map()))
  const routes = watchRoutes(detector, seriesCount)
  const { next } = createPrng('detector-cost')
  const ticksMs: number[] = []
  let cpuMs = 0
  for (let cell = 0; cell < cells; cell++) {
    const counts = routes.map((series) => ({ series, requests: 20, errors: Number(next() < 0.01) }))
    const startedMs = performance.now()
    const before = process.cpuUsage()
    detector.advance(FIRST_CELL + cell, counts)
    const { user, system } = process.cpuUsage(before)
    cpuMs += (user + system) / 1000
    ticksMs.push(performance.now() - startedMs)
  }
  ticksMs.sort((a, b) => a - b)
  const meanMs = ticksMs.reduce((sum, ms) => sum + ms, 0) / ticksMs.length
  return {
    medianMs: ticksMs[Math.floor(ticksMs.length / 2)] ?? 0,
    worstMs: ticksMs.at(-1) ?? 0,
    cpuMs: cpuMs / cells,
    memoryMiB: (residentBytes() - memoryBefore) / 2 ** 20,
    // Asked for last, so that nothing of the detector is garbage before.
    spikes: detector.spikes().length,
    daysMinutes: (3 * DAY_CELLS * meanMs) / 60_000,
  }
}

/** Twice: what the first collection frees is given back by the second. */
function residentBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage.rss()
}

const rows = values.series.split(',').map((text) => {
  const { medianMs, worstMs, cpuMs, memoryMiB, daysMinutes, spikes } = measure(Number(text), Number(values.cells))
  return [
    text,
    medianMs.toFixed(1),
    worstMs.toFixed(1),
    cpuMs.toFixed(1),
    memoryMiB.toFixed(0),
    daysMinutes.toFixed(1),
    String(spikes),
  ]
})
console.log(
  renderTable(
    ['series', 'tick p50 ms', 'worst ms', 'mean CPU ms', 'MiB after GC', '3 days again, min', 'spikes'],
    rows,
  ),
)
