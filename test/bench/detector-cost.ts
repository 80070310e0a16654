/*
 * What the detector costs: the time of one tick over that many live series, wall and CPU, that of a minute of their services'
 * durations and statuses, the memory that is held once garbage is collected (resident, so it needs `node --expose-gc`), and how long
 * a start takes that judges kept history again.
 * npm run bench:detector-cost -- [--series 1000,10000,100000] [--cells 60]
 */
import { parseArgs } from 'node:util'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import type { CellCount, Detector } from '../../services/detector/core/detector.ts'
import { createWatchers, type Watchers } from '../../services/detector/core/watchers.ts'
import { CLIENT_ERRORS } from '../../shared/domain/status-range.ts'
import { createPrng } from '../worlds/prng.ts'
import { renderTable } from './text-table.ts'

const ROUTES_PER_SERVICE = 20
const FIRST_CELL = 179_000_000
const DAY_CELLS = 8_640
const FIRST_MINUTE = Math.floor(FIRST_CELL / 6)
/** Long enough that what is slow is known. */
const MINUTES = 30
const FIRST_BUCKET = 10
const BUCKETS = 8

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
  const watchers = createWatchers(toDetectorSettings(detectionSchema.parse({}), new Map()))
  const routes = watchRoutes(watchers.cells, seriesCount)
  const { next } = createPrng('detector-cost')
  const ticksMs: number[] = []
  let cpuMs = 0
  for (let cell = 0; cell < cells; cell++) {
    const counts = routes.map((series) => ({ series, requests: 20, errors: Number(next() < 0.01) }))
    const startedMs = performance.now()
    const before = process.cpuUsage()
    watchers.cells.advance(FIRST_CELL + cell, counts)
    const { user, system } = process.cpuUsage(before)
    cpuMs += (user + system) / 1000
    ticksMs.push(performance.now() - startedMs)
  }
  const minuteCpuMs = measureMinutes(watchers, Math.ceil(seriesCount / ROUTES_PER_SERVICE))
  ticksMs.sort((a, b) => a - b)
  const meanMs = ticksMs.reduce((sum, ms) => sum + ms, 0) / ticksMs.length
  return {
    medianMs: ticksMs[Math.floor(ticksMs.length / 2)] ?? 0,
    worstMs: ticksMs.at(-1) ?? 0,
    cpuMs: cpuMs / cells,
    minuteCpuMs,
    memoryMiB: (residentBytes() - memoryBefore) / 2 ** 20,
    // Asked for last, so that nothing of the detector is garbage before.
    spikes: watchers.spikes().length,
    daysMinutes: (3 * DAY_CELLS * meanMs) / 60_000,
  }
}

/** Mean CPU milliseconds of a minute in which every service has requests of eight lengths, and one of each client error. */
function measureMinutes({ latency, clientErrors }: Watchers, services: number): number {
  const counts = Array.from({ length: BUCKETS }, (_, bucket) => ({ bucket: FIRST_BUCKET + bucket, requests: 50 }))
  const names = Array.from({ length: services }, (_, index) => ({ env: 'prod', service: `s${index}` }))
  const before = process.cpuUsage()
  for (let minute = 0; minute < MINUTES; minute++) {
    latency.advance(
      FIRST_MINUTE + minute,
      names.map((name) => ({ ...name, counts })),
    )
    clientErrors.advance(
      FIRST_MINUTE + minute,
      names.map((name) => ({ ...name, requests: 50 * BUCKETS, clientErrors: CLIENT_ERRORS.map(() => 1) })),
    )
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / MINUTES
}

/** Twice: what the first collection frees is given back by the second. */
function residentBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage.rss()
}

const rows = values.series.split(',').map((text) => {
  const { medianMs, worstMs, cpuMs, minuteCpuMs, memoryMiB, daysMinutes, spikes } = measure(
    Number(text),
    Number(values.cells),
  )
  return [
    text,
    medianMs.toFixed(1),
    worstMs.toFixed(1),
    cpuMs.toFixed(1),
    minuteCpuMs.toFixed(1),
    memoryMiB.toFixed(0),
    daysMinutes.toFixed(1),
    String(spikes),
  ]
})
console.log(
  renderTable(
    [
      'series',
      'tick p50 ms',
      'worst ms',
      'mean CPU ms',
      'a minute, CPU ms',
      'MiB after GC',
      '3 days again, min',
      'spikes',
    ],
    rows,
  ),
)
