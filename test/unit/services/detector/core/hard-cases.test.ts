import { expect, test } from 'vitest'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { byChance, defaultDetector, ROUTE, seeded, type Traffic } from './simulate.ts'

const MINUTE = 6
const HOUR = 360
const DAY = 24 * HOUR

/** The spikes of routes with this traffic, by route name, all of one service unless the name has another before a colon. */
function spikesOf(traffic: Readonly<Record<string, Traffic>>, cells: number): Spike[] {
  const detector = defaultDetector()
  const routes = Object.entries(traffic).map(([name, draw]) => {
    const [service = '', route] = name.includes(':') ? name.split(':') : [ROUTE.service, name]
    return { key: { ...ROUTE, service, route: route ?? '/' }, draw }
  })
  for (let cell = 0; cell < cells; cell++) {
    const counts = routes.flatMap(({ key, draw }) => {
      const [requests, errors] = draw(cell)
      return requests === 0 ? [] : [{ series: detector.watch(key, cell), requests, errors }]
    })
    if (counts.length > 0) detector.advance(cell, counts)
  }
  return detector.spikes()
}

function ofService(spikes: readonly Spike[]): Spike[] {
  return spikes.filter(({ route }) => route === null)
}

/** Cells after `at` until the first of them was told. */
function delayOf(spikes: readonly Spike[], at: number): number {
  return Math.min(...spikes.map(({ detectedAtMs }) => detectedAtMs)) / 10_000 - at
}

/** Requests drawn from a rate a second, errors one by one. */
function drawn(seed: number, perSecond: (cell: number) => number, rate: (cell: number) => number): Traffic {
  const random = seeded(seed)
  return (cell) => {
    const mean = perSecond(cell) * 10
    const whole = Math.floor(mean)
    const requests = whole + (random() < mean - whole ? 1 : 0)
    return byChance(random, requests, rate(cell))(cell)
  }
}

const steady = (value: number) => () => value

test('one request a minute: no alarm in two days, and one when all of them fail', () => {
  const slow = drawn(1, steady(0.02), (cell) => (cell < 2 * DAY ? 0.005 : 1))
  const spikes = ofService(spikesOf({ '/a': slow }, 2 * DAY + HOUR))
  expect(spikes).toHaveLength(1)
  expect(delayOf(spikes, 2 * DAY)).toBeGreaterThan(0)
})

test('a service that always fails 30 % is told of when it fails 60 %', () => {
  const spikes = ofService(
    spikesOf({ '/a': drawn(2, steady(5), (cell) => (cell < DAY ? 0.3 : 0.6)) }, DAY + 20 * MINUTE),
  )
  expect(spikes).toHaveLength(1)
  expect(delayOf(spikes, DAY)).toBeLessThanOrEqual(8 * MINUTE)
})

test('ten times the traffic within an hour, failing no more often, is no alarm', () => {
  const growing = (cell: number) => 5 * 10 ** Math.min(Math.max((cell - DAY) / HOUR, 0), 1)
  expect(spikesOf({ '/a': drawn(3, growing, steady(0.004)) }, DAY + 6 * HOUR)).toEqual([])
})

test('a tenth of the traffic from one cell to the next, failing as often, is no alarm', () => {
  const falling = (cell: number) => (cell < DAY ? 50 : 5)
  expect(spikesOf({ '/a': drawn(4, falling, steady(0.004)) }, DAY + 6 * HOUR)).toEqual([])
})

test('a rise over an hour is told once, while it is still small', () => {
  const rate = (cell: number) => 0.001 + 0.05 * Math.min(Math.max((cell - DAY) / HOUR, 0), 1)
  const spikes = ofService(spikesOf({ '/a': drawn(5, steady(20), rate) }, DAY + 2 * HOUR))
  expect(spikes).toHaveLength(1)
  expect(delayOf(spikes, DAY)).toBeLessThanOrEqual(20 * MINUTE)
})

test('a job that fails every five minutes, for a second each time, is normal once it is known', () => {
  const web = drawn(6, steady(5), steady(0.001))
  const withJob: Traffic = (cell) => {
    const [requests, errors] = web(cell)
    return cell % 30 === 7 ? [requests + 4, errors + 4] : [requests, errors]
  }
  const spikes = spikesOf({ '/a': withJob }, 2 * DAY)
  expect(spikes.filter(({ detectedAtMs }) => detectedAtMs / 10_000 > 2 * HOUR)).toEqual([])
})

test('a fifth of the traffic with as many errors as before is no alarm, four times as many are', () => {
  const isFallen = (cell: number): boolean => cell >= DAY && cell < DAY + 6 * HOUR
  const fallen = (factor: number): Traffic =>
    drawn(
      17,
      (cell) => (isFallen(cell) ? 4 : 20),
      (cell) => (isFallen(cell) ? 0.005 * factor : 0.001),
    )
  expect(ofService(spikesOf({ '/a': fallen(1) }, DAY + 8 * HOUR))).toEqual([])
  expect(ofService(spikesOf({ '/a': fallen(4) }, DAY + 30 * MINUTE))).toHaveLength(1)
})

