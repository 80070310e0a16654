import fc from 'fast-check'
import { expect, test } from 'vitest'
import { locateOnset, scanWindows } from '../../../../../services/detector/core/scan.ts'
import { addToCell } from '../../../../../services/detector/core/series.ts'
import { emptySeries, feedCell, START_CELL, seriesOf } from './drawn-series.ts'
import { evenly, type Traffic } from './simulate.ts'

const HOUR = 360
const baseline = { rate: 0.001, shape: 1000 }
const limits = { excessErrors: 4, uplift: 0.002, ratio: 1.2, surprise: 15 }

/** Six hours of `before`, then `during` until cell `now`, scanned there. */
function scanAt(now: number, during: Traffic, told: Partial<typeof limits> = {}, before: Traffic = evenly(100, 0.001)) {
  const series = seriesOf((cell) => (cell < 6 * HOUR ? before(cell) : during(cell)), now + 1)
  return scanWindows(series, START_CELL + now, { baseline, limits: { ...limits, ...told } })
}

test.each([
  ['two minutes', 12],
  ['four minutes', 24],
  ['sixteen minutes', 96],
])('finds a rise that began %s ago, begun where it began', (_, cells) => {
  const now = 6 * HOUR + cells - 1
  const found = scanAt(now, evenly(100, 0.9))
  expect(found).toMatchObject({ fromCell: START_CELL + 6 * HOUR, toCell: START_CELL + now, requests: 100 * cells })
  expect(found?.errors).toBe(90 * cells)
})

test('ten seconds are enough for a sharp rise', () => {
  expect(scanAt(6 * HOUR, () => [100, 40])?.errors).toBeGreaterThanOrEqual(40)
})

test('a slow rise that no minute shows is found in a longer window', () => {
  const found = scanAt(7 * HOUR - 1, evenly(100, 0.006))
  expect((found?.toCell ?? 0) - (found?.fromCell ?? 0)).toBeGreaterThan(60)
})

test.each<[string, Traffic]>([
  ['nothing at all', () => [0, 0]],
  ['no errors', evenly(100, 0)],
  ['its normal', evenly(100, 0.001)],
  ['one error of two requests', () => [2, 1]],
  ['three errors of three', () => [3, 3]],
])('is quiet about %s', (_, traffic) => {
  expect(scanAt(6 * HOUR, traffic)).toBeUndefined()
})

test.each<[string, Traffic, Partial<typeof limits>]>([
  ['errors above normal', () => [100, 40], { excessErrors: 41 }],
  ['share of requests above normal', () => [10_000, 60], { uplift: 0.0055 }],
  ['errors over what was expected', () => [10_000, 60], { ratio: 7 }],
  ['surprise', () => [100, 40], { surprise: 20 }],
])('a rise that stays below the limit of %s is not told', (_, traffic, stricter) => {
  expect(scanAt(6 * HOUR, traffic)).toBeDefined()
  expect(scanAt(6 * HOUR, traffic, stricter)).toBeUndefined()
})

test('a minute of a few errors surprises no more than a blip of its size does: ln 8640 + errors / 4', () => {
  for (const errors of [5, 10, 40]) {
    const found = scanAt(6 * HOUR, () => [100, errors], { surprise: 1 }, evenly(100, 0))
    expect(found?.surprise).toBeCloseTo(Math.log(8640) + errors / 4, 9)
  }
})

test('as many errors over ten minutes surprise more than a blip', () => {
  const during: Traffic = (cell) => [100, cell % 6 === 0 ? 4 : 0]
  expect(scanAt(6 * HOUR + 60, during, {}, evenly(100, 0))?.surprise).toBeGreaterThan(Math.log(8640) + 40 / 4)
})

test('what an earlier spike has told is not told again', () => {
  const series = seriesOf((cell) => (cell < 6 * HOUR ? [100, 0] : [100, 50]), 6 * HOUR + 10)
  series.scanFrom = START_CELL + 6 * HOUR + 5
  const found = scanWindows(series, START_CELL + 6 * HOUR + 9, { baseline, limits })
  expect(found?.fromCell).toBe(START_CELL + 6 * HOUR + 5)
})

test('any counts: nothing is thrown, and what is found is within the limits and within the hour', () => {
  const cells = fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 400 })),
      requests: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 32 })),
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
      }
      const found = scanWindows(series, START_CELL + cell, { baseline: drawn, limits })
      if (found === undefined) return
      const excess = found.errors - found.requests * drawn.rate
      expect(excess).toBeGreaterThanOrEqual(limits.excessErrors)
      expect(excess).toBeGreaterThanOrEqual(found.requests * limits.uplift)
      expect(found.errors).toBeLessThanOrEqual(found.requests)
      expect(found.surprise).toBeGreaterThanOrEqual(limits.surprise)
      expect(Number.isFinite(found.surprise)).toBe(true)
      expect(found.toCell).toBe(START_CELL + cell)
      expect(found.toCell - found.fromCell).toBeLessThan(HOUR)
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
      }
      const now = START_CELL + cells.length - 1
      expect(scanWindows(split, now, { baseline, limits })).toEqual(scanWindows(whole, now, { baseline, limits }))
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
