/*
 * How well slowness is seen: worlds of services whose durations are log-normal, slower by day, wandering, with hiccups, half
 * of them slowed down once. What was found, how soon, and what was told where nothing was slow.
 * npm run bench:latency -- [--seeds tuning|reporting] [--worlds 20] [--services 12] [--days 2] [--verbose]
 */
import { parseArgs } from 'node:util'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import { createLatencyDetector } from '../../services/detector/core/latency.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { MINUTE_MS } from '../worlds/clock.ts'
import { createPrng } from '../worlds/prng.ts'
import { seedsNamed } from '../worlds/seeds.ts'
import { drawDurations, drawSlowService, type SlowService } from '../worlds/slow-services.ts'
import { quantile } from './statistics.ts'
import { renderTable } from './text-table.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: 'tuning' },
    worlds: { type: 'string', default: '20' },
    services: { type: 'string', default: '12' },
    days: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  },
})
const FIRST_MINUTE = 29_000_000
/** An alarm this long after a fault's end is still of it. */
const LATE_MINUTES = 10

const minutes = Number(values.days) * 1_440
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
const delays: number[] = []
let faults = 0
let missed = 0
let repeated = 0
let falseAlarms = 0
const worlds = seedsNamed(values.seeds).slice(0, Number(values.worlds))
for (const seed of worlds) {
  const { services, spikes } = runWorld(seed)
  for (const service of services) {
    const told = spikes.filter((spike) => spike.service === service.name)
    const ofFaults = service.faults.map((fault) => told.filter((spike) => isOf(spike, fault)))
    for (const [index, found] of ofFaults.entries()) {
      faults++
      const [first] = found
      if (first === undefined) missed++
      else delays.push(first.detectedAtMs / MINUTE_MS - FIRST_MINUTE - (service.faults[index]?.fromMinute ?? 0))
      repeated += Math.max(found.length - 1, 0)
      if (values.verbose && first === undefined) console.log(`missed: seed ${seed} ${JSON.stringify(service)}`)
    }
    const strangers = told.filter((spike) => !ofFaults.flat().includes(spike))
    falseAlarms += strangers.length
    if (values.verbose)
      for (const spike of strangers)
        console.log(
          `false: seed ${seed} minute ${spike.detectedAtMs / MINUTE_MS - FIRST_MINUTE} ${spike.baselineRate.toFixed(4)} → ${spike.observedRate.toFixed(4)} ${JSON.stringify(spike.slowness)} ${JSON.stringify(service)}`,
        )
  }
}
const serviceDays = worlds.length * Number(values.services) * Number(values.days)
console.log(
  renderTable(
    ['worlds', 'faults', 'found', 'told again', 'delay p50 min', 'p90', 'false', '/100 service-days'],
    [
      [
        ...[worlds.length, faults, faults - missed, repeated].map(String),
        ...[quantile(delays, 0.5).toFixed(1), quantile(delays, 0.9).toFixed(1)],
        ...[String(falseAlarms), ((100 * falseAlarms) / serviceDays).toFixed(2)],
      ],
    ],
  ),
)

function runWorld(seed: number): { services: SlowService[]; spikes: Spike[] } {
  const prng = createPrng(`slow/${seed}`)
  const services = Array.from({ length: Number(values.services) }, (_, i) =>
    drawSlowService(prng.fork(`service/${i}`), `s${i}`, minutes),
  )
  const drawn = services.map((service) => drawDurations(prng.fork(service.name), service, minutes))
  const detector = createLatencyDetector(settings)
  for (let minute = 0; minute < minutes; minute++) {
    const counted = services.map(({ name }, i) => ({
      env: 'prod',
      service: name,
      counts: drawn[i]?.next().value ?? [],
    }))
    detector.advance(
      FIRST_MINUTE + minute,
      counted.filter(({ counts }) => counts.length > 0),
    )
  }
  return { services, spikes: detector.spikes() }
}

function isOf(spike: Spike, { fromMinute, toMinute }: { readonly fromMinute: number; readonly toMinute: number }) {
  const minute = spike.detectedAtMs / MINUTE_MS - FIRST_MINUTE
  return minute >= fromMinute && minute <= toMinute + LATE_MINUTES
}
