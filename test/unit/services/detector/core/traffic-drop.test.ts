import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createDetector, type Detector } from '../../../../../services/detector/core/detector.ts'
import { CELL_MS } from '../../../../../shared/domain/cell.ts'
import { defaultDetector, seeded } from './simulate.ts'

const FIRST = 179_000_000
const MINUTE = 6
const HOUR = 360
const DAY = 24 * HOUR
const always = (): boolean => true

/** Requests of each service in a cell counted from the first. */
type Fleet = Readonly<Record<string, (cell: number) => number>>

/** Runs a fleet through cells `[from, to)`; cells in which nobody sends anything are not judged. */
function feed(detector: Detector, fleet: Fleet, [from, to]: readonly [number, number]): void {
  for (let cell = from; cell < to; cell++) {
    const counts = Object.entries(fleet).flatMap(([service, requestsIn]) => {
      const requests = requestsIn(cell)
      if (requests === 0) return []
      const series = detector.watch({ env: 'prod', service, method: 'GET', route: '/' }, FIRST + cell)
      return [{ series, requests, errors: 0 }]
    })
    if (counts.length > 0) detector.advance(FIRST + cell, counts)
  }
}

const silentIn =
  (requests: number, [from, to]: readonly [number, number]) =>
  (cell: number): number =>
    cell >= from && cell < to ? 0 : requests

const minuteOf = (atMs: number | null): number => ((atMs ?? Number.NaN) / CELL_MS - FIRST) / MINUTE

test('a service that is silent for ten minutes while others send is told of, until it sends again', () => {
  const detector = defaultDetector()
  const fleet = { checkout: silentIn(20, [HOUR, HOUR + 25 * MINUTE]), search: () => 30, cart: () => 10 }
  feed(detector, fleet, [0, HOUR + 9 * MINUTE])
  expect(detector.spikes()).toEqual([])
  feed(detector, fleet, [HOUR + 9 * MINUTE, HOUR + 20 * MINUTE])
  const [drop, ...others] = detector.spikes()
  expect(others).toEqual([])
  expect(drop).toMatchObject({
    signal: 'traffic_drop',
    service: 'checkout',
    route: null,
    resolvedAtMs: null,
    requests: 0,
  })
  expect(minuteOf(drop?.onsetAtMs ?? null)).toBe(60)
  expect(minuteOf(drop?.detectedAtMs ?? null)).toBe(70)
  expect(drop?.traffic).toMatchObject({ othersKnown: 2, othersSending: 2, silentSinceMs: drop?.onsetAtMs })
  feed(detector, fleet, [HOUR + 20 * MINUTE, 2 * HOUR])
  const [over] = detector.spikes()
  expect(over).toMatchObject({ id: drop?.id, requests: 0, traffic: { silentSinceMs: drop?.onsetAtMs } })
  expect(minuteOf(over?.resolvedAtMs ?? null)).toBe(85)
})

test('when nothing at all comes any more, every service is told of after ten minutes, under one id however often it is looked', () => {
  const told = [1, 7].map((step) => {
    const detector = defaultDetector()
    feed(detector, { checkout: () => 20, search: () => 30 }, [0, HOUR])
    for (let cell = HOUR; cell < HOUR + 30 * MINUTE; cell += step) detector.hearNothing(FIRST + cell, always)
    return detector.spikes()
  })
  expect(told[0]?.map(({ service, detectedAtMs }) => [service, minuteOf(detectedAtMs)]).toSorted()).toEqual([
    ['checkout', 70],
    ['search', 70],
  ])
  expect(told[0]?.map(({ traffic }) => traffic?.othersSending)).toEqual([0, 0])
  expect(told[1]?.map(({ id }) => id)).toEqual(told[0]?.map(({ id }) => id))
})

test('what comes late after a silence that was told is judged, and ends it', () => {
  const detector = defaultDetector()
  const fleet = { checkout: () => 20 }
  feed(detector, fleet, [0, HOUR])
  detector.hearNothing(FIRST + HOUR + 15 * MINUTE, always)
  expect(detector.spikes()).toHaveLength(1)
  feed(detector, fleet, [HOUR, HOUR + 15 * MINUTE])
  expect(detector.spikes().map(({ resolvedAtMs }) => minuteOf(resolvedAtMs))).toEqual([60])
})

