import { expect, test } from 'vitest'
import { type Blip, blipNats, blipOf, rememberBurst } from '../../../../../services/detector/core/bursts.ts'
import { emptySeries, START_CELL, seriesOf } from './drawn-series.ts'
import { defaultDetector, evenly, ROUTE, run, type Traffic } from './simulate.ts'

const HOUR = 360
const DAY = 24 * HOUR

test('bursts make the next like them no news for three days; what lasted longer does not', () => {
  const series = emptySeries()
  const atCell = START_CELL + DAY
  const usual = blipOf(series, atCell)
  rememberBurst(series, { atCell, errors: 500, cells: 40 })
  expect(blipOf(series, atCell)).toEqual(usual)
  rememberBurst(series, { atCell, errors: 60, cells: 7 })
  const known = blipOf(series, atCell)
  expect(known.cells).toBe(8)
  expect(known.mean).toBeGreaterThan(usual.mean)
  expect(blipOf(series, atCell + 3 * DAY).mean).toEqual(usual.mean)
})

test('the longer a service is known and does not burst, the less a blip explains', () => {
  const series = emptySeries()
  const nats = [0, HOUR, 8 * HOUR, 3 * DAY].map((age) => blipNats(blipOf(series, START_CELL + age), 30))
  expect(nats).toEqual(nats.toSorted((a, b) => a - b))
  expect(new Set(nats).size).toBe(4)
})

test('the blips of the other services are what is expected of one that had none', () => {
  const among = (errors: number): Blip => {
    const detector = defaultDetector()
    const blips: Traffic = (cell) => (cell % (8 * HOUR) === HOUR ? [100, errors] : [100, 0])
    for (let cell = 0; cell < DAY; cell++) {
      const counts = ['a', 'b', 'c', 'd', 'e', 'calm'].map((service) => {
        const [requests, failed] = service === 'calm' ? [100, 0] : blips(cell)
        return { series: detector.watch({ ...ROUTE, service }, cell), requests, errors: failed }
      })
      detector.advance(cell, counts)
    }
    const calm = detector.watched().find(({ series }) => series.key.service === 'calm' && series.parent === undefined)
    if (calm === undefined) throw new Error('not watched')
    return blipOf(calm.series, DAY)
  }
  const [none, small, large] = [among(0), among(5), among(12)]
  expect(blipNats(none, 15)).toBeGreaterThan(blipNats(large, 15) + 1)
  expect(blipNats(small, 15)).toBeGreaterThan(blipNats(large, 15) + 1)
  // Each service has its own: that all others had small ones says little of how large this one's may be.
  expect(small.known).toBe(none.known)
})

test.each([
  ['a fifth of 50 requests a second', 500, 0.2, 2],
  ['a twentieth of 50 requests a second', 500, 0.05, 2],
  ['a fifth of 10 requests a second', 100, 0.2, 2],
  ['a twentieth of 10 requests a second', 100, 0.05, 5],
])('%s is more than any blip: it is told within so many cells', (_, requests, share, cells) => {
  const detector = defaultDetector()
  run(detector, evenly(requests, 0.0005), [0, DAY])
  run(detector, evenly(requests, share), [DAY, DAY + HOUR])
  const [first] = detector.spikes()
  expect((first?.detectedAtMs ?? Number.POSITIVE_INFINITY) / 10_000 - DAY).toBeLessThanOrEqual(cells)
})

test('bursts that never were an alarm make the next like them no news', () => {
  const burst = (cell: number): boolean => cell % (2 * HOUR) < 3
  const calm = evenly(100, 0.0005)
  const bursting = seriesOf((cell) => (burst(cell) ? [100, 10] : calm(cell)), DAY)
  const newest = START_CELL + DAY
  const excess = 35
  expect(blipNats(blipOf(bursting, newest), excess)).toBeLessThan(
    blipNats(blipOf(seriesOf(calm, DAY), newest), excess) - 2,
  )
})

test('a burst of a minute is told once or twice, not daily; a fault that lasts is told all the same', () => {
  const detector = defaultDetector()
  const calm = evenly(100, 0.0005)
  const isBurst = (cell: number) => cell > 12 * HOUR && cell % (6 * HOUR) < 6
  const faultAt = 4 * DAY + HOUR
  const traffic: Traffic = (cell) => {
    if (isBurst(cell) && cell < faultAt) return [100, 9]
    return cell >= faultAt && cell < faultAt + 60 ? [100, 9] : calm(cell)
  }
  run(detector, traffic, [0, faultAt + HOUR])
  const told = detector.spikes().filter(({ route }) => route === null)
  const ofFault = told.filter(({ onsetAtMs }) => Math.abs(onsetAtMs / 10_000 - faultAt) <= 2)
  expect(ofFault).toHaveLength(1)
  expect((ofFault[0]?.detectedAtMs ?? 0) / 10_000 - faultAt).toBeLessThanOrEqual(18)
  expect(told.length - 1).toBeLessThanOrEqual(2)
})

test('errors of one route alone are told sooner than as many over all routes, which a replaced pod would make', () => {
  const routes = ['/a', '/b', '/c', '/d']
  const at = 12 * HOUR
  const delayOf = (errorsOf: (route: string, cell: number) => number): number => {
    const detector = defaultDetector()
    for (let cell = 0; cell < at + 60; cell++) {
      const counts = routes.map((route) => {
        const [requests, stray] = evenly(25, 0.0005)(cell)
        const errors = cell < at ? stray : errorsOf(route, cell)
        return { series: detector.watch({ ...ROUTE, route }, cell), requests, errors }
      })
      detector.advance(cell, counts)
    }
    return Math.min(...detector.spikes().map(({ detectedAtMs }) => detectedAtMs / 10_000)) - at
  }
  const alone = delayOf((route) => (route === '/a' ? 2 : 0))
  const spread = delayOf((route, cell) => Number(routes.indexOf(route) % 2 === cell % 2))
  expect(alone).toBeLessThan(spread)
})
