import { expect, test } from 'vitest'
import { toBacktestDocument } from '../../../../../services/cli/backtest-document.ts'
import { renderBacktest } from '../../../../../services/cli/render/backtest-text.ts'
import type { Backtest, BacktestScore } from '../../../../../services/detector/backtest.ts'
import { spikeAt } from '../../correlator/drawn-log.ts'

const outage = spikeAt(100, { resolvedMinute: 110 })
const small = spikeAt(300, {
  service: 'users',
  method: 'GET',
  route: '/\u001b[31m',
  observedRate: 0.03,
  resolvedMinute: 305,
})
const score = (given: Partial<BacktestScore> = {}): BacktestScore => ({
  alerts: [[outage]],
  recall: 0.8,
  precision: 0.95,
  levels: [
    { addedRate: 0.01, injected: 12, found: 0, medianMs: null, ninetiethMs: null },
    { addedRate: 0.1, injected: 12, found: 11, medianMs: 40_000, ninetiethMs: 660_000 },
  ],
  ...given,
})
const first = outage.onsetAtMs / 10_000 - 600
const result = (given: Partial<Backtest> = {}): Backtest => ({
  ...{ services: 3, routes: 4, requests: 7_200_000, judged: { first, last: first + 17_279 }, injected: 24 },
  ...{ present: score(), next: null },
  ...given,
})
const show = (given: Partial<Backtest> = {}, byMinute = false) =>
  renderBacktest(toBacktestDocument(result(given), byMinute), { columns: 80, colour: false })

test('tells what alerted, what would have been found, and how soon', () => {
  expect(show()).toBe(`48 h of history: 2 Oct 12:00 – 4 Oct 12:00 UTC
3 services, 4 routes, 7.2 M requests

                                present
  alerts                        1
  alerts a week                 3.5
  recall of 24 injected rises   80 %
  precision, at least           95 %

  How soon a rise is told of: half of them, and nine in ten
    1.0 % of requests fail      0 of 12
    10 % of requests fail       11 of 12: 40 s, 11 min

  Alerts
    2 Oct 13:40  checkout  0.1 % → 10 %
`)
})

test('says where counts by the minute were judged', () => {
  expect(show({}, true)).toContain('3 services, 4 routes, 7.2 M requests, by the minute\n')
})

test('two configurations stand side by side in 80 columns, with what only one of them alerts of', () => {
  const text = show({ next: score({ alerts: [[outage], [small]], recall: 0.9, precision: 0.9 }) })
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text).toMatch(/alerts {24}1 {23}2\n/)
  expect(text).toContain('  Only the new one alerts of\n    2 Oct 17:00  users GET /\\x1b[31m  0.1 % → 3.0 %\n')
  expect(text).not.toContain('checkout')
})

test('says so where there is no history, or too little', () => {
  expect(show({ judged: undefined })).toMatch(/^Nothing is stored of that time/)
  expect(show({ injected: 0, present: score({ recall: null, precision: null, levels: [] }) })).toContain(
    'Too little history',
  )
})
