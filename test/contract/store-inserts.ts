import { describe, expect, test } from 'vitest'
import { migrate } from '../../shared/store/migrate.ts'
import type { Store } from '../../shared/store/store.ts'
import { eventRow, firstRow, readNumber } from './store-rows.ts'

const PLAIN_INSERTS = 1_000

/** Everything stored is stored once. */
export function insertsSuite(opened: () => Store): void {
  const count = (sql: string) => readNumber(opened(), sql)
  const eventsOf = (service: string) => count(`SELECT sum(count) AS n FROM access_events WHERE service = '${service}'`)
  const requestsOf = (table: string, service: string) =>
    count(`SELECT sum(requests) AS n FROM ${table} WHERE service = '${service}'`)

  describe('a block is stored once', () => {
    test('however often its token comes, in the table and in both rollups', async () => {
      for (let replay = 0; replay < 3; replay++)
        await opened().insertRows('access_events', [eventRow('once'), eventRow('once')], 'log:0-100:abc')
      expect(await eventsOf('once')).toBe(2)
      expect(await requestsOf('cells_10s', 'once')).toBe(2)
      expect(await requestsOf('cells_1m', 'once')).toBe(2)
    })

    test('also when others were stored in between', async () => {
      for (const token of ['a', 'b', 'c', 'a', 'b', 'd'])
        await opened().insertRows('access_events', [eventRow('between')], `between:${token}`)
      expect(await eventsOf('between')).toBe(4)
      expect(await requestsOf('cells_10s', 'between')).toBe(4)
    })

    test('when it comes twice at the same time', async () => {
      const insert = () => opened().insertRows('access_events', [eventRow('twice at once')], 'twice at once')
      await Promise.all([insert(), insert(), insert()])
      expect(await eventsOf('twice at once')).toBe(1)
      expect(await requestsOf('cells_10s', 'twice at once')).toBe(1)
    })

    test('when it is a Native block', async () => {
      await opened().insertRows('access_events', [eventRow('native', { count: 77 })], 'native source')
      const block = await opened().queryBytes(
        "SELECT * REPLACE ('native copy' AS service) FROM access_events WHERE count = 77 FORMAT Native",
      )
      for (let replay = 0; replay < 2; replay++) await opened().insertNative('access_events', block, 'native block')
      expect(await eventsOf('native copy')).toBe(77)
      expect(await requestsOf('cells_1m', 'native copy')).toBe(77)
    })

    test('when its token has quotes and backslashes in it', async () => {
      for (let replay = 0; replay < 2; replay++)
        await opened().insertRows('access_events', [eventRow('token')], `it's \\ a "token" \n`)
      expect(await eventsOf('token')).toBe(1)
    })
  })

  test('equal blocks under different tokens are stored each time: honest repeats are not lost', async () => {
    for (let range = 0; range < 20; range++)
      await opened().insertRows('access_events', [eventRow('repeated')], `log:${range}:same`)
    expect(await requestsOf('cells_10s', 'repeated')).toBe(20)
  })

  test('one tokened then 1,000 plain inserts store 1,001 rows: a token stays with its own insert', {
    timeout: 120_000,
  }, async () => {
    const row = {
      source: 'plain',
      line_number: 0,
      byte_offset: 0,
      reason: 'first',
      line: '',
      seen_at: '2026-03-01T00:00:00Z',
    }
    await opened().insertRows('rejects', [row], 'the only token')
    for (let n = 1; n <= PLAIN_INSERTS; n++)
      await opened().command(
        'INSERT INTO rejects (source, line_number, reason, seen_at) SETTINGS async_insert=0 SELECT {source:String}, {n:UInt64}, {reason:String}, now64(3)',
        { source: 'plain', n, reason: 'later' },
      )
    expect(await count("SELECT count() AS n FROM rejects WHERE source = 'plain'")).toBe(PLAIN_INSERTS + 1)
    expect(await firstRow(opened(), "SELECT getSetting('insert_deduplication_token') AS token")).toEqual({ token: '' })
  })

  test('every event is rolled up into its 10-second and its 1-minute cell', async () => {
    const rows = [
      eventRow('rolled', { count: 3 }),
      eventRow('rolled', { ts: '2026-03-01 00:00:09.999' }),
      eventRow('rolled', { ts: '2026-03-01 00:00:10.000' }),
    ]
    await opened().insertRows('access_events', rows, 'rolled up')
    const cells =
      "SELECT groupArray((toString(cell_start), n)) AS cells FROM (SELECT cell_start, sum(requests) AS n FROM cells_10s WHERE service = 'rolled' GROUP BY cell_start ORDER BY cell_start)"
    expect(await firstRow(opened(), cells)).toEqual({
      cells: [
        ['2026-03-01 00:00:00', 4],
        ['2026-03-01 00:00:10', 1],
      ],
    })
    expect(await requestsOf('cells_1m', 'rolled')).toBe(5)
  })

  test('a rollup says the same after its rows were added up', async () => {
    for (let block = 0; block < 5; block++)
      await opened().insertRows('access_events', [eventRow('merged')], `merged:${block}`)
    await opened().command('OPTIMIZE TABLE cells_10s FINAL')
    expect(await requestsOf('cells_10s', 'merged')).toBe(5)
  })

  test('a block spanning years is stored', async () => {
    const rows = Array.from({ length: 300 }, (_, month) =>
      eventRow('years', {
        ts: `${2001 + Math.floor(month / 12)}-${`${(month % 12) + 1}`.padStart(2, '0')}-01 00:00:00`,
      }),
    )
    await opened().insertRows('access_events', rows, 'years')
    expect(await requestsOf('cells_10s', 'years')).toBe(300)
  })

  test('of a finding the newest word counts, in whatever order they are stored', async () => {
    const word = (minute: number) => ({ id: 'spike', env: 'prod', service: 'shop', document: `word ${minute}` })
    for (const minute of [1, 3, 2]) {
      const at = `2026-03-01T00:0${minute}:00Z`
      await opened().insertRows('spikes', [{ ...word(minute), detected_at: at, updated_at: at }], `word ${minute}`)
    }
    const sql = "SELECT groupArray(document) AS documents FROM spikes FINAL WHERE id = 'spike'"
    expect(await firstRow(opened(), sql)).toEqual({ documents: ['word 3'] })
  })

  test('no rows are no insert, and a field that is no column is left out', async () => {
    await opened().insertRows('access_events', [], 'nothing')
    await opened().insertRows('access_events', [eventRow('extra', { no_column: 'x' })], 'extra')
    expect(await eventsOf('extra')).toBe(1)
  })

  test('a row with a value of the wrong type is refused, and nothing of its block is stored', async () => {
    const rows = [eventRow('wrong type'), eventRow('wrong type', { status: 'teapot' })]
    await expect(opened().insertRows('access_events', rows, 'wrong type')).rejects.toMatchObject({ retryable: false })
    expect(await eventsOf('wrong type')).toBe(0)
  })

  test('a block that is no block is refused, and the next one is stored', async () => {
    await expect(opened().insertNative('access_events', Buffer.from('junk'), 'junk')).rejects.toMatchObject({
      retryable: false,
    })
    await opened().insertRows('access_events', [eventRow('after junk')], 'after junk')
    expect(await eventsOf('after junk')).toBe(1)
  })

  test('a migration that was applied is not applied again', async () => {
    expect(await migrate(opened())).toEqual([])
  })
}
