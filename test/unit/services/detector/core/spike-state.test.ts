import { expect, test } from 'vitest'
import { baselineOf } from '../../../../../services/detector/core/baseline.ts'
import type { OpenSpike } from '../../../../../services/detector/core/open-spike.ts'
import { errorsAt, requestsAt, type Series } from '../../../../../services/detector/core/series.ts'
import { closeSpike, openSpike, toSpike, updateSpike } from '../../../../../services/detector/core/spike-state.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { emptySeries, feed, feedCell, START_CELL } from './drawn-series.ts'
import { evenly, type Traffic } from './simulate.ts'

const HOUR = 360
const WELL = evenly(100, 0)
const FAILING = evenly(100, 0.5)

/** A series whose spike opened in the cell `opened` after the first; the log begins `logBegan` cells after the first. */
function opened(series: Series, at: { readonly opened: number; readonly logBegan?: number }): OpenSpike {
  const cell = START_CELL + at.opened
  const [requests, errors] = [requestsAt(series, cell), errorsAt(series, cell)]
  openSpike(series, {
    rise: { fromCell: cell, toCell: cell, requests, errors, nats: 50 },
    baseline: baselineOf(series),
    logBegan: START_CELL + (at.logBegan ?? 0),
  })
  if (series.spike === undefined) throw new Error('no spike was opened')
  return series.spike
}

/** Runs a series and its spike through cells `[from, to)`; what closed, and in which cell. */
function live(series: Series, traffic: Traffic, [from, to]: readonly [number, number]) {
  let end: { over: Spike; closed: number } | undefined
  for (let cell = from; cell < to; cell++) {
    feedCell(series, cell, traffic(cell))
    if (series.spike === undefined) continue
    updateSpike(series, series.spike, START_CELL + cell)
    const over = closeSpike(series, START_CELL + cell)
    if (over !== undefined) end = { over, closed: cell }
  }
  return end
}

/** Four quiet hours, then failing; the spike opened in the third failing cell. */
function failing(series = emptySeries(), traffic = FAILING): { series: Series; spike: OpenSpike } {
  feed(series, WELL, [0, 4 * HOUR])
  feed(series, traffic, [4 * HOUR, 4 * HOUR + 3])
  return { series, spike: opened(series, { opened: 4 * HOUR + 2 }) }
}

function told(series: Series, spike: OpenSpike): Spike {
  return toSpike(series.key, spike)
}

/** A time as the number of cells after the first failing one. */
function cellsIn(atMs: number | null): number | null {
  return atMs === null ? null : atMs / 10_000 - START_CELL - 4 * HOUR
}

test('a spike begins in its first failing cell and is detected at the end of the newest that was needed', () => {
  const { series, spike } = failing()
  const { onsetAtMs, detectedAtMs, ...rest } = told(series, spike)
  expect([cellsIn(onsetAtMs), cellsIn(detectedAtMs)]).toEqual([0, 3])
  expect(rest).toMatchObject({
    requests: 300,
    errors: 150,
    observedRate: 0.5,
    baselineRate: 0.0001,
    resolvedAtMs: null,
    alreadyFailing: false,
    chronic: false,
  })
  expect(rest.excessErrors).toBeCloseTo(150 - 300 * 0.0001, 9)
})

test('a spike’s id is that of its series and its opening cell, whatever the counts', () => {
  const one = failing().spike.id
  expect(failing(emptySeries(), evenly(100, 0.9)).spike.id).toBe(one)
  const service = emptySeries()
  expect(
    new Set([one, failing(emptySeries(service)).spike.id, failing(emptySeries(service, '/list')).spike.id]),
  ).toHaveProperty('size', 3)
})

test.each([
  [0, true],
  [12, true],
  [13, false],
])('a spike whose onset is %d cells after the log began was already failing: %s', (cells, expected) => {
  const series = emptySeries()
  feed(series, WELL, [0, 4 * HOUR])
  feed(series, FAILING, [4 * HOUR, 4 * HOUR + 3])
  const spike = opened(series, { opened: 4 * HOUR + 2, logBegan: 4 * HOUR - cells })
  expect(told(series, spike).alreadyFailing).toBe(expected)
})

test('five minutes of cells sharpen the onset, later ones leave it', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 4 * HOUR + 33])
  const settled = spike.onsetGuesses
  live(series, FAILING, [4 * HOUR + 33, 5 * HOUR])
  expect(spike.onsetGuesses).toBe(settled)
})

