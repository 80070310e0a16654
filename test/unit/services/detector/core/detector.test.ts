import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CELL_MS } from '../../../../../shared/domain/cell.ts'
import { byChance, defaultDetector, evenly, ROUTE, run, seeded, type Traffic } from './simulate.ts'

const HOUR = 360
const DAY = 24 * HOUR

/** `before` up to `at`, then `during` for `length` cells, then `before` again. */
function fault(before: Traffic, during: Traffic, { at, length }: { at: number; length: number }): Traffic {
  return (cell) => (cell >= at && cell < at + length ? during(cell) : before(cell))
}

function serviceSpikes(detector: ReturnType<typeof defaultDetector>) {
  return detector.spikes().filter(({ route }) => route === null)
}

test('sees a jump from 0.1 % to 5 % at ten requests a second within a minute, begun where it began', () => {
  const random = seeded(1)
  const detector = defaultDetector()
  const at = 6 * HOUR
  run(detector, fault(byChance(random, 100, 0.001), byChance(random, 100, 0.05), { at, length: 90 }), [0, 8 * HOUR])
  const [spike, ...others] = serviceSpikes(detector)
  expect(others).toEqual([])
  expect((spike?.detectedAtMs ?? 0) / CELL_MS - at).toBeLessThanOrEqual(6)
  expect(Math.abs((spike?.onsetAtMs ?? 0) / CELL_MS - at)).toBeLessThanOrEqual(2)
  expect(Math.abs((spike?.resolvedAtMs ?? 0) / CELL_MS - at - 90)).toBeLessThanOrEqual(3)
  expect(spike).toMatchObject({ alreadyFailing: false, chronic: false })
  expect(spike?.observedRate).toBeGreaterThan(0.035)
  expect(spike?.baselineRate).toBeLessThan(0.002)
})

test('a rise soon after a hole in the log began after it, whatever failed before it', () => {
  const [hole, at] = [2 * HOUR, 2 * HOUR + 9]
  for (let seed = 0; seed < 10; seed++) {
    const random = seeded(seed)
    const detector = defaultDetector()
    const [well, failing] = [byChance(random, 150, 0.001), byChance(random, 150, 0.3)]
    const traffic: Traffic = (cell) => {
      if (cell >= hole && cell < hole + 6) return [0, 0]
      if (cell === hole - 1) return [150, 1]
      return cell < at ? well(cell) : failing(cell)
    }
    run(detector, traffic, [0, at + 33])
    expect(serviceSpikes(detector).map(({ onsetAtMs }) => onsetAtMs / CELL_MS)).toEqual([at])
  }
})

test('two quiet days of twenty services raise no alarm', () => {
  const random = seeded(7)
  const detector = defaultDetector()
  const services = Array.from({ length: 20 }, (_, index) => ({
    key: { ...ROUTE, service: `s${index}` },
    draw: byChance(random, 2 + index * 2, 10 ** (-4 + (index % 5) * 0.5)),
  }))
  for (let cell = 0; cell < 2 * DAY; cell++) {
    detector.advance(
      cell,
      services.map(({ key, draw }) => {
        const [requests, errors] = draw(cell)
        return { series: detector.watch(key, cell), requests, errors }
      }),
    )
  }
  expect(detector.spikes()).toEqual([])
})

test('a service that has always failed 30 % is no alarm', () => {
  const detector = defaultDetector()
  run(detector, byChance(seeded(3), 50, 0.3), [0, DAY])
  expect(detector.spikes()).toEqual([])
})

test('a log that begins inside a burst is one spike that was already failing', () => {
  const detector = defaultDetector()
  run(detector, fault(evenly(100, 0), byChance(seeded(5), 30, 0.6), { at: 0, length: 60 }), [0, 3 * HOUR])
  const spikes = serviceSpikes(detector)
  expect(spikes).toHaveLength(1)
  expect(spikes[0]).toMatchObject({ alreadyFailing: true })
  expect(Math.abs((spikes[0]?.resolvedAtMs ?? 0) / CELL_MS - 60)).toBeLessThanOrEqual(2)
})