test('a spike of errors stays open while its service is silent', () => {
  const detector = defaultDetector()
  const advance = (cell: number, errors: number): void => {
    const key = (service: string) => ({ env: 'prod', service, method: 'GET', route: '/' })
    const silent = cell >= HOUR + 5 * MINUTE
    const other = { series: detector.watch(key('search'), FIRST + cell), requests: 30, errors: 0 }
    const own = { series: detector.watch(key('checkout'), FIRST + cell), requests: 20, errors }
    detector.advance(FIRST + cell, silent ? [other] : [other, own])
  }
  for (let cell = 0; cell < HOUR + 40 * MINUTE; cell++) advance(cell, cell < HOUR ? 0 : 10)
  const ofCheckout = detector.spikes().filter(({ route }) => route === null)
  expect(ofCheckout.map(({ signal, resolvedAtMs }) => [signal, resolvedAtMs])).toEqual([
    ['error_rate', null],
    ['traffic_drop', null],
  ])
})

test('a service that keeps a tenth of its traffic or less is told of, one that keeps a fifth is not', () => {
  const stepTo = (share: number) => {
    const detector = defaultDetector()
    const random = seeded(3)
    const requests = (cell: number) => Math.round((cell < 9 * HOUR ? 100 : 100 * share) * (0.8 + 0.4 * random()))
    feed(detector, { feed: requests, search: () => 30 }, [0, 10 * HOUR])
    return detector.spikes().map(({ service, signal }) => [service, signal])
  }
  expect(stepTo(0.05)).toEqual([['feed', 'traffic_drop']])
  expect(stepTo(0.2)).toEqual([])
})

test('a service with hardly any requests is not missed', () => {
  const detector = defaultDetector()
  const random = seeded(5)
  const fleet = { thin: (cell: number) => Number(cell < 5 * HOUR && random() < 0.2), search: () => 30 }
  feed(detector, fleet, [0, 6 * HOUR])
  expect(detector.spikes()).toEqual([])
})

test('one client that sends very many requests at once and goes is not missed', () => {
  const detector = defaultDetector()
  const fleet = { import: (cell: number) => (cell < 2 * MINUTE ? 5000 : 0), search: () => 30 }
  feed(detector, fleet, [0, 6 * HOUR])
  expect(detector.spikes()).toEqual([])
})

test('a service that sleeps every night is not missed in the second', () => {
  const detector = defaultDetector()
  const fleet = {
    office: (cell: number) => ((cell % DAY) / HOUR >= 8 && (cell % DAY) / HOUR < 18 ? 20 : 0),
    search: () => 30,
  }
  feed(detector, fleet, [0, 3 * DAY])
  const begun = detector.spikes().map(({ onsetAtMs }) => minuteOf(onsetAtMs) / 60)
  expect(begun).toEqual([18])
})

test('days of waves, noise and evenings raise nothing', () => {
  const detector = defaultDetector()
  const random = seeded(11)
  const wave = (perCell: number, cell: number) => {
    const ofDay = 0.55 + 0.45 * Math.cos((2 * Math.PI * cell) / DAY)
    const gust = Math.exp(1.2 * (random() - 0.5))
    let requests = 0
    for (let odds = perCell * ofDay * gust; odds > 0; odds--) if (random() < odds) requests++
    return requests
  }
  const perCell = [0.3, 1, 3, 10, 30]
  const fleet = Object.fromEntries(perCell.map((rate, i) => [`s${i}`, (cell: number) => wave(rate, cell)]))
  feed(detector, fleet, [0, 4 * DAY])
  expect(detector.spikes()).toEqual([])
})

test('a service whose traffic is not watched may fall silent', () => {
  const services = new Map([['checkout', { traffic_drop: false }]])
  const detector = createDetector(toDetectorSettings(detectionSchema.parse({}), services))
  feed(detector, { checkout: silentIn(20, [HOUR, 3 * HOUR]), search: () => 30 }, [0, 2 * HOUR])
  expect(detector.spikes()).toEqual([])
})
