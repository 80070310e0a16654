import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createLatencyDetector, type ServiceMinute } from '../../../../../services/detector/core/latency.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { createPrng } from '../../../../worlds/prng.ts'
import { drawDurations, type SlowService } from '../../../../worlds/slow-services.ts'

const MINUTES = 600
const MINUTE_MS = 60_000
const STEADY: SlowService = {
  ...{ name: 'checkout', perMinute: 300, medianMs: 100, spread: 0.6, byDay: 0, wander: 0.05 },
  ...{ hiccupsPerDay: 0, heavyShare: 0, faults: [] },
}
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())

function drawMinutes(service: SlowService): ServiceMinute[] {
  const { name } = service
  return [...drawDurations(createPrng(name), service, MINUTES)].map((counts) => ({
    env: 'prod',
    service: name,
    counts,
  }))
}

function spikesOf(services: readonly SlowService[], given = settings): Spike[] {
  const detector = createLatencyDetector(given)
  const drawn = services.map(drawMinutes)
  for (let minute = 0; minute < MINUTES; minute++)
    detector.advance(
      minute,
      drawn.flatMap((minutes) => minutes[minute] ?? []),
    )
  return detector.spikes()
}

function slowed(fromMinute: number, toMinute: number, { share = 1, factor = 6 } = {}): SlowService {
  return { ...STEADY, faults: [{ fromMinute, toMinute, share, factor }] }
}

test('a service that becomes slow is told of within five minutes, with when, how slow and how many, and when it is over', () => {
  const [spike, ...more] = spikesOf([slowed(400, 430)])
  expect(more).toEqual([])
  expect(spike).toMatchObject({ service: 'checkout', route: null, signal: 'latency', alreadyFailing: false })
  expect(Math.abs((spike?.onsetAtMs ?? 0) - 400 * MINUTE_MS)).toBeLessThanOrEqual(MINUTE_MS)
  expect(spike?.detectedAtMs).toBeLessThanOrEqual(405 * MINUTE_MS)
  expect(Math.abs((spike?.resolvedAtMs ?? 0) - 430 * MINUTE_MS)).toBeLessThanOrEqual(2 * MINUTE_MS)
  expect(spike?.observedRate).toBeGreaterThan(0.4)
  expect(spike?.baselineRate).toBeLessThan(0.05)
  const { slowerThanMs = 0, normalP95Ms = 0, p95Ms = 0 } = spike?.slowness ?? {}
  // The 95th percentile of what was drawn: 100 · e^(1.645 · 0.6).
  expect(normalP95Ms / 268).toBeCloseTo(1, 0)
  expect(slowerThanMs).toBeGreaterThan(1.4 * normalP95Ms)
  expect(p95Ms).toBeGreaterThan(4 * normalP95Ms)
})

test('a quarter of the requests being slow suffices', () => {
  expect(spikesOf([slowed(400, 460, { share: 0.25, factor: 10 })])).toHaveLength(1)
})

test.each([
  ['three minutes of slow requests', slowed(400, 403)],
  ['requests that are slower, but fast', { ...slowed(400, 460), medianMs: 4 }],
  ['a service that is slow from the start', { ...STEADY, medianMs: 5_000 }],
  ['half as long again', slowed(400, 460, { factor: 1.4 })],
])('nobody is told of %s', (_what, service) => {
  expect(spikesOf([service])).toEqual([])
})

test('of a thin service one slow request a minute goes on no hiccup, and half of its requests do', () => {
  const thin: SlowService = { ...STEADY, perMinute: 27, spread: 0.1 }
  // Three minutes of nothing but slow requests, then so many of each minute's.
  const toldWith = (slowEach: number): number => {
    const detector = createLatencyDetector(settings)
    for (const [minute, { counts, ...of }] of drawMinutes(thin).entries()) {
      const requests = counts.reduce((sum, count) => sum + count.requests, 0)
      const slow = minute < 400 || minute >= 440 ? 0 : Math.min(minute < 403 ? requests : slowEach, requests)
      const fast = counts[0]?.bucket ?? 0
      detector.advance(minute, [
        {
          ...of,
          counts: [
            { bucket: fast, requests: requests - slow },
            { bucket: fast + 12, requests: slow },
          ],
        },
      ])
    }
    return detector.spikes().length
  }
  expect(toldWith(1)).toBe(0)
  expect(toldWith(14)).toBe(1)
})

test('a service whose latency is not watched, or nothing of which is, is never told of', () => {
  for (const own of [{ latency: false }, { enabled: false }]) {
    const off = toDetectorSettings(detectionSchema.parse({}), new Map([['checkout', own]]))
    expect(spikesOf([slowed(400, 430)], off)).toEqual([])
  }
  const none = toDetectorSettings(detectionSchema.parse({ latency: false }), new Map())
  expect(spikesOf([slowed(400, 430)], none)).toEqual([])
})

test('services in another order, counts in another order and the same minute twice give the same spikes', () => {
  const services = [slowed(300, 340), { ...slowed(310, 330), name: 'search' }, { ...STEADY, name: 'feed' }]
  const drawn = services.map(drawMinutes)
  const run = (order: number, repeats: readonly number[]): Spike[] => {
    const { next } = createPrng(`order/${order}`)
    const shuffle = <T>(items: readonly T[]): T[] =>
      items
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item)
    const detector = createLatencyDetector(settings)
    for (let minute = 0; minute < MINUTES; minute++) {
      const given = drawn.flatMap((minutes) => minutes[minute] ?? [])
      const feed = (at: number) =>
        detector.advance(
          at,
          shuffle(given).map((of) => ({ ...of, counts: shuffle(of.counts) })),
        )
      feed(minute)
      for (const ago of repeats) if (minute % 7 === 0) feed(minute - ago)
    }
    return detector.spikes().sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  const expected = run(1, [])
  expect(expected).toHaveLength(2)
  fc.assert(
    fc.property(fc.nat(1_000), fc.array(fc.nat(9), { maxLength: 3 }), (order, repeats) => {
      expect(run(order, repeats)).toEqual(expected)
    }),
    { numRuns: 5 },
  )
})
