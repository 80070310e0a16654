import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createClientErrorDetector } from '../../../../../services/detector/core/client-errors.ts'
import { createLatencyDetector } from '../../../../../services/detector/core/latency.ts'
import { createCellFeed } from '../../../../../services/detector/feed-cells.ts'
import type { CellPage, SeriesRow } from '../../../../../services/detector/io/read-cells.ts'
import { byChance, defaultDetector, evenly, ROUTE, run, seeded } from './simulate.ts'

const HOUR = 360
const DAY = 24 * HOUR
const MINUTES_OF_DAY = 1_440
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
const OTHER = { ...ROUTE, service: 'search' }

test('what comes once a week is still known, and what stays away for longer is forgotten, a service and its routes', () => {
  const detector = defaultDetector()
  const names = () => [...new Set(detector.watched().map(({ series }) => series.key.service))]
  run(detector, evenly(100, 0.001), [0, HOUR])
  run(detector, evenly(100, 0.001), [HOUR, HOUR + 1], OTHER)
  run(detector, evenly(100, 0.001), [7 * DAY, 7 * DAY + 1], OTHER)
  expect(names()).toEqual(['checkout', 'search'])
  run(detector, evenly(100, 0.001), [9 * DAY, 9 * DAY + 1], OTHER)
  expect(names()).toEqual(['search'])
  expect(detector.state().routes.size).toBe(1)
})

test('a spike of a service that comes no more ends with what came last, and is told so', () => {
  const detector = defaultDetector()
  run(detector, evenly(100, 0.001), [0, 6 * HOUR])
  run(detector, byChance(seeded(1), 100, 0.5), [6 * HOUR, 6 * HOUR + 30])
  const open = detector.spikes().filter(({ signal }) => signal === 'error_rate')
  expect(open.map(({ resolvedAtMs }) => resolvedAtMs)).toEqual([null, null])
  run(detector, evenly(100, 0.001), [9 * DAY, 9 * DAY + 1], OTHER)
  const over = detector.spikes().filter(({ signal }) => signal === 'error_rate')
  expect(over.map(({ id }) => id).toSorted()).toEqual(open.map(({ id }) => id).toSorted())
  for (const { resolvedAtMs } of over) expect(resolvedAtMs).toBe((6 * HOUR + 30) * 10_000)
})

test('a route that was forgotten is watched anew when its rows come again', () => {
  const detector = defaultDetector()
  const feed = createCellFeed(detector)
  const rows: SeriesRow[] = [
    { id: 1, ...ROUTE },
    { id: 2, ...OTHER },
  ]
  const names = new Map(rows.map((row) => [row.id, row]))
  const pageOf = (cell: number, id: number): CellPage => ({
    rows: 1,
    cells: Uint32Array.of(cell),
    series: Float64Array.of(id),
    requests: Float64Array.of(100),
    errors: Float64Array.of(0),
  })
  feed.judge(pageOf(0, 1), names)
  feed.judge(pageOf(9 * DAY, 2), names)
  expect(feed.knows(1)).toBe(false)
  feed.judge(pageOf(9 * DAY + 1, 1), names)
  expect(feed.knows(1)).toBe(true)
  const again = detector
    .watched()
    .find(({ series }) => series.key.route === ROUTE.route && series.key.service === 'checkout')
  expect(again?.series.firstCell).toBe(9 * DAY + 1)
})

test('services whose durations and statuses come no more are forgotten, too', () => {
  const latency = createLatencyDetector(settings)
  const clientErrors = createClientErrorDetector(settings)
  for (let day = 0; day <= 20; day++) {
    const of = { env: 'prod', service: `s${day}` }
    latency.advance(day * MINUTES_OF_DAY, [{ ...of, counts: [{ bucket: 20, requests: 10 }] }])
    clientErrors.advance(day * MINUTES_OF_DAY, [{ ...of, requests: 10, clientErrors: [] }])
  }
  expect(latency.state().services.size).toBe(9)
  expect(clientErrors.state().services.size).toBe(9)
})
