/*
 * How often the sums for all added rates reach h nats while nothing is wrong and what is normal is known: alarms a look, over
 * e^−h. STEADY_ALARMS_PER_LOOK and BURSTY_ALARMS_PER_LOOK of services/detector/core/threshold.ts are what this prints.
 * npx tsx test/bench/alarm-rate.ts [--cells 400000]
 */
import { parseArgs } from 'node:util'
import { riseEvidence } from '../../services/detector/core/rise-evidence.ts'
import { ADDED_RATES } from '../../services/detector/core/rises.ts'
import { gamma, poisson } from '../worlds/distributions.ts'
import { createPrng } from '../worlds/prng.ts'
import { renderTable } from './text-table.ts'

/** Requests a cell, their error rate, and the shape that its bursts have. */
const SERIES = [
  { requests: 10, rate: 0.001, shape: Number.POSITIVE_INFINITY },
  { requests: 100, rate: 0.0003, shape: Number.POSITIVE_INFINITY },
  { requests: 100, rate: 0.003, shape: Number.POSITIVE_INFINITY },
  { requests: 600, rate: 0.003, shape: Number.POSITIVE_INFINITY },
  { requests: 100, rate: 0.003, shape: 0.5 },
  { requests: 600, rate: 0.003, shape: 1 },
  { requests: 600, rate: 0.0002, shape: 0.1 },
]
const NATS = [5, 6, 7, 8, 9]

const { values } = parseArgs({ options: { cells: { type: 'string', default: '400000' } } })

function alarmsPerLook(series: (typeof SERIES)[number], nats: number): number {
  const { requests, rate, shape } = series
  const prng = createPrng(`alarm-rate ${requests} ${rate} ${shape} ${nats}`)
  const sums = ADDED_RATES.map(() => 0)
  const cells = Number(values.cells)
  let alarms = 0
  for (let cell = 0; cell < cells; cell++) {
    const burst = Number.isFinite(shape) ? gamma(prng, shape) / shape : 1
    const errors = poisson(prng, requests * rate * burst)
    for (const [index, added] of ADDED_RATES.entries()) {
      const before = sums[index] ?? 0
      if (before > 0 || errors > 0)
        sums[index] = Math.max(before + riseEvidence(errors, requests, rate, shape, added), 0)
    }
    if (Math.max(...sums) < nats) continue
    alarms++
    sums.fill(0)
  }
  return alarms / cells
}

const rows = SERIES.map((series) => [
  `${series.requests} × ${series.rate}`,
  String(series.shape),
  ...NATS.map((nats) => (alarmsPerLook(series, nats) * Math.exp(nats)).toFixed(2)),
])
console.log(renderTable(['requests × rate', 'shape', ...NATS.map((nats) => `${nats} nats`)], rows))
