import { expect, test } from 'vitest'
import { binomial } from '../../worlds/distributions.ts'
import { flavourNamed } from '../../worlds/flavours.ts'
import { createPrng } from '../../worlds/prng.ts'
import { planServices, type ServiceSpec } from '../../worlds/services.ts'
import { createBursts, createWobble, expectedRate } from '../../worlds/traffic.ts'

const flavour = flavourNamed('fleet')

function service(change: Partial<ServiceSpec>): ServiceSpec {
  const [first] = planServices(createPrng('one'), flavour)
  if (first === undefined) throw new Error('no service planned')
  return { ...first, ...change }
}

test.each(['beta', 'log-normal'] as const)('errors in %s bursts have the beta-binomial variance', (shape) => {
  const [n, rate, burstiness] = [200, 0.02, 0.01]
  const prng = createPrng('bursty')
  const draw = createBursts(prng, service({ errorRate: rate, burstiness, burstCells: 1 }), shape)
  const counts = Array.from({ length: 60_000 }, () => binomial(prng, n, Math.min(rate * draw(), 1)))
  const mean = counts.reduce((sum, k) => sum + k, 0) / counts.length
  const variance = counts.reduce((sum, k) => sum + (k - mean) ** 2, 0) / counts.length
  expect(mean).toBeCloseTo(n * rate, 1)
  expect(variance / (n * rate * (1 - rate) * (1 + (n - 1) * burstiness))).toBeCloseTo(1, 1)
})

test('a burst holds for as many cells as it is said to on average', () => {
  const draw = createBursts(createPrng('hold'), service({ burstiness: 0.01, burstCells: 4 }), 'beta')
  const factors = Array.from({ length: 40_000 }, draw)
  const changes = factors.filter((factor, i) => i > 0 && factor !== factors[i - 1]).length
  expect(40_000 / changes).toBeGreaterThan(3.8)
  expect(40_000 / changes).toBeLessThan(4.2)
})

test('a service without bursts has none', () => {
  const draw = createBursts(createPrng('calm'), service({ burstiness: 0 }), 'beta')
  expect([draw(), draw(), draw()]).toEqual([1, 1, 1])
})

test('traffic wanders around its expectation', () => {
  const draw = createWobble(createPrng('wobble'), 0.1, 60)
  const factors = Array.from({ length: 100_000 }, draw)
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
  expect(mean).toBeCloseTo(1, 1)
})

test('traffic is highest near its peak hour and lower on a rough weekend', () => {
  const spec = service({ peakHour: 15, dayAmplitude: 0.5 })
  const monday = Date.UTC(2026, 2, 2)
  const hour = (n: number): number => expectedRate(spec, flavour, monday + n * 3_600_000)
  expect(hour(15)).toBeGreaterThan(hour(3))
  const rough = flavourNamed('rough')
  const saturday = monday + 5 * 86_400_000
  expect(expectedRate(spec, rough, saturday) / expectedRate(spec, rough, monday)).toBeCloseTo(rough.weekendTraffic, 10)
})
