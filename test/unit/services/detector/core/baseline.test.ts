import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absorbMatured,
  baselineAt,
  baselineOf,
  beginAbnormal,
  burstShape,
  endAbnormal,
  keepAbnormal,
  resetLevel,
  windowShape,
} from '../../../../../services/detector/core/baseline.ts'
import type { Series } from '../../../../../services/detector/core/series.ts'
import { emptySeries, feed, feedCell, START_CELL, seriesOf } from './drawn-series.ts'
import { evenly } from './simulate.ts'

const HOUR = 360

interface Counted {
  readonly errors: number
  readonly requests: number
}

/** A service whose normal is this already. */
function known(hours: Counted, newestHour: Counted = { errors: 0, requests: 0 }): Series {
  return { ...emptySeries(), hours: { ...hours, cells: HOUR }, newestHour: { ...newestHour, cells: HOUR } }
}

test('a service that nothing is known of is taken to fail 1 %, a route as much as its service', () => {
  expect(baselineOf(emptySeries())).toEqual({ rate: 0.01, shape: 0.35 })
  const service = known({ errors: 500, requests: 10_000 })
  expect(baselineOf(emptySeries(service)).rate).toBeCloseTo(baselineOf(service).rate, 12)
  expect(baselineOf(emptySeries(service)).shape).toBe(0.35)
})

// Posterior mean (k + a) / (n + a / p) and shape k + a of a gamma prior of mean p and shape a, worked out by hand.
test.each<[string, Counted, Counted, number, number]>([
  ['of the past hours', { errors: 50, requests: 1000 }, { errors: 0, requests: 0 }, 50.35 / 1035, 50.35],
  ['of no failure in many', { errors: 0, requests: 34_965 }, { errors: 0, requests: 0 }, 0.0001, 0.35],
  ['of an hour with many errors', { errors: 99.65, requests: 99_965 }, { errors: 70, requests: 20_000 }, 0.002, 100],
  ['of an hour with few', { errors: 9.65, requests: 9965 }, { errors: 2, requests: 2000 }, 0.001, 12],
])('the level is the posterior mean, known by hand: %s', (_, hours, newestHour, rate, shape) => {
  const baseline = baselineOf(known(hours, newestHour))
  expect(baseline.rate).toBeCloseTo(rate, 12)
  expect(baseline.shape).toBeCloseTo(shape, 9)
})

test.each([
  ['a fall to a fifth of the traffic: as many errors as before', 20, 0.01],
  ['as much traffic as before', 100, 0.002],
  ['somewhat less traffic', 60, 0.002],
])('the level after %s', (_, requests, rate) => {
  const series = seriesOf(evenly(100, 0.002), 12 * HOUR)
  feed(series, evenly(requests, 0), [12 * HOUR, 12 * HOUR + 60])
  expect(baselineAt(series, START_CELL + 12 * HOUR + 59).rate).toBeCloseTo(rate, 3)
})

test('the level is the same whether a log has a line every ten seconds or counts once a minute', () => {
  const everyCell = seriesOf(evenly(100, 0.02), HOUR)
  const everyMinute = seriesOf((cell) => (cell % 6 === 0 ? [600, 12] : [0, 0]), HOUR)
  expect(baselineAt(everyMinute, START_CELL + HOUR - 1).rate).toBeCloseTo(
    baselineAt(everyCell, START_CELL + HOUR - 1).rate,
    3,
  )
})

test('no service is taken to be better than one failure in ten thousand', () => {
  expect(baselineOf(seriesOf(evenly(1000, 0), 6 * HOUR)).rate).toBe(0.0001)
})

test('a service that fails every request has a level all the same', () => {
  const { rate, shape } = baselineOf(seriesOf(evenly(1000, 1), 6 * HOUR))
  expect(rate).toBeGreaterThan(0.99)
  expect(rate).toBeLessThan(1)
  expect(Number.isFinite(shape)).toBe(true)
})

test('any traffic gives a level that is a share, from one in ten thousand to below one', () => {
  const cell = fc.record({
    gap: fc.integer({ min: 1, max: 200 }),
    requests: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2_000_000 })),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 100 }), (cells) => {
      const series = emptySeries()
      let at = 0
      for (const { gap, requests, share } of cells) {
        at += gap
        feedCell(series, at, [requests, Math.floor(requests * share)])
      }
      const baseline = baselineOf(series)
      expect(baseline.rate).toBeGreaterThanOrEqual(0.0001)
      expect(baseline.rate).toBeLessThan(1)
      expect(baseline.shape).toBeGreaterThan(0)
      for (const length of [1, 6, 17, 360]) {
        const shape = windowShape(series, baseline, length)
        expect(shape).toBeGreaterThan(0)
        expect(shape).toBeLessThanOrEqual(Math.min(baseline.shape, burstShape(series, length)))
      }
    }),
  )
})

