import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FoundRise, findRise, locateOnset } from '../../../../../services/detector/core/scan.ts'
import { addToCell, type Series } from '../../../../../services/detector/core/series.ts'
import { STEADY_ALARMS_PER_LOOK } from '../../../../../services/detector/core/threshold.ts'
import { emptySeries, feedCell, START_CELL, seriesOf } from './drawn-series.ts'
import { evenly, type Traffic } from './simulate.ts'

const HOUR = 360
const baseline = { rate: 0.001, shape: 1000 }
const limits = { excessErrors: 4, uplift: 0.002, ratio: 1.2, nats: 15 }

/** Takes cells `[from, to)` into a series one by one, each looked at; the first rise found, and when. */
function watch(
  series: Series,
  traffic: Traffic,
  { cells, told = {}, level = baseline }: { cells: readonly [number, number]; told?: object; level?: typeof baseline },
): FoundRise | undefined {
  for (let cell = cells[0]; cell < cells[1]; cell++) {
    feedCell(series, cell, traffic(cell))
    const found = findRise(series, START_CELL + cell, { baseline: level, limits: { ...limits, ...told } })
    if (found !== undefined) return found
  }
  return undefined
}

/** Six hours of one error in a thousand requests, then an hour of `during`. */
function watchFault(during: Traffic, told: object = {}): FoundRise | undefined {
  const series = seriesOf(evenly(100, 0.001), 6 * HOUR)
  return watch(series, during, { cells: [6 * HOUR, 7 * HOUR], told })
}

/** Cells from the start of the fault to the end of the one that gave it away. */
function delayOf(found: FoundRise | undefined): number {
  return (found?.toCell ?? Number.POSITIVE_INFINITY) + 1 - START_CELL - 6 * HOUR
}

test.each([
  ['one in two', 0.5, 4],
  ['one in ten', 0.1, 6],
  ['one in fifty', 0.02, 12],
  ['one in a hundred', 0.01, 30],
])('finds a rise to %s, begun where it began', (_, rate, cells) => {
  const found = watchFault(evenly(100, rate))
  expect(delayOf(found)).toBeLessThanOrEqual(cells)
  expect(Math.abs((found?.fromCell ?? 0) - START_CELL - 6 * HOUR)).toBeLessThanOrEqual(2)
})

test('what goes on failing after half a minute that was worse is told as what it is by then', () => {
  const found = watchFault((cell) => [100, cell < 6 * HOUR + 2 ? 8 : cell % 2])
  expect(delayOf(found)).toBeLessThanOrEqual(20)
})

test('the worse it is, the sooner it is found', () => {
  const delays = [0.006, 0.02, 0.1, 0.5].map((rate) => delayOf(watchFault(evenly(100, rate))))
  expect(delays).toEqual(delays.toSorted((a, b) => b - a))
})

test.each<[string, Traffic]>([
  ['nothing at all', () => [0, 0]],
  ['no errors', evenly(100, 0)],
  ['its normal', evenly(100, 0.001)],
  ['one error of two requests', (cell) => [2, cell === 6 * HOUR ? 1 : 0]],
  ['half a minute of a few errors', (cell) => [100, cell < 6 * HOUR + 3 ? 7 : 0]],
  ['a rise by a tenth', evenly(100, 0.0011)],
])('is quiet about %s', (_, traffic) => {
  expect(watchFault(traffic)).toBeUndefined()
})

test.each<[string, Traffic, object]>([
  ['errors above normal', (cell) => [100, cell < 6 * HOUR + 6 ? 10 : 0], { excessErrors: 61 }],
  ['share of requests above normal', evenly(10_000, 0.006), { uplift: 0.0055 }],
  ['errors over what was expected', evenly(10_000, 0.006), { ratio: 7 }],
  ['evidence', (cell) => [100, cell < 6 * HOUR + 6 ? 10 : 0], { nats: 500 }],
])('a rise that stays below the limit of %s is not told', (_, traffic, stricter) => {
  expect(watchFault(traffic)).toBeDefined()
  expect(watchFault(traffic, stricter)).toBeUndefined()
})

test('errors that come in bursts are no rise as long as the bursts are no larger and no more often', () => {
  const bursty: Traffic = (cell) => [100, cell % 30 === 0 ? 3 : 0]
  const series = seriesOf(bursty, 24 * HOUR)
  expect(watch(series, bursty, { cells: [24 * HOUR, 26 * HOUR] })).toBeUndefined()
})

test('what an earlier spike has told is not told again', () => {
  const series = seriesOf((cell) => (cell < 6 * HOUR ? [100, 0] : [100, 50]), 6 * HOUR + 5)
  series.scanFrom = START_CELL + 6 * HOUR + 5
  const found = watch(series, () => [100, 50], { cells: [6 * HOUR + 5, 6 * HOUR + 30] })
  expect(found?.fromCell).toBe(START_CELL + 6 * HOUR + 5)
})

test('evidence from before a silent hour is forgotten', () => {
  const series = seriesOf(evenly(100, 0.001), 6 * HOUR)
  const few: Traffic = () => [100, 3]
  expect(watch(series, few, { cells: [6 * HOUR, 6 * HOUR + 3] })).toBeUndefined()
  expect(watch(series, few, { cells: [8 * HOUR, 8 * HOUR + 3] })).toBeUndefined()
  expect(series.rises?.fromCell.every((cell) => cell === 0 || cell >= START_CELL + 8 * HOUR)).toBe(true)
})