test('a fault that goes for three minutes and comes back is one spike', () => {
  const before = evenly(100, 0.001)
  const during = evenly(100, 0.2)
  const detector = defaultDetector()
  const at = 4 * HOUR
  const traffic: Traffic = (cell) =>
    (cell >= at && cell < at + 60) || (cell >= at + 78 && cell < at + 120) ? during(cell) : before(cell)
  run(detector, traffic, [0, 6 * HOUR])
  const spikes = serviceSpikes(detector)
  expect(spikes).toHaveLength(1)
  expect(Math.abs((spikes[0]?.resolvedAtMs ?? 0) / CELL_MS - at - 120)).toBeLessThanOrEqual(2)
})

test('one error of two requests is never an alarm, nor is an hour without traffic', () => {
  const detector = defaultDetector()
  const quiet: Traffic = (cell) => [cell % 5 === 0 ? 2 : 0, 0]
  run(
    detector,
    fault(quiet, () => [2, 1], { at: 1000, length: 1 }),
    [0, 2000],
  )
  run(detector, quiet, [2000 + HOUR, 4000])
  expect(detector.spikes()).toEqual([])
})

test('a quiet route is well again when its service is, a stray error or not', () => {
  const detector = defaultDetector()
  const random = seeded(13)
  const at = 4 * HOUR
  const isFailing = (cell: number) => cell >= at && cell < at + 60
  const busy = { ...ROUTE, route: '/busy' }
  const quiet = { ...ROUTE, route: '/quiet' }
  for (let cell = 0; cell < 6 * HOUR; cell++) {
    const [requests, errors] = byChance(random, 100, isFailing(cell) ? 0.3 : 0.001)(cell)
    const counts = [{ series: detector.watch(busy, cell), requests, errors }]
    const stray = cell === at + 90 ? 1 : 0
    if (cell % 3 === 0)
      counts.push({ series: detector.watch(quiet, cell), requests: 1, errors: isFailing(cell) ? 1 : stray })
    detector.advance(cell, counts)
  }
  const ends = detector.spikes().map(({ route, resolvedAtMs }) => [route, (resolvedAtMs ?? 0) / CELL_MS])
  expect(ends.map(([route]) => route).toSorted()).toEqual(['/busy', '/quiet', null].toSorted())
  for (const [, end] of ends) expect(Math.abs(Number(end) - at - 60)).toBeLessThanOrEqual(2)
})

test('a route that failed and is asked for no more does not keep its service from having a normal', () => {
  const detector = defaultDetector()
  const random = seeded(3)
  const [from, to] = [6 * HOUR, 7 * HOUR]
  for (let cell = 0; cell < 30 * HOUR; cell++) {
    const [requests, errors] = byChance(random, 100, 0.0002)(cell)
    const counts = [{ series: detector.watch({ ...ROUTE, route: '/kept' }, cell), requests, errors }]
    const [goneRequests, goneErrors] = byChance(random, 20, cell < from ? 0.001 : 0.5)(cell)
    if (cell < to)
      counts.push({
        series: detector.watch({ ...ROUTE, route: '/gone' }, cell),
        requests: goneRequests,
        errors: goneErrors,
      })
    detector.advance(cell, counts)
  }
  const spikes = detector.spikes()
  expect(spikes.map(({ route }) => route).toSorted()).toEqual(['/gone', null])
  for (const { resolvedAtMs } of spikes) expect((resolvedAtMs ?? 0) / CELL_MS).toBe(to)
  const [service] = detector.watched()
  expect(service?.baseline.rate).toBeLessThan(0.0005)
  expect(service?.baseline.shape).toBeGreaterThan(10)
})

test('silence does not close a spike', () => {
  const detector = defaultDetector()
  run(detector, evenly(100, 0.001), [0, 4 * HOUR])
  run(detector, evenly(100, 0.5), [4 * HOUR, 4 * HOUR + 30])
  run(detector, () => [0, 0], [4 * HOUR + 30, 10 * HOUR])
  expect(serviceSpikes(detector)[0]?.resolvedAtMs).toBeNull()
})

test('a rate that stays up for twelve hours becomes the new normal, told once', () => {
  const detector = defaultDetector()
  run(detector, evenly(100, 0.001), [0, 4 * HOUR])
  run(detector, evenly(100, 0.05), [4 * HOUR, 40 * HOUR])
  const spikes = serviceSpikes(detector)
  expect(spikes).toHaveLength(1)
  expect(spikes[0]).toMatchObject({ chronic: true })
})

