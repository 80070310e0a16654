import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createDetector, type DetectorState, STATE_VERSION } from '../../../../../services/detector/core/detector.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { byForm } from '../../../../support/long-form.ts'
import { byChance, seeded } from './simulate.ts'

const HOUR = 360
const LENGTH = 4 * HOUR
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())

const KEYS = ['a', 'b', 'c', 'd'].map((name, index) => ({
  env: 'prod',
  service: index < 2 ? 'shop' : 'pay',
  method: 'GET',
  route: `/${name}`,
}))

/** Four hours of four routes: one fails for half an hour and again, one for some minutes, one comes late. */
const CELLS = (() => {
  const random = seeded(31)
  return Array.from({ length: LENGTH }, (_, cell) =>
    KEYS.map((key, index) => {
      const fails =
        (index === 0 && ((cell > 2 * HOUR && cell < 2 * HOUR + 180) || cell > LENGTH - 90)) ||
        (index === 2 && cell > 3 * HOUR && cell < 3 * HOUR + 24)
      const [requests, errors] = byChance(
        random,
        index === 3 && cell < HOUR ? 0 : 5 + 10 * index,
        fails ? 0.3 : 0.004,
      )(cell)
      return { key, requests, errors }
    }).filter(({ requests }) => requests > 0),
  )
})()

interface Feeding {
  /** Orders the counts of each cell. */
  readonly order: number
  /** Cells after which the newest `again` cells are fed once more. */
  readonly repeats: readonly { readonly after: number; readonly again: number }[]
  /** Cells after which the detector is stopped, kept and gone on from. */
  readonly restarts: readonly number[]
}

function spikesOf({ order, repeats, restarts }: Feeding): Spike[] {
  const shuffle = seeded(order)
  let detector = createDetector(settings)
  const feed = (cell: number): void => {
    const pieces = (CELLS[cell] ?? []).flatMap(({ key, requests, errors }) => {
      const series = detector.watch(key, cell)
      const [part, failed] = [Math.floor(requests * shuffle()), Math.floor(errors * shuffle())]
      const most = Math.max(part, failed)
      return [
        { series, requests: most, errors: failed },
        { series, requests: requests - most, errors: errors - failed },
      ]
    })
    const places = pieces.map((piece) => ({ piece, place: shuffle() })).sort((x, y) => x.place - y.place)
    detector.advance(
      cell,
      places.map(({ piece }) => piece),
    )
  }
  for (let cell = 0; cell < LENGTH; cell++) {
    feed(cell)
    for (const { after, again } of repeats)
      if (after === cell) for (let old = Math.max(cell - again, 0); old <= cell; old++) feed(old)
    if (restarts.includes(cell)) detector = createDetector(settings, structuredClone(detector.state()))
  }
  return detector.spikes()
}

test('another order, the same cell twice, and a restart in between give the same spikes', { timeout: 600_000 }, () => {
  const expected = spikesOf({ order: 1, repeats: [], restarts: [] })
  expect(expected.length).toBeGreaterThanOrEqual(3)
  const cell = fc.nat(LENGTH - 1)
  const feeding = fc.record({
    order: fc.nat(1_000_000),
    repeats: fc.array(fc.record({ after: cell, again: fc.nat(20) }), { maxLength: 10 }),
    restarts: fc.array(cell, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(feeding, (drawn) => {
      expect(spikesOf(drawn)).toEqual(expected)
    }),
    { numRuns: byForm({ short: 15, long: 500 }) },
  )
})

test('a state of another version is refused', () => {
  const state: DetectorState = { ...createDetector(settings).state(), version: STATE_VERSION + 1 }
  expect(() => createDetector(settings, state)).toThrow('version')
})
