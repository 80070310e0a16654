import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createStrftimeParser, strftimeBytes, strftimeProblem } from '../../../../../services/ingest/core/strftime.ts'

function timeOf(format: string, text: string): string | undefined {
  const ms = createStrftimeParser(format)(toByteSource(Buffer.from(`<${text}>`)), 1, 1 + text.length)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

test.each([
  ['%d/%b/%Y:%H:%M:%S %z', '26/Jan/2019:19:45:25 +0330', '2019-01-26T16:15:25.000Z'],
  ['%d/%b/%Y %T.%3f %z', '26/Jan/2019 19:45:25.125 +0330', '2019-01-26T16:15:25.125Z'],
  ['%F %T', '2026-03-01 09:00:00', '2026-03-01T09:00:00.000Z'],
  ['%F %T.%6f', '2026-03-01 09:00:00.123456', '2026-03-01T09:00:00.123Z'],
  ['%D %R', '03/01/26 09:05', '2026-03-01T09:05:00.000Z'],
  ['%a %B %e %I:%M:%S %p %Y', 'Sun March  1 12:30:00 AM 2026', '2026-03-01T00:30:00.000Z'],
  ['%H:%M on %d.%m.%y (100%%)', '23:59 on 31.12.99 (100%)', '1999-12-31T23:59:00.000Z'],
])('reads %s', (format, text, time) => {
  expect(strftimeProblem(format)).toBeUndefined()
  expect(strftimeBytes(format)).toBeLessThanOrEqual(text.length)
  expect(timeOf(format, text)).toBe(time)
})

test.each([
  ['%F %T', '2026-02-30 09:00:00'],
  ['%F %T', '2026-03-01T09:00:00'],
  ['%F %T', '2026-03-01 09:00:00 '],
  ['%d/%b/%Y %T', '01/Mrz/2026 09:00:00'],
  ['%F %T', '1'.repeat(200)],
])('%s is not the time %j', (format, text) => {
  expect(timeOf(format, text)).toBeUndefined()
})

test.each([
  ['%c', "has %c, which can't be read"],
  ['%H:%M', 'has no year'],
  ['%Y-%m-%d', 'has no hour'],
])('says what is wrong with %s', (format, problem) => {
  expect(strftimeProblem(format)).toBe(problem)
})