test('is well again from the first cell at normal, believed after two minutes, over ten minutes after that cell', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(series, WELL, [5 * HOUR, 5 * HOUR + 11])
  expect(spike.resolvedCell).toBeUndefined()
  live(series, WELL, [5 * HOUR + 11, 5 * HOUR + 12])
  expect(cellsIn(told(series, spike).resolvedAtMs)).toBe(HOUR)
  expect(live(series, WELL, [5 * HOUR + 12, 5 * HOUR + 60])).toBeUndefined()
  const end = live(series, WELL, [5 * HOUR + 60, 5 * HOUR + 61])
  expect(end?.over).toMatchObject({ requests: 36_000, errors: 18_000, observedRate: 0.5 })
  expect(series.spike).toBeUndefined()
  // What has been told is not scanned again.
  expect(series.scanFrom).toBe(START_CELL + 5 * HOUR)
})

test('what comes after the recovery is in no total', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(series, WELL, [5 * HOUR, 5 * HOUR + 50])
  expect(told(series, spike)).toMatchObject({ requests: 36_000, errors: 18_000 })
})

test('failing again within ten minutes is the same spike, and all of it is in its totals', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(series, WELL, [5 * HOUR, 5 * HOUR + 50])
  live(series, FAILING, [5 * HOUR + 50, 5 * HOUR + 60])
  expect(told(series, spike)).toMatchObject({ resolvedAtMs: null, requests: 42_000, errors: 18_500 })
})

test('one stray error after the recovery is no relapse', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(series, WELL, [5 * HOUR, 5 * HOUR + 30])
  live(series, () => [100, 1], [5 * HOUR + 30, 5 * HOUR + 31])
  expect(cellsIn(told(series, spike).resolvedAtMs)).toBe(HOUR)
})

test('half as bad is not well', () => {
  const { series, spike } = failing()
  live(series, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(series, evenly(100, 0.3), [5 * HOUR, 6 * HOUR])
  expect(spike.resolvedCell).toBeUndefined()
})

test.each<[string, number, number]>([
  ['twelve hours', 0.5, 12 * HOUR],
  ['two hours, when it is less than three times the old one,', 0.015, 2 * HOUR],
])('a rate that stays up for %s is the new normal', (_, rate, cells) => {
  const series = emptySeries()
  feed(series, evenly(100, 0.01), [0, 4 * HOUR])
  feed(series, evenly(100, rate), [4 * HOUR, 4 * HOUR + 60])
  opened(series, { opened: 4 * HOUR + 59 })
  const closesAt = 4 * HOUR + 59 + cells
  const end = live(series, evenly(100, rate), [4 * HOUR + 60, closesAt + 1])
  expect(end?.closed).toBe(closesAt)
  expect(end?.over.chronic).toBe(true)
  expect(baselineOf(series).rate).toBeCloseTo(rate, 2)
})

test('a spike of no requests has a rate of 0 and nothing negative', () => {
  const series = emptySeries()
  const spike = opened(series, { opened: 0 })
  expect(told(series, spike)).toMatchObject({ requests: 0, errors: 0, observedRate: 0, excessErrors: 0, evidence: 0 })
})

test('an incident of an hour is none of the normal; a burst of three minutes is', () => {
  const normalAfter = (cells: number): number => {
    const { series } = failing()
    live(series, FAILING, [4 * HOUR + 3, 4 * HOUR + cells])
    live(series, WELL, [4 * HOUR + cells, 8 * HOUR])
    return series.hours.errors
  }
  expect(normalAfter(HOUR)).toBe(0)
  expect(normalAfter(18)).toBeGreaterThan(100)
})

test('a route that fails for the last minutes of its service’s hour does not make that hour normal', () => {
  const { series: service } = failing()
  const route = emptySeries(service)
  feed(route, WELL, [4 * HOUR, 5 * HOUR - 12])
  live(service, FAILING, [4 * HOUR + 3, 5 * HOUR - 10])
  feed(route, FAILING, [5 * HOUR - 12, 5 * HOUR - 9])
  opened(route, { opened: 5 * HOUR - 10 })
  for (let cell = 5 * HOUR - 10; cell < 7 * HOUR; cell++) {
    const traffic = cell < 5 * HOUR ? FAILING : WELL
    live(service, traffic, [cell, cell + 1])
    if (cell >= 5 * HOUR - 9) live(route, traffic, [cell, cell + 1])
  }
  expect([service.spike, route.spike]).toEqual([undefined, undefined])
  expect(service.hours.errors).toBe(0)
})

test('a route that gets no more requests is well when its service is', () => {
  const service = emptySeries()
  const { spike: ofService } = failing(service)
  const { series: route, spike } = failing(emptySeries(service))
  live(service, FAILING, [4 * HOUR + 3, 5 * HOUR])
  live(route, FAILING, [4 * HOUR + 3, 5 * HOUR])
  const nothing: Traffic = () => [0, 0]
  for (let cell = 5 * HOUR; cell < 5 * HOUR + 20; cell++) {
    live(service, WELL, [cell, cell + 1])
    live(route, nothing, [cell, cell + 1])
  }
  expect(cellsIn(told(service, ofService).resolvedAtMs)).toBe(HOUR)
  expect(cellsIn(told(route, spike).resolvedAtMs)).toBe(HOUR)
})
