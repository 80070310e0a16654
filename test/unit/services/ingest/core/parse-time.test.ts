import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createTimeParser, type TimeKind } from '../../../../../services/ingest/core/parse-time.ts'

function timeOf(kind: TimeKind, text: string, parse = createTimeParser(kind)): string | undefined {
  const bytes = Buffer.from(`<${text}>`)
  const ms = parse(toByteSource(bytes), 1, bytes.length - 1)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

test.each([
  ['26/Jan/2019:19:45:25 +0330', '2019-01-26T16:15:25.000Z'],
  ['01/Mar/2024:00:00:00 -0930', '2024-03-01T09:30:00.000Z'],
  ['29/Feb/2024:23:59:60 +0000', '2024-03-01T00:00:00.000Z'],
  ['01/Jan/1970:00:00:00 +0000', '1970-01-01T00:00:00.000Z'],
  ['26/Jan/2019:19:45:25.123 +0000', '2019-01-26T19:45:25.123Z'],
  ['26/Jan/2019:19:45:25', '2019-01-26T19:45:25.000Z'],
  ['26/Jan/2019:19:45:25.731', '2019-01-26T19:45:25.731Z'],
  ['26/Jan/2019:19:45:25.73 ', undefined],
  ['26/Jan/2019:19:45:61.731', undefined],
])('reads the common log time %s', (text, expected) => {
  expect(timeOf('clf', text)).toBe(expected)
})

test.each([
  ['2026-03-01T00:00:10Z', '2026-03-01T00:00:10.000Z'],
  ['2026-03-01t00:00:10z', '2026-03-01T00:00:10.000Z'],
  ['2026-03-01 00:00:10', '2026-03-01T00:00:10.000Z'],
  ['2026-03-01T00:00:10.1239999Z', '2026-03-01T00:00:10.123Z'],
  ['2026-03-01T00:00:10,5Z', '2026-03-01T00:00:10.500Z'],
  ['2026-03-01T00:00:10.123456789+05:45', '2026-02-28T18:15:10.123Z'],
  ['2026-03-01T00:00:10-0800', '2026-03-01T08:00:10.000Z'],
  ['2026-03-01T00:00:10+03', '2026-02-28T21:00:10.000Z'],
  ['1772323210', '2026-03-01T00:00:10.000Z'],
  ['1772323210.123', '2026-03-01T00:00:10.123Z'],
  ['1772323210123', '2026-03-01T00:00:10.123Z'],
  ['1772323210123456', '2026-03-01T00:00:10.123Z'],
  ['1772323210123456789', '2026-03-01T00:00:10.123Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
])('reads the time %s', (text, expected) => {
  expect(timeOf('rfc3339-or-epoch', text)).toBe(expected)
})

test.each([
  '31/Feb/2019:19:45:25 +0330',
  '29/Feb/2023:00:00:00 +0000',
  '00/Jan/2019:19:45:25 +0330',
  '26/Foo/2019:19:45:25 +0330',
  '26/Jan/2019:24:00:00 +0330',
  '26/Jan/2019:19:60:00 +0330',
  '26/Jan/2019:19:45:61 +0330',
  '26/Jan/2019:19:45:25 +9900',
  '26/Jan/1969:19:45:25 +0000',
  '-',
  '',
])('refuses the common log time %j', (text) => {
  expect(timeOf('clf', text)).toBeUndefined()
})

test.each([
  '2026-02-30T00:00:10Z',
  '2026-13-01T00:00:10Z',
  '2026-03-01T25:00:10Z',
  '2026-03-01T00:00:61Z',
  '2026-03-01T00:00Z',
  '2026-03-01T00:00:10.Z',
  '2026-03-01T00:00:10+ab',
  '2026-03-01T00:00:10Zulu',
  '2200-01-01T00:00:00Z',
  '-5',
  'NaN',
  '99999999999999999999999',
  '',
])('refuses the time %j', (text) => {
  expect(timeOf('rfc3339-or-epoch', text)).toBeUndefined()
})

test('a time does not depend on the times before it', () => {
  const moment = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  const parse = createTimeParser('rfc3339-or-epoch')
  fc.assert(
    fc.property(moment, (date) => {
      expect(timeOf('rfc3339-or-epoch', date.toISOString(), parse)).toBe(date.toISOString())
      expect(timeOf('rfc3339-or-epoch', `${date.toISOString().slice(0, 16)}:99Z`, parse)).toBeUndefined()
    }),
  )
})

test('nor does a common log time, with or without a zone and milliseconds', () => {
  const parse = createTimeParser('clf')
  const parts = [
    ['26', '27'],
    ['19', '20'],
    ['', '.731', '.009', '.7x1'],
    ['', ' +0000', ' +0330'],
  ] as const
  fc.assert(
    fc.property(
      fc.tuple(...parts.map((part) => fc.constantFrom(...part)), fc.integer({ min: 0, max: 61 })),
      (picked) => {
        const [day, hour, fraction, zone, second] = picked
        const text = `${day}/Jan/2019:${hour}:45:${String(second).padStart(2, '0')}${fraction}${zone}`
        expect(timeOf('clf', text, parse)).toBe(timeOf('clf', text))
      },
    ),
  )
})
