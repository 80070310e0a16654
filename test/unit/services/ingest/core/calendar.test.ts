import { expect, test } from 'vitest'
import {
  bounded,
  END_OF_TIME_MS,
  fractionMs,
  minuteMs,
  secondMs,
  zoneMs,
} from '../../../../../services/ingest/core/calendar.ts'

test.each([
  [[1970, 1, 1, 0, 0], '1970-01-01T00:00:00Z'],
  [[2024, 2, 29, 23, 59], '2024-02-29T23:59:00Z'],
  [[2000, 2, 29, 0, 0], '2000-02-29T00:00:00Z'],
  [[2026, 12, 31, 0, 0], '2026-12-31T00:00:00Z'],
] as const)('knows the minute %j', ([year, month, day, hour, minute], time) => {
  expect(minuteMs(year, month, day, hour, minute)).toBe(Date.parse(time))
})

test.each([
  [2026, 2, 29, 0, 0],
  [2100, 2, 29, 0, 0],
  [2026, 4, 31, 0, 0],
  [2026, 0, 1, 0, 0],
  [2026, 13, 1, 0, 0],
  [2026, 1, 0, 0, 0],
  [2026, 1, 1, 24, 0],
  [2026, 1, 1, 0, 60],
  [Number.NaN, 1, 1, 0, 0],
] as const)('there is no minute %j-%j-%j %j:%j', (year, month, day, hour, minute) => {
  expect(minuteMs(year, month, day, hour, minute)).toBeNaN()
})

test.each([0, 26, 70, 99])('takes the year %j for none of the 1900s', (year) => {
  expect(minuteMs(year, 1, 1, 0, 0)).toBeNaN()
})

test.each([
  [0, 0],
  [59, 59_000],
  [60, 60_000],
  [61, Number.NaN],
])('second %j is %j ms into its minute', (second, ms) => {
  expect(secondMs(second)).toBe(ms)
})

test.each([
  [undefined, 0],
  ['5', 500],
  ['05', 50],
  ['123', 123],
  ['123999999', 123],
])('the fraction %j is %j ms', (digits, ms) => {
  expect(fractionMs(digits)).toBe(ms)
})

test.each([
  [undefined, 0],
  ['+0000', 0],
  ['+0330', 210],
  ['-03:30', -210],
  ['+03', 180],
  [' -0800', -480],
  ['+23:59', 1_439],
  ['+2400', Number.NaN],
  ['+0060', Number.NaN],
  ['0330', Number.NaN],
  ['+3', Number.NaN],
  ['+03300', Number.NaN],
  ['Z', Number.NaN],
  ['', Number.NaN],
])('the zone %j is %j minutes before UTC', (zone, minutes) => {
  expect(zoneMs(zone)).toBe(minutes * 60_000)
})

test.each([
  [0, 0],
  [END_OF_TIME_MS - 1, END_OF_TIME_MS - 1],
  [END_OF_TIME_MS, Number.NaN],
  [-1, Number.NaN],
  [Number.NaN, Number.NaN],
])('of the time %j the store keeps %j', (ms, kept) => {
  expect(bounded(ms)).toBe(kept)
})
