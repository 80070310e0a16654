import { expect, test } from 'vitest'
import type { UsualRule } from '../../bench/usual-rules/alert.ts'
import { burnRate } from '../../bench/usual-rules/burn-rate.ts'
import { ewma } from '../../bench/usual-rules/ewma.ts'
import { latestChange } from '../../bench/usual-rules/latest-change.ts'
import { medianMad } from '../../bench/usual-rules/median-mad.ts'
import { seasonalZScore } from '../../bench/usual-rules/seasonal-z-score.ts'
import { staticThreshold } from '../../bench/usual-rules/static-threshold.ts'
import { threeSigma } from '../../bench/usual-rules/three-sigma.ts'
import type { ChangeRecord } from '../../worlds/change-records.ts'
import type { ServiceCounts } from '../../worlds/draw-world.ts'

const HOUR_CELLS = 360
const START_MS = Date.UTC(2026, 2, 2)

/** Eight hours of 100 requests a cell, one error in every tenth cell; from hour six on, ten minutes of `share` errors. */
function series(share: number): ServiceCounts {
  const cells = 8 * HOUR_CELLS
  const isBroken = (cell: number): boolean => cell >= 6 * HOUR_CELLS && cell < 6 * HOUR_CELLS + 60
  return {
    service: 'checkout',
    startMs: START_MS,
    requests: Float64Array.from({ length: cells }, () => 100),
    errors: Float64Array.from({ length: cells }, (_, cell) => (isBroken(cell) ? share * 100 : Number(cell % 10 === 0))),
  }
}

function alertsOf(rule: UsualRule, share: number): { afterSeconds: number; lastsSeconds: number }[] {
  const brokenMs = START_MS + 6 * HOUR_CELLS * 10_000
  return rule.findAlerts(series(share)).map(({ startMs, detectedMs, endMs }) => ({
    afterSeconds: (detectedMs - brokenMs) / 1_000,
    lastsSeconds: (endMs - startMs) / 1_000,
  }))
}

test.each([
  // Thirty cells in the window: above 5 % once more than 150 of its 3,000 requests have failed, the normal ones included.
  ['5 % over 5 min, when 30 % fail', staticThreshold(0.05), 0.3, 50],
  ['1 % over 5 min, when 30 % fail', staticThreshold(0.01), 0.3, 10],
  // 1.44 % of an hour's 36,000 requests is 518, of which the normal ones are 36: in the 17th cell.
  ['burn rate, when 30 % fail', burnRate(0.999), 0.3, 170],
  ['3 sigma, when 5 % fail', threeSigma(), 0.05, 60],
  ['median + 6 MAD, when 5 % fail', medianMad(), 0.05, 10],
  ['EWMA, when 5 % fail', ewma(), 0.05, 60],
] as const)('%s: rings once, at its time', (_name, rule, share, afterSeconds) => {
  const alerts = alertsOf(rule, share)
  expect(alerts.map((alert) => alert.afterSeconds)).toEqual([afterSeconds])
  expect(alerts[0]?.lastsSeconds).toBeGreaterThan(240)
})

test.each([
  ['5 % over 5 min', staticThreshold(0.05)],
  ['1 % over 5 min', staticThreshold(0.01)],
  ['burn rate', burnRate(0.999)],
  ['3 sigma', threeSigma()],
  ['EWMA', ewma()],
] as const)('%s is silent on a steady service', (_name, rule) => {
  expect(alertsOf(rule, 0)).toEqual([])
})

test('the seasonal z-score waits for a season, and takes what comes every day for normal', () => {
  const minutes = 3 * 24 * 60
  const daily = (minute: number): boolean => minute % 1_440 >= 600 && minute % 1_440 < 720
  const broken = 2 * 1_440 + 900
  const counts: ServiceCounts = {
    service: 'checkout',
    startMs: START_MS,
    requests: new Float64Array(minutes * 6).fill(100),
    errors: Float64Array.from({ length: minutes * 6 }, (_, cell) => {
      const minute = Math.floor(cell / 6)
      return minute >= broken && minute < broken + 10 ? 20 : Number(daily(minute)) + (cell % 7 === 0 ? 1 : 0)
    }),
  }
  expect(seasonalZScore().findAlerts(counts)).toMatchObject([{ detectedMs: START_MS + (broken + 1) * 60_000 }])
  const first = {
    ...counts,
    requests: counts.requests.slice(0, 8_000),
    errors: counts.errors.slice(0, 8_000).fill(20, 7_000),
  }
  expect(seasonalZScore().findAlerts(first)).toEqual([])
})

test('a static threshold is deaf to what stays below it', () => {
  expect(alertsOf(staticThreshold(0.05), 0.04)).toEqual([])
})

test('alarms within five minutes are one alert', () => {
  const gap = (cells: number): ServiceCounts => {
    const errors = new Float64Array(200)
    errors.fill(50, 0, 1)
    errors.fill(50, cells, cells + 1)
    return { service: 's', startMs: 0, requests: new Float64Array(200).fill(100), errors }
  }
  // One cell of 50 errors keeps the five-minute window above 1 % for 30 cells; 30 more are folded.
  expect(staticThreshold(0.01).findAlerts(gap(58))).toHaveLength(1)
  expect(staticThreshold(0.01).findAlerts(gap(62))).toHaveLength(2)
})

test('the usual blame takes the newest change of the same service in the half hour before', () => {
  const change = (id: string, service: string, minutes: number): ChangeRecord => ({
    ...{ id, service, ts: new Date(START_MS + minutes * 60_000).toISOString() },
    ...{ kind: 'deploy', env: 'prod', status: 'succeeded', title: id, author: 'ana', source: 'api' },
  })
  const alert = { service: 'a', startMs: START_MS, detectedMs: START_MS, endMs: START_MS + 60_000 }
  const changes = [change('old', 'a', -20), change('new', 'a', -5), change('other', 'b', -1), change('later', 'a', 1)]
  expect(latestChange(alert, changes)).toBe('new')
  expect(latestChange(alert, [change('hour', 'a', -60), change('other', 'b', -1)])).toBeNull()
})