test('an unsure level and bursts add up: relative variances are summed', () => {
  const series = seriesOf(evenly(100, 0.01), HOUR)
  const bursts = 1 / burstShape(series, 6)
  expect(1 / windowShape(series, { rate: 0.01, shape: 4 }, 6)).toBeCloseTo(bursts + 1 / 4, 12)
})

test('the first minutes of a fault do not vouch for it: a young series waits three minutes, an old one an hour', () => {
  const young = emptySeries()
  feed(young, evenly(100, 0.5), [0, 18])
  expect(young.hours.requests).toBe(0)
  const old = emptySeries()
  feed(old, evenly(100, 0), [0, 4 * HOUR])
  feed(old, evenly(100, 0.5), [4 * HOUR, 5 * HOUR - 1])
  expect(old.hours.errors).toBe(0)
  feed(old, evenly(100, 0.5), [5 * HOUR - 1, 5 * HOUR + 10])
  expect(old.hours.errors).toBeGreaterThan(0)
})

test('what was known counts half after six hours, the newest hour after one, with traffic or without', () => {
  const series = known({ errors: 64, requests: 6400 }, { errors: 64, requests: 6400 })
  absorbMatured(series, START_CELL + 2160 + HOUR - 1)
  expect(series.hours.errors).toBeCloseTo(32, 9)
  expect(series.hours.requests).toBeCloseTo(3200, 9)
  expect(series.newestHour.errors).toBeCloseTo(1, 9)
})

test('what was known fades alike whether silence is looked at once or cell by cell', () => {
  const [once, often] = [known({ errors: 64, requests: 6400 }), known({ errors: 64, requests: 6400 })]
  absorbMatured(once, START_CELL + 1000)
  for (let cell = 0; cell <= 1000; cell++) absorbMatured(often, START_CELL + cell)
  expect(often.hours.requests).toBeCloseTo(once.hours.requests, 6)
})

/** Four quiet hours, one in which every second request fails and which is abnormal as told, and a quiet hour. */
function withFault(close: (series: Series) => void): Series {
  const series = seriesOf(evenly(100, 0), 4 * HOUR)
  beginAbnormal(series, START_CELL + 4 * HOUR)
  feed(series, evenly(100, 0.5), [4 * HOUR, 5 * HOUR])
  close(series)
  feed(series, evenly(100, 0), [5 * HOUR, 6 * HOUR])
  return series
}

test('what an incident held never becomes normal', () => {
  const lasting = withFault((series) => {
    keepAbnormal(series, START_CELL + 5 * HOUR)
    endAbnormal(series)
  })
  expect(lasting.hours.errors).toBe(0)
  expect(withFault(() => {}).hours.errors).toBe(0)
})

test('a burst that was soon over was normal after all', () => {
  expect(withFault(endAbnormal).hours.errors).toBeGreaterThan(1000)
})

test('of several spikes at once a short one does not make a long one normal, whichever ends first', () => {
  const [hour, minutes] = [START_CELL + 5 * HOUR, START_CELL + 4 * HOUR + 20]
  for (const ends of [
    [hour, minutes],
    [minutes, hour],
  ]) {
    const series = withFault((failing) => {
      for (const end of ends) keepAbnormal(failing, end)
      endAbnormal(failing)
    })
    expect(series.hours.errors).toBe(0)
  }
})

test('a burst that follows an incident without a pause does not make the incident normal', () => {
  const series = withFault((failing) => {
    keepAbnormal(failing, START_CELL + 5 * HOUR)
    endAbnormal(failing)
    beginAbnormal(failing, START_CELL + 5 * HOUR - 6)
    endAbnormal(failing)
  })
  expect(series.hours.errors).toBe(0)
})

test('what is an incident of the service is none of its routes’ normal either, and the other way round', () => {
  const service = emptySeries()
  const [failing, other] = [emptySeries(service, '/pay'), emptySeries(service, '/list')]
  beginAbnormal(failing, START_CELL)
  for (const series of [service, failing, other]) feed(series, evenly(100, 0.5), [0, HOUR])
  expect([service, failing, other].map(({ hours }) => hours.requests)).toEqual([0, 0, 0])
})

test('ending what never began changes nothing', () => {
  const series = seriesOf(evenly(100, 0.01), HOUR)
  keepAbnormal(series, START_CELL)
  endAbnormal(series)
  expect(series.abnormal).toEqual([])
})

test('no more than 64 incidents are remembered, the newest of them', () => {
  const series = emptySeries()
  for (let index = 0; index < 100; index++) {
    beginAbnormal(series, START_CELL + index * 10)
    keepAbnormal(series, START_CELL + index * 10 + 5)
    endAbnormal(series)
  }
  expect(series.abnormal).toHaveLength(64)
  expect(series.abnormal.at(-1)?.from).toBe(START_CELL + 990)
})

test('what stayed up becomes the level from one cell to the next', () => {
  const series = seriesOf(evenly(100, 0.001), 6 * HOUR)
  resetLevel(series, { errors: 5000, requests: 100_000, cells: HOUR })
  expect(baselineOf(series).rate).toBeCloseTo(0.05, 3)
})
