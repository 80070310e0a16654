import { expect, test } from 'vitest'
import type { Normal } from '../../../../../services/detector/core/normal.ts'
import { ADDED_RATES, countCells, observeRises, type Rise } from '../../../../../services/detector/core/rises.ts'
import { addToCell, RING_CELLS, type Series } from '../../../../../services/detector/core/series.ts'
import { emptySeries, START_CELL } from './drawn-series.ts'

const NORMAL: Normal = { rate: 0.001, blockCells: 1, shape: 1e5 }

interface Span {
  readonly from: number
  readonly to: number
  readonly errors: number
  readonly requests?: number
}

/** Gives the cells their traffic and looks after each; returns what was seen last. */
function watch(series: Series, { from, to, errors, requests = 100 }: Span, normal = NORMAL): Rise | undefined {
  let rise: Rise | undefined
  for (let cell = START_CELL + from; cell < START_CELL + to; cell++) {
    addToCell(series, cell, requests, errors)
    rise = observeRises(series, cell, normal)
  }
  return rise
}

test('each rate that is looked for is about twice the one before', () => {
  for (const [index, rate] of ADDED_RATES.slice(1).entries()) expect(rate / (ADDED_RATES[index] ?? 0)).toBeCloseTo(2, 0)
})

test('where there are no errors nothing is seen, and nothing is kept', () => {
  const series = emptySeries()
  expect(watch(series, { from: 0, to: 40, errors: 0 })).toBeUndefined()
  expect(series.rises).toBeUndefined()
})

test.each([
  [1, 0.012],
  [5, 0.048],
  [20, 0.2],
  [79, 0.8],
])('%d errors of 100 are seen as a rise by %d, from the cell where they began', (errors, added) => {
  const series = emptySeries()
  watch(series, { from: 0, to: 30, errors: 0 })
  expect(watch(series, { from: 30, to: 40, errors })).toMatchObject({ added, fromCell: START_CELL + 30 })
})

test('the evidence grows with each cell, and is forgotten once the errors have ended', () => {
  const series = emptySeries()
  const first = watch(series, { from: 0, to: 1, errors: 5 })?.nats ?? 0
  expect(first).toBeGreaterThan(0)
  expect(watch(series, { from: 1, to: 10, errors: 5 })?.nats).toBeCloseTo(10 * first, 6)
  expect(watch(series, { from: 10, to: 11, errors: 0 })).toBeUndefined()
  expect(series.rises).toBeDefined()
  watch(series, { from: 11, to: 340, errors: 0, requests: 1_000 })
  expect(series.rises).toBeUndefined()
})

test('a late look sees what a look at every cell would have seen', () => {
  const [late, steady] = [emptySeries(), emptySeries()]
  for (const series of [late, steady]) watch(series, { from: 0, to: 1, errors: 5 })
  for (let cell = START_CELL + 1; cell < START_CELL + 9; cell++) addToCell(late, cell, 100, 5)
  const seen = watch(steady, { from: 1, to: 10, errors: 5 })
  expect(seen?.fromCell).toBe(START_CELL)
  expect(watch(late, { from: 9, to: 10, errors: 5 })).toEqual(seen)
})

test('where errors come in bursts of several cells a rise begins with a block of them', () => {
  const series = emptySeries()
  const normal: Normal = { ...NORMAL, blockCells: 6 }
  const from = 36 - (START_CELL % 6)
  watch(series, { from: 0, to: from, errors: 0 }, normal)
  // The first errors come in the middle of a block.
  watch(series, { from, to: from + 3, errors: 0 }, normal)
  const rise = watch(series, { from: from + 3, to: from + 20, errors: 5 }, normal)
  expect(rise?.fromCell).toBe(START_CELL + from)
})

test('a rate that is up by less than a fifth of itself is no rise', () => {
  const often: Normal = { ...NORMAL, rate: 0.5 }
  expect(watch(emptySeries(), { from: 0, to: 30, errors: 515, requests: 1_000 }, often)).toBeUndefined()
  expect(watch(emptySeries(), { from: 0, to: 30, errors: 600, requests: 1_000 }, often)?.added).toBe(0.2)
})

test('what came before a silent hour says nothing of now', () => {
  const series = emptySeries()
  watch(series, { from: 0, to: 10, errors: 5 })
  const later = RING_CELLS + 20
  const fresh = emptySeries()
  expect(watch(series, { from: later, to: later + 1, errors: 5 })).toEqual(
    watch(fresh, { from: later, to: later + 1, errors: 5 }),
  )
})

test('only cells are counted that were seen, are not normal yet and had not been told before', () => {
  const series = emptySeries()
  for (let cell = 0; cell < 10; cell++) addToCell(series, START_CELL + cell, 100, cell)
  const count = (from: number, to: number) => countCells(series, START_CELL + from, START_CELL + to)
  expect(count(2, 5)).toEqual({ requests: 300, errors: 2 + 3 + 4 })
  expect(count(8, 20)).toEqual({ requests: 200, errors: 8 + 9 })
  series.scanFrom = START_CELL + 4
  expect(count(2, 5)).toEqual({ requests: 100, errors: 4 })
  series.absorbedTo = START_CELL + 6
  expect(count(2, 7)).toEqual({ requests: 100, errors: 6 })
  expect(count(2, 5)).toEqual({ requests: 0, errors: 0 })
})
