import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant } from '../../../../shared/domain/parse-instant.ts'

const AT_MS = Date.UTC(2026, 9, 2, 14, 2, 50)

test.each<[string | number, number]>([
  ['2026-10-02T14:02:50Z', AT_MS],
  ['2026-10-02t14:02:50z', AT_MS],
  ['2026-10-02 14:02:50Z', AT_MS],
  ['2026-10-02T14:02Z', AT_MS - 50_000],
  ['2026-10-02T14:02:50.5Z', AT_MS + 500],
  ['2026-10-02T14:02:50,25Z', AT_MS + 250],
  ['2026-10-02T14:02:50.999999999Z', AT_MS + 999],
  ['2026-10-02T19:32:50+05:30', AT_MS],
  ['2026-10-02T04:02:50-1000', AT_MS],
  ['  2026-10-02T14:02:50Z\n', AT_MS],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  [0, 0],
  [AT_MS / 1000 + 0.25, AT_MS + 250],
  [`${AT_MS / 1000}.125`, AT_MS + 125],
  [`${AT_MS}`, AT_MS],
  [`${AT_MS}123`, AT_MS],
  [`${AT_MS}123456`, AT_MS],
])('reads %j', (value, expected) => {
  expect(parseInstant(value)).toBe(expected)
})

test.each<[string, string | number]>([
  ['nothing', ''],
  ['words', 'yesterday'],
  ['a time without a zone', '2026-10-02T14:02:50'],
  ['a date alone', '2026-10-02'],
  ['a day that there is not', '2026-02-30T00:00:00Z'],
  ['a leap day in a common year', '2026-02-29T12:00:00+02:00'],
  ['the thirty-first of a month of thirty', '2026-04-31T00:00:00Z'],
  ['a thirteenth month', '2026-13-01T00:00:00Z'],
  ['a minute of seventy', '2026-10-02T14:70:50Z'],
  ['an impossible zone', '2026-10-02T14:02:50+99:99'],
  ['ten digits of a second', '2026-10-02T14:02:50.1234567890Z'],
  ['a negative epoch', -1],
  ['a negative epoch as text', '-1790000000'],
  ['an exponent', '1e9'],
  ['twenty digits', '17900000000000000000'],
  ['no number', Number.NaN],
  ['an infinite one', Number.POSITIVE_INFINITY],
  ['a time and more', '2026-10-02T14:02:50Z; rm -rf'],
])('refuses %s rather than guess', (_, value) => {
  expect(parseInstant(value)).toBeUndefined()
})

test('the same instant is read from seconds, milliseconds, microseconds and nanoseconds, from 1973 to 2286', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e8, max: 1e10 - 1 }), (seconds) => {
      const atMs = seconds * 1000
      expect(parseInstant(seconds)).toBe(atMs)
      expect(parseInstant(atMs)).toBe(atMs)
      expect(parseInstant(atMs * 1e3)).toBe(atMs)
      expect(parseInstant(`${atMs}000000`)).toBe(atMs)
    }),
  )
})

test('every instant survives being written and read', () => {
  const date = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') })
  fc.assert(
    fc.property(date, (written) => {
      fc.pre(!Number.isNaN(written.getTime()))
      expect(parseInstant(written.toISOString())).toBe(written.getTime())
    }),
  )
})
