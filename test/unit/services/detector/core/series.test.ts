import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addToCell,
  errorsAt,
  oldestCell,
  RING_CELLS,
  requestsAt,
  type Series,
} from '../../../../../services/detector/core/series.ts'
import { emptySeries, START_CELL } from './drawn-series.ts'

/** Requests and errors of a cell, counted from the first. */
function at(series: Series, cell: number): [number, number] {
  return [requestsAt(series, START_CELL + cell), errorsAt(series, START_CELL + cell)]
}

function add(series: Series, cell: number, requests: number, errors: number): void {
  addToCell(series, START_CELL + cell, requests, errors)
}

test('a series that has seen nothing holds nothing, before its first cell and after', () => {
  const series = emptySeries()
  expect([-1, 0, 1, RING_CELLS].map((cell) => at(series, cell))).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ])
})

test.each<[string, number, [number, number]]>([
  ['the newest cell', 359, [10, 1]],
  ['the oldest cell of the hour', 0, [7, 2]],
  ['a cell without traffic', 200, [0, 0]],
  ['a cell that has not come yet', 360, [0, 0]],
  ['a cell before the first', -1, [0, 0]],
])('an hour is kept cell by cell: %s', (_, cell, expected) => {
  const series = emptySeries()
  add(series, 0, 7, 2)
  add(series, 359, 10, 1)
  expect(at(series, cell)).toEqual(expected)
})

test('a cell over an hour old is forgotten and its place is not taken for the new one', () => {
  const series = emptySeries()
  add(series, 0, 7, 2)
  add(series, RING_CELLS, 1, 1)
  expect(at(series, 0)).toEqual([0, 0])
  expect(at(series, RING_CELLS)).toEqual([1, 1])
})

test('after silence of a week nothing old is left in the hour', () => {
  const series = emptySeries()
  for (let cell = 0; cell < RING_CELLS; cell++) add(series, cell, 5, 5)
  const week = 7 * 24 * 360
  add(series, week, 1, 0)
  for (let cell = week - RING_CELLS; cell < week; cell++) expect(at(series, cell)).toEqual([0, 0])
})

test('the hour says the same as a plain list of cells, whatever comes and however it is split', () => {
  const counts = fc.record({
    gap: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1000 })),
    passed: fc.integer({ min: 0, max: 5000 }),
    failed: fc.integer({ min: 0, max: 5000 }),
  })
  fc.assert(
    fc.property(fc.array(counts, { maxLength: 100 }), (additions) => {
      const series = emptySeries()
      const plain = new Map<number, [number, number]>()
      let cell = 0
      for (const { gap, passed, failed } of additions) {
        cell += gap
        add(series, cell, passed + failed, failed)
        const [requests, errors] = plain.get(cell) ?? [0, 0]
        plain.set(cell, [requests + passed + failed, errors + failed])
      }
      const hour = Array.from({ length: RING_CELLS }, (_, ago) => cell - ago)
      expect(hour.map((past) => at(series, past))).toEqual(hour.map((past) => plain.get(past) ?? [0, 0]))
    }),
  )
})

test('counts too large to be exact keep six digits, and never become more errors than requests', () => {
  const count = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 }), fc.double({ min: 0, max: 1, noNaN: true }))
  fc.assert(
    fc.property(fc.array(count, { minLength: 1, maxLength: 50 }), (counts) => {
      const series = emptySeries()
      for (const [requests, share] of counts) add(series, 0, requests, Math.floor(requests * share))
      const [requests, errors] = at(series, 0)
      const sum = counts.reduce((total, [one]) => total + one, 0)
      expect(Math.abs(requests - sum)).toBeLessThanOrEqual(sum * 1e-5)
      expect(errors).toBeLessThanOrEqual(requests)
    }),
  )
})

test.each<[string, { scanFrom?: number; absorbedTo?: number }, number]>([
  ['an hour', {}, 1000 - RING_CELLS + 1],
  ['what is already normal', { absorbedTo: START_CELL + 900 }, 900],
  ['what an earlier spike has told', { scanFrom: START_CELL + 950, absorbedTo: START_CELL + 900 }, 950],
])('the scan goes back no further than %s', (_, known, expected) => {
  expect(oldestCell({ ...emptySeries(), ...known }, START_CELL + 1000) - START_CELL).toBe(expected)
})
