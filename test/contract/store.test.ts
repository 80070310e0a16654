import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { migrate } from '../../shared/store/migrate.ts'
import type { Store } from '../../shared/store/store.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-store-'))
  store = await openEmbeddedStore({ path: directory })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const counted = z.object({ total: z.coerce.number() })

async function total(sql: string, parameters?: Record<string, string>): Promise<number | undefined> {
  const rows = await store.query(counted, sql, parameters)
  return rows[0]?.total
}

function event(service: string, overrides: Record<string, unknown> = {}) {
  return {
    ts: '2026-03-01 00:00:03.500',
    env: 'prod',
    service,
    method: 'GET',
    route: '/',
    status: 200,
    count: 1,
    ...overrides,
  }
}

test('a migration that was applied is not applied again', async () => {
  expect(await migrate(store)).toEqual([])
})

test('rolls every event up into its 10-second and its 1-minute cell', async () => {
  const rows = [
    event('rolled', { count: 3 }),
    event('rolled', { ts: '2026-03-01 00:00:09.999' }),
    event('rolled', { ts: '2026-03-01 00:00:10.000' }),
  ]
  await store.insertRows('access_events', rows, 'rolled-up')
  const cells = await store.query(
    z.object({ cell_start: z.string(), requests: z.coerce.number() }),
    "SELECT cell_start, sum(requests) AS requests FROM cells_10s WHERE service = 'rolled' GROUP BY cell_start ORDER BY cell_start",
  )
  expect(cells).toEqual([
    { cell_start: '2026-03-01 00:00:00', requests: 4 },
    { cell_start: '2026-03-01 00:00:10', requests: 1 },
  ])
  expect(await total("SELECT sum(requests) AS total FROM cells_1m WHERE service = 'rolled'")).toBe(5)
})

test('stores a block once however often its token comes, in the table and in both rollups', async () => {
  for (let replay = 0; replay < 3; replay++)
    await store.insertRows('access_events', [event('once'), event('once')], 'log:0-100:abc')
  expect(await total("SELECT sum(count) AS total FROM access_events WHERE service = 'once'")).toBe(2)
  expect(await total("SELECT sum(requests) AS total FROM cells_10s WHERE service = 'once'")).toBe(2)
  expect(await total("SELECT sum(requests) AS total FROM cells_1m WHERE service = 'once'")).toBe(2)
})

test('stores equal blocks under different tokens each time: honest repeats are not lost', async () => {
  for (let range = 0; range < 20; range++)
    await store.insertRows('access_events', [event('repeated')], `log:${range}:same`)
  expect(await total("SELECT sum(requests) AS total FROM cells_10s WHERE service = 'repeated'")).toBe(20)
})

test('binds parameters as values: a quote in one is a quote', async () => {
  const name = `o'brien"; DROP TABLE access_events --`
  await store.insertRows('access_events', [event(name)], 'quoted')
  expect(
    await total('SELECT count() AS total FROM access_events WHERE service = {service:String}', { service: name }),
  ).toBe(1)
})

test('a token with a quote in it stays a token', async () => {
  await store.insertRows('access_events', [event('token')], `it's \\ a token`)
  expect(await total("SELECT count() AS total FROM access_events WHERE service = 'token'")).toBe(1)
})

test('takes a Native block and reads bytes back', async () => {
  await store.insertRows('access_events', [event('native', { count: 7 })], 'native-source')
  const block = await store.queryBytes(
    "SELECT * REPLACE ('native-copy' AS service) FROM access_events WHERE count = 7 FORMAT Native",
  )
  for (let replay = 0; replay < 2; replay++) await store.insertNative('access_events', block, 'native-block')
  expect(await total("SELECT sum(requests) AS total FROM cells_1m WHERE service = 'native-copy'")).toBe(7)
})

test('a refused statement names the engine error and is not worth a retry', async () => {
  await expect(store.command('SELECT * FROM no_such_table')).rejects.toMatchObject({
    code: 'clickhouse_60',
    retryable: false,
  })
})

test('a block spanning years is stored', async () => {
  const rows = Array.from({ length: 300 }, (_, month) =>
    event('years', { ts: `${2001 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01 00:00:00` }),
  )
  await store.insertRows('access_events', rows, 'years')
  expect(await total("SELECT sum(requests) AS total FROM cells_10s WHERE service = 'years'")).toBe(300)
})
