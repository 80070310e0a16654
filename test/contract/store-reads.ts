import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Store } from '../../shared/store/store.ts'
import { eventRow, firstRow, readNumber } from './store-rows.ts'

/** Statements that can't be, the engine's code for them, and whether the same may pass later. */
const REFUSED: readonly (readonly [what: string, sql: string, code: string, retryable: boolean])[] = [
  ['no such table', 'SELECT * FROM no_such_table', 'clickhouse_60', false],
  ['no such column', 'SELECT no_such_column FROM access_events', 'clickhouse_47', false],
  ['no SQL', 'SELEKT 1', 'clickhouse_62', false],
  ['a parameter that was not given', 'SELECT {missing:String}', 'clickhouse_456', false],
  [
    'a failure in the midst of a result',
    'SELECT throwIf(number = 300000) FROM numbers(400000)',
    'clickhouse_395',
    false,
  ],
  [
    'too slow',
    'SELECT sleepEachRow(0.1) FROM numbers(30) SETTINGS max_execution_time=0.5, max_block_size=1',
    'clickhouse_159',
    true,
  ],
  [
    'too large',
    'SELECT groupArray(number) FROM numbers(50000000) SETTINGS max_memory_usage=20000000',
    'clickhouse_241',
    true,
  ],
]

/** Reads say what is there, or why they can't. */
export function readsSuite(opened: () => Store, openAnother: () => Promise<Store>): void {
  describe('refuses, with the code of the engine', () => {
    test.each(REFUSED)('%s', async (_, sql, code, retryable) => {
      await expect(opened().query(z.unknown(), sql)).rejects.toMatchObject({ code, retryable })
      await expect(
        opened().queryBytes(`${sql} FORMAT RowBinary`.replace(/(SETTINGS .*) FORMAT (\w+)/, 'FORMAT $2 $1')),
      ).rejects.toMatchObject({ code, retryable })
      expect(await firstRow(opened(), 'SELECT 1 AS one')).toEqual({ one: 1 })
    })

    test('a parameter of the wrong type', async () => {
      await expect(firstRow(opened(), 'SELECT {n:UInt64} AS n', { n: 'seven' })).rejects.toMatchObject({
        retryable: false,
      })
    })
  })

  test('a failure is one line', async () => {
    const asked = opened().command('SELECT *\nFROM no_such_table')
    await expect(asked).rejects.toThrow(/^store: command failed: [^\n]*no_such_table[^\n]*$/)
  })

  test('nothing found is an empty list', async () => {
    expect(await opened().query(z.unknown(), "SELECT 1 FROM access_events WHERE service = 'no such service'")).toEqual(
      [],
    )
  })

  test('no bytes are no bytes', async () => {
    expect(await opened().queryBytes('SELECT 1 AS one WHERE 0 FORMAT RowBinary')).toHaveLength(0)
  })

  test('a result of millions of bytes comes whole', async () => {
    const bytes = await opened().queryBytes('SELECT toUInt64(number) FROM numbers(1000000) FORMAT RowBinary')
    expect(bytes).toHaveLength(8_000_000)
    expect(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(7_999_992, true)).toBe(999_999n)
  })

  test('rows come in the order that was asked for', async () => {
    const rows = await opened().query(
      z.object({ n: z.number() }),
      'SELECT number AS n FROM numbers(1000) ORDER BY n DESC',
    )
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, index) => 999 - index))
  })

  test('settings of a statement end with it', async () => {
    await opened().query(z.unknown(), 'SELECT 1 SETTINGS max_threads=1, max_result_rows=1')
    expect(await firstRow(opened(), "SELECT getSetting('max_result_rows') AS rows")).toEqual({ rows: 0 })
  })

  test('many reads at once have each their own answer', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    const read = (n: number) => readNumber(opened(), 'SELECT {n:UInt32} + sleep(0.001) AS n', { n })
    expect(await Promise.all(numbers.map(read))).toEqual(numbers)
  })

  test('what is stored while others read is there once the insert is done', async () => {
    const reading = Promise.all(
      Array.from({ length: 10 }, () =>
        readNumber(opened(), "SELECT count() AS n FROM access_events WHERE service = 'meanwhile'"),
      ),
    )
    await opened().insertRows('access_events', [eventRow('meanwhile')], 'meanwhile')
    expect(await readNumber(opened(), "SELECT count() AS n FROM access_events WHERE service = 'meanwhile'")).toBe(1)
    for (const seen of await reading) expect(seen).toBeLessThanOrEqual(1)
  })

  test('what one connection stored another reads at once', async () => {
    const another = await openAnother()
    await opened().insertRows('access_events', [eventRow('seen by all')], 'seen by all')
    expect(await readNumber(another, "SELECT count() AS n FROM access_events WHERE service = 'seen by all'")).toBe(1)
    await another.close()
    expect(await firstRow(opened(), 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  test('a block that one connection stored is known by its token to another', async () => {
    const another = await openAnother()
    for (const store of [opened(), another]) await store.insertRows('access_events', [eventRow('shared')], 'shared')
    expect(await readNumber(another, "SELECT sum(requests) AS n FROM cells_10s WHERE service = 'shared'")).toBe(1)
    await another.close()
  })
}
