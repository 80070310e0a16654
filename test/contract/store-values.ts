import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { QueryParameter, Store } from '../../shared/store/store.ts'
import { eventRow, firstRow } from './store-rows.ts'

/** Texts that have broken something somewhere. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a quote', "o'brien"],
  ['statements', `'; DROP TABLE access_events; --`],
  ['a backslash at the end', 'C:\\temp\\'],
  ['two quotes', "''"],
  ['control characters', 'a\tb\nc\rd\be\ff'],
  ['a zero byte', 'a\u0000b'],
  ['what stands for NULL', '\\N'],
  ['escapes, written out', '\\t\\n\\x41'],
  ['a placeholder', '{text:String}'],
  ['a comment', '/* */ -- #'],
  ['an address', 'a=1&b=%27%20+c;d#e?f'],
  ['letters of the world', 'naïve Ελληνικά 中文 עברית'],
  ['faces', '👩‍👩‍👧‍👦🏳️‍🌈'],
  ['what turns text around', '\u202eabc\u202c'],
  ['markup', '<script>alert(1)</script>'],
  ['a JSON text', '{"a":["b\\"c"]}'],
  ['a form boundary', '\r\n--boundary\r\nContent-Disposition: form-data; name="query"\r\n\r\n'],
  ['a long line', 'x'.repeat(100_000)],
]

/** What SQL is given as a parameter, and how the engine shows it. */
const PARAMETERS: readonly (readonly [type: string, given: QueryParameter, shown: string])[] = [
  ['UInt8', 255, '255'],
  ['UInt64', '18446744073709551615', '18446744073709551615'],
  ['Int64', -5, '-5'],
  ['Float64', 0.1, '0.1'],
  ['Bool', true, 'true'],
  ['Date', '2026-03-01', '2026-03-01'],
  ["DateTime64(3, 'UTC')", '2026-03-01 00:00:03.500', '2026-03-01 00:00:03.500'],
  ['LowCardinality(String)', 'GET', 'GET'],
  ['Nullable(String)', 'there', 'there'],
  ['Array(String)', [], '[]'],
  ['Array(UInt64)', [1, 2, 3], '[1,2,3]'],
]

/** What is written into a column, and how it is read. */
const COLUMNS: readonly (readonly [what: string, column: string, given: unknown, read: unknown])[] = [
  ['a time in RFC 3339', 'ts', '2026-03-01T00:00:03.5Z', '2026-03-01 00:00:03.500'],
  ['a time with an offset', 'ts', '2026-03-01T02:00:03.500+02:00', '2026-03-01 00:00:03.500'],
  ['a time without a zone, as UTC', 'ts', '2026-03-01 00:00:03.500', '2026-03-01 00:00:03.500'],
  ['no more than milliseconds of a time', 'ts', '2026-03-01T00:00:03.500999Z', '2026-03-01 00:00:03.500'],
  ['a time of 1970', 'ts', '1970-01-01T00:00:00.001Z', '1970-01-01 00:00:00.001'],
  ['no duration', 'duration_ms', null, null],
  ['a duration of nothing', 'duration_ms', 0, 0],
  ['a duration', 'duration_ms', 0.25, 0.25],
  ['no size', 'bytes', null, null],
  ['a size beyond 32 bits', 'bytes', 2 ** 40, 2 ** 40],
  ['the largest status', 'status', 65_535, 65_535],
  ['the largest count', 'count', 4_294_967_295, 4_294_967_295],
  ['an absent name', 'region', undefined, ''],
  ['a name', 'region', 'eu-west-1', 'eu-west-1'],
]

/** What goes in comes out, whatever it is. */
export function valuesSuite(opened: () => Store): void {
  describe('keeps a value as it is', () => {
    test.each(HOSTILE)('in a parameter: %s', async (_, text) => {
      const sql = 'SELECT {text:String} AS text, length({text:String}) AS bytes'
      expect(await firstRow(opened(), sql, { text })).toEqual({ text, bytes: Buffer.byteLength(text) })
    })

    test('in a list of parameters: all of them', async () => {
      const texts = HOSTILE.map(([, text]) => text)
      const sql = 'SELECT {texts:Array(String)} AS texts'
      expect(await firstRow(opened(), sql, { texts })).toEqual({ texts })
    })

    test('in a parameter: any text at all, alone and in a list', async () => {
      const sql = 'SELECT {text:String} AS text, {texts:Array(String)} AS texts'
      const text = fc.oneof(
        fc.string({ unit: fc.constantFrom(...'\\\'"`{}:;,[]()\0\n\t?%a', 'String') }),
        fc.string({ unit: 'binary' }).map((drawn) => Buffer.from(drawn).toString()),
      )
      const asked = fc.asyncProperty(text, fc.array(text, { maxLength: 4 }), async (one, texts) => {
        expect(await firstRow(opened(), sql, { text: one, texts })).toEqual({ text: one, texts })
      })
      await fc.assert(asked, { numRuns: 300 })
    })

    test.each(HOSTILE)('in a row: %s', async (what, text) => {
      const row = eventRow(`hostile ${what}`, { path: text, host: text })
      await opened().insertRows('access_events', [row], `hostile ${what}`)
      const sql = 'SELECT path, host FROM access_events WHERE service = {service:String} AND host = {text:String}'
      expect(await firstRow(opened(), sql, { service: row.service, text })).toEqual({ path: text, host: text })
    })

    test.each(PARAMETERS)('of type %s', async (type, given, shown) => {
      expect(await firstRow(opened(), `SELECT toString({given:${type}}) AS shown`, { given })).toEqual({ shown })
    })

    test.each(COLUMNS)('in a column: %s', async (what, column, given, read) => {
      const row = eventRow(`column ${what}`, given === undefined ? {} : { [column]: given })
      await opened().insertRows('access_events', [row], `column ${what}`)
      const sql = `SELECT ${column} AS value FROM access_events WHERE service = {service:String}`
      expect(await firstRow(opened(), sql, { service: row.service })).toEqual({ value: read })
    })
  })

  test('a list of ten thousand names is one parameter', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `name-${index}`)
    const sql = 'SELECT length({names:Array(String)}) AS length, {names:Array(String)}[10000] AS last'
    expect(await firstRow(opened(), sql, { names })).toEqual({ length: 10_000, last: 'name-9999' })
  })

  test('a name that occurs once among ten thousand is found', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => eventRow('many names', { host: `host-${index}` }))
    await opened().insertRows('access_events', rows, 'many names')
    const sql =
      "SELECT uniqExact(host) AS hosts, countIf(host = 'host-77') AS found FROM access_events WHERE service = 'many names'"
    expect(await firstRow(opened(), sql)).toEqual({ hosts: 10_000, found: 1 })
  })

  test('64-bit numbers are numbers, and floats their shortest digits', async () => {
    const sql = 'SELECT toUInt64(9007199254740991) AS large, toInt64(-1) AS negative, 0.1 + 0.2 AS sum'
    expect(await firstRow(opened(), sql)).toEqual({ large: 9007199254740991, negative: -1, sum: 0.1 + 0.2 })
  })

  test('a row that is not what was asked for is refused, not passed on', async () => {
    const row = z.object({ number: z.number() })
    await expect(opened().query(row, "SELECT 'text' AS number")).rejects.toThrow('number')
  })
}