test('any counts: nothing is thrown, and what is found is within the limits and within the hour', () => {
  const cells = fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 400 })),
      requests: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 32 })),
      share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  const level = fc.record({
    rate: fc.double({ min: 0.0001, max: 0.999, noNaN: true }),
    shape: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  })
  fc.assert(
    fc.property(cells, level, (counts, drawn) => {
      const series = emptySeries()
      let cell = 0
      for (const { gap, requests, share } of counts) {
        cell += gap
        feedCell(series, cell, [requests, Math.floor(requests * share)])
        const found = findRise(series, START_CELL + cell, { baseline: drawn, limits })
        expect(series.rises?.nats.every((nats) => nats >= 0 && Number.isFinite(nats)) ?? true).toBe(true)
        if (found === undefined) continue
        const excess = found.errors - found.requests * drawn.rate
        expect(excess).toBeGreaterThanOrEqual(limits.excessErrors)
        expect(excess).toBeGreaterThanOrEqual(found.requests * limits.uplift)
        expect(found.errors).toBeLessThanOrEqual(found.requests)
        expect(found.nats).toBeGreaterThanOrEqual(limits.nats + Math.log(STEADY_ALARMS_PER_LOOK))
        expect(Number.isFinite(found.nats)).toBe(true)
        expect(found.toCell).toBe(START_CELL + cell)
        expect(found.toCell - found.fromCell).toBeLessThan(HOUR)
      }
    }),
    { numRuns: 500 },
  )
})

test('the order and the splitting of what is added to a cell change nothing', () => {
  const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 10,
  })
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 30 }), (cells) => {
      const [whole, split] = [emptySeries(), emptySeries()]
      for (const [cell, additions] of cells.entries()) {
        const sum = (index: 0 | 1) => additions.reduce((total, part) => total + part[index], 0)
        addToCell(whole, START_CELL + cell, sum(0) + sum(1), sum(1))
        for (const [passed, failed] of additions.toReversed())
          addToCell(split, START_CELL + cell, passed + failed, failed)
        const look = (series: Series) => findRise(series, START_CELL + cell, { baseline, limits })
        expect(look(split)).toEqual(look(whole))
      }
    }),
  )
})

test('a sharp rise began in its first failing cell', () => {
  const series = seriesOf((cell) => (cell < 6 * HOUR ? [100, 0] : [100, 50]), 6 * HOUR + 12)
  const cells = { from: START_CELL + 6 * HOUR - 20, latest: START_CELL + 6 * HOUR + 2, to: START_CELL + 6 * HOUR + 11 }
  const [likeliest] = locateOnset(series, cells, baseline).toSorted((a, b) => b.weight - a.weight)
  expect(likeliest?.atMs).toBe((START_CELL + 6 * HOUR) * 10_000)
  expect(likeliest?.weight).toBeGreaterThan(0.9)
})

test('a single stray error ten minutes before is not where a sharp rise began', () => {
  const series = seriesOf(
    (cell) => (cell < 6 * HOUR ? [100, cell === 6 * HOUR - 60 ? 1 : 0] : [100, 50]),
    6 * HOUR + 12,
  )
  const cells = { from: START_CELL + 6 * HOUR - 60, latest: START_CELL + 6 * HOUR, to: START_CELL + 6 * HOUR + 11 }
  const [first] = locateOnset(series, cells, baseline)
  expect(first?.atMs).toBe((START_CELL + 6 * HOUR - 60) * 10_000)
  expect(first?.weight).toBeLessThan(0.01)
})

test('where no cell failed, the onset is the latest it can be', () => {
  const series = seriesOf(evenly(100, 0), 20)
  const cells = { from: START_CELL, latest: START_CELL + 15, to: START_CELL + 19 }
  expect(locateOnset(series, cells, baseline)).toEqual([{ atMs: (START_CELL + 15) * 10_000, weight: 1 }])
})

test('where a hundred cells may be the first, the 30 likeliest are told', () => {
  const series = seriesOf(() => [100, 1], 100)
  const cells = { from: START_CELL, latest: START_CELL + 99, to: START_CELL + 99 }
  expect(locateOnset(series, cells, baseline)).toHaveLength(30)
})

test('any counts give onset guesses that are shares of 1, in time order, at most 30, each a cell that failed', () => {
  const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), {
    minLength: 1,
    maxLength: 100,
  })
  fc.assert(
    fc.property(counts, fc.nat(99), (cells, latest) => {
      const series = emptySeries()
      for (const [cell, [passed, failed]] of cells.entries())
        addToCell(series, START_CELL + cell, passed + failed, failed)
      const range = { from: START_CELL, latest: START_CELL + latest, to: START_CELL + cells.length - 1 }
      const guesses = locateOnset(series, range, baseline)
      expect(guesses.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
      expect(guesses.length).toBeLessThanOrEqual(30)
      const times = guesses.map(({ atMs }) => atMs)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
      for (const { atMs } of guesses) expect(atMs / 10_000).toBeLessThanOrEqual(START_CELL + latest)
      if (guesses.length > 1)
        for (const { atMs } of guesses) expect(cells[atMs / 10_000 - START_CELL]?.[1]).toBeGreaterThan(0)
    }),
  )
})
