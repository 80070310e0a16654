import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServerStore, type ServerOptions } from '../../shared/store/clickhouse.ts'
import { checkSchema, migrate, SCHEMA_VERSION } from '../../shared/store/migrate.ts'
import { createDatabase } from '../../shared/store/schema/ddl.ts'
import type { Store } from '../../shared/store/store.ts'
import { type ClickHouseServer, startClickHouseServer } from '../support/clickhouse-server.ts'
import { insertsSuite } from './store-inserts.ts'
import { readsSuite } from './store-reads.ts'
import { retentionSuite } from './store-retention.ts'
import { eventRow, firstRow, readNumber } from './store-rows.ts'
import { valuesSuite } from './store-values.ts'

const LOGIN = { username: 'writer', password: `it's a "secret" \\ 中` }

let directory: string
let server: ClickHouseServer
let store: Store

function open(options: Partial<ServerOptions> = {}): Store {
  const usual = { url: server.url, ...LOGIN, ca: undefined, compression: 'none', requestTimeoutMs: 30_000 } as const
  return createServerStore({ ...usual, database: 'culprit', ...options })
}

async function makeDatabase(database: string): Promise<Store> {
  const outside = open({ database: undefined })
  await outside.command(createDatabase(database))
  await outside.close()
  return open({ database })
}

const start = (port?: number) =>
  startClickHouseServer({
    directory,
    user: LOGIN.username,
    password: LOGIN.password,
    ...(port !== undefined && { port }),
  })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-http-'))
  server = await start()
  store = await makeDatabase('culprit')
  await migrate(store)
})

afterAll(async () => {
  await store.close()
  await server.kill()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

describe('a server over HTTP', () => {
  valuesSuite(() => store)
  insertsSuite(() => store)
  readsSuite(
    () => store,
    async () => open(),
  )

  test('everything comes and goes as gzip where that is wanted', async () => {
    const packed = open({ compression: 'gzip' })
    const text = 'x'.repeat(1_000_000)
    await packed.insertRows('access_events', [eventRow('packed', { path: text })], 'packed')
    expect(await firstRow(packed, "SELECT path FROM access_events WHERE service = 'packed'")).toEqual({ path: text })
    await packed.close()
  })

  test('a wrong password is refused, and trying again is of no use', async () => {
    const stranger = open({ password: 'wrong' })
    await expect(stranger.command('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_516', retryable: false })
    await stranger.close()
  })

  test('a server that is silent for too long is given up for now, and asked again', async () => {
    const hasty = open({ requestTimeoutMs: 300 })
    await expect(hasty.command('SELECT sleep(1)')).rejects.toMatchObject({
      code: 'clickhouse_no_answer',
      retryable: true,
    })
    expect(await firstRow(hasty, 'SELECT 1 AS one')).toEqual({ one: 1 })
    await hasty.close()
  })

  test('an answer that is not of the engine is worth another try', async () => {
    const gateway = createServer((_, response) => void response.writeHead(502).end('<html>Bad Gateway</html>'))
    await once(gateway.listen(0, '127.0.0.1'), 'listening')
    const behind = open({ url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` })
    await expect(behind.command('SELECT 1')).rejects.toMatchObject({ retryable: true })
    await behind.close()
    gateway.close()
  })

  test('a read that is broken off leaves the server able to answer others', async () => {
    const aborting = new AbortController()
    const { username, password } = LOGIN
    const asked = fetch(`${server.url}/?query=${encodeURIComponent('SELECT sleep(1), number FROM numbers(10)')}`, {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      signal: aborting.signal,
    })
    aborting.abort()
    await expect(asked).rejects.toThrow()
    expect(await firstRow(store, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  test('a server that dies is missed for now, and has everything that was stored when it is back', async () => {
    await store.insertRows('access_events', [eventRow('kept')], 'kept')
    await server.kill()
    await expect(store.command('SELECT 1')).rejects.toMatchObject({ retryable: true })
    server = await start(server.port)
    await store.insertRows('access_events', [eventRow('kept')], 'kept')
    expect(await readNumber(store, "SELECT sum(requests) AS n FROM cells_10s WHERE service = 'kept'")).toBe(1)
  })

  test('a schema that is not ours to use is named, with what to do', async () => {
    const empty = open({ database: 'no_such_database' })
    await expect(checkSchema(empty)).rejects.toThrow('there is no schema')
    await empty.close()
    const other = await makeDatabase('other')
    await expect(checkSchema(other)).rejects.toThrow(/there is no schema.* run culprit migrate$/)
    await migrate(other)
    await checkSchema(other)
    await other.command(`INSERT INTO migrations (version) SELECT ${SCHEMA_VERSION + 1}`)
    await expect(checkSchema(other)).rejects.toMatchObject({ code: 'schema_newer', retryable: false })
    await other.close()
  })

  retentionSuite(() => store)
})