test('a new route of an old service is held against its service: well at once, and told of when half of it fails', () => {
  const old = drawn(7, steady(20), steady(0.002))
  const newRoute = (rate: number) => drawn(8, (cell) => (cell < DAY ? 0 : 2), steady(rate))
  expect(spikesOf({ '/old': old, '/new': newRoute(0.002) }, DAY + 2 * HOUR)).toEqual([])
  const spikes = spikesOf({ '/old': drawn(7, steady(20), steady(0.002)), '/new': newRoute(0.5) }, DAY + 10 * MINUTE)
  expect(spikes.map(({ route }) => route)).toContain('/new')
  expect(delayOf(spikes, DAY)).toBeLessThanOrEqual(2 * MINUTE)
})

test('a new service that fails 2 % of its requests from its first day on is no alarm', () => {
  expect(
    spikesOf(
      {
        'old:/': drawn(9, steady(20), steady(0.001)),
        'new:/': drawn(10, (cell) => (cell < DAY ? 0 : 8), steady(0.02)),
      },
      2 * DAY,
    ),
  ).toEqual([])
})

test('a gap of two hours is no alarm, and a spike open before it is the same after it', () => {
  const isGap = (cell: number) => cell >= DAY && cell < DAY + 2 * HOUR
  const well = drawn(11, (cell) => (isGap(cell) ? 0 : 10), steady(0.002))
  expect(spikesOf({ '/a': well }, DAY + 4 * HOUR)).toEqual([])
  const failing = drawn(
    12,
    (cell) => (isGap(cell) ? 0 : 10),
    (cell) => (cell < DAY - 10 * MINUTE || cell > DAY + 3 * HOUR ? 0.002 : 0.3),
  )
  expect(ofService(spikesOf({ '/a': failing }, DAY + 5 * HOUR))).toHaveLength(1)
})

test('an hour that a clock change writes twice is judged once', () => {
  const detector = defaultDetector()
  const traffic = drawn(13, steady(20), steady(0.002))
  const feed = (from: number, to: number) => {
    for (let cell = from; cell < to; cell++) {
      const [requests, errors] = traffic(cell)
      detector.advance(cell, [{ series: detector.watch(ROUTE, cell), requests, errors }])
    }
  }
  feed(0, DAY)
  feed(DAY - HOUR, DAY + 4 * HOUR)
  expect(detector.spikes()).toEqual([])
})

test('a route with one request in two hundred that fails altogether is told of, on that route', () => {
  const rare = drawn(14, steady(0.2), (cell) => (cell < DAY ? 0.002 : 1))
  const spikes = spikesOf({ '/busy': drawn(15, steady(40), steady(0.002)), '/rare': rare }, DAY + 10 * MINUTE)
  expect(spikes.map(({ route }) => route)).toContain('/rare')
  expect(spikes.map(({ route }) => route)).not.toContain('/busy')
  expect(delayOf(spikes, DAY)).toBeLessThanOrEqual(2 * MINUTE)
})

test('thirty services that fail in the same minute are told of within the next, all begun in that minute', () => {
  const names = Array.from({ length: 30 }, (_, index) => `s${index}:/`)
  const at = 6 * HOUR
  const traffic = names.map(
    (name, index) => [name, drawn(index, steady(5), (cell) => (cell < at ? 0.002 : 0.4))] as const,
  )
  const spikes = ofService(spikesOf(Object.fromEntries(traffic), at + 10 * MINUTE))
  expect(new Set(spikes.map(({ service }) => service)).size).toBe(30)
  for (const { onsetAtMs, detectedAtMs } of spikes) {
    expect(Math.abs(onsetAtMs / 10_000 - at)).toBeLessThanOrEqual(2)
    expect(detectedAtMs / 10_000 - at).toBeLessThanOrEqual(2 * MINUTE)
  }
})

test('a bot that draws errors for two minutes every night makes at most one short spike a night', () => {
  const web = drawn(16, steady(3), steady(0.001))
  const withBot: Traffic = (cell) => {
    const [requests, errors] = web(cell)
    return cell % DAY >= 3 * HOUR && cell % DAY < 3 * HOUR + 2 * MINUTE
      ? [requests + 7, errors + 7]
      : [requests, errors]
  }
  const spikes = ofService(spikesOf({ '/a': withBot }, 5 * DAY))
  expect(spikes.length).toBeLessThanOrEqual(5)
  for (const { onsetAtMs, resolvedAtMs } of spikes)
    expect((resolvedAtMs ?? Number.POSITIVE_INFINITY) - onsetAtMs).toBeLessThanOrEqual(4 * 60_000)
})