test('a fault on one route is seen on that route and not on the others', () => {
  const detector = defaultDetector()
  const random = seeded(11)
  const pay = { ...ROUTE, route: '/pay' }
  const list = { ...ROUTE, route: '/list' }
  for (let cell = 0; cell < 6 * HOUR; cell++) {
    const [payRequests, payErrors] = byChance(random, 10, cell >= 5 * HOUR ? 0.4 : 0.001)(cell)
    const [listRequests, listErrors] = byChance(random, 90, 0.001)(cell)
    detector.advance(cell, [
      { series: detector.watch(pay, cell), requests: payRequests, errors: payErrors },
      { series: detector.watch(list, cell), requests: listRequests, errors: listErrors },
    ])
  }
  const routes = detector.spikes().map(({ route }) => route)
  expect(routes).toContain('/pay')
  expect(routes).not.toContain('/list')
})

test('a service that is not to be watched raises nothing', () => {
  const detector = defaultDetector('checkout')
  run(detector, evenly(100, 0.001), [0, 2 * HOUR])
  run(detector, evenly(100, 0.5), [2 * HOUR, 3 * HOUR])
  expect(detector.spikes()).toEqual([])
})

test('the order and the splitting of the counts of a cell change nothing', () => {
  const keys = ['/a', '/b', '/c'].map((route) => ({ ...ROUTE, route }))
  const arbitraryOrder = fc.integer({ min: 0, max: 1_000_000 })
  const spikesWith = (order: number) => {
    const random = seeded(23)
    const shuffle = seeded(order)
    const detector = defaultDetector()
    for (const key of keys) detector.watch(key, 0)
    for (let cell = 0; cell < 3 * HOUR; cell++) {
      const counts = keys.flatMap((key, index) => {
        const [requests, errors] = byChance(random, 40, cell > 2 * HOUR && index === 1 ? 0.3 : 0.002)(cell)
        const series = detector.watch(key, cell)
        return [
          { series, requests: requests - 10, errors: 0 },
          { series, requests: 10, errors },
        ]
      })
      detector.advance(
        cell,
        counts
          .map((count) => ({ count, place: shuffle() }))
          .sort((a, b) => a.place - b.place)
          .map(({ count }) => count),
      )
    }
    return detector.spikes()
  }
  const expected = spikesWith(0)
  expect(expected.length).toBeGreaterThan(0)
  fc.assert(
    fc.property(arbitraryOrder, (order) => {
      expect(spikesWith(order)).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

test('any counts at all give sound spikes: nothing is thrown, nothing is negative', () => {
  const cell = fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  const gaps = fc.array(fc.tuple(cell, fc.integer({ min: 1, max: 500 })), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(gaps, (cells) => {
      const detector = defaultDetector()
      let at = 0
      for (const [[requests, share], gap] of cells) {
        at += gap
        detector.advance(at, [{ series: detector.watch(ROUTE, at), requests, errors: Math.floor(requests * share) }])
      }
      for (const spike of detector.spikes()) {
        expect(spike.errors).toBeGreaterThanOrEqual(0)
        expect(spike.requests).toBeGreaterThanOrEqual(spike.errors)
        expect(spike.observedRate).toBeLessThanOrEqual(1)
        expect(spike.onsetAtMs).toBeLessThan(spike.detectedAtMs)
        expect(spike.resolvedAtMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(spike.onsetAtMs)
        expect(spike.onsetGuesses.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1)
      }
    }),
    { numRuns: 300 },
  )
})

test('a new service that begins to fail after one good minute is told within two', () => {
  for (const rate of [0.15, 0.5]) {
    const detector = defaultDetector()
    const random = seeded(17)
    run(detector, fault(byChance(random, 100, 0.001), byChance(random, 100, rate), { at: 6, length: 60 }), [0, 24])
    const [spike] = serviceSpikes(detector)
    expect((spike?.detectedAtMs ?? Number.NaN) / CELL_MS).toBeLessThanOrEqual(6 + 12)
  }
})
