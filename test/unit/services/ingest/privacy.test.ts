import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ingestConfig, privacyConfig, toPrivacy } from '../../../../services/ingest/config.ts'
import type { Privacy } from '../../../../services/ingest/core/privacy.ts'
import { loadLogs, readEvents } from '../../../../services/ingest/service.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'
import {
  CANARY,
  COMBINED_EVENTS,
  COMBINED_REJECTS,
  JSON_EVENTS,
  JSON_REJECTS,
  logOf,
  MARKER,
} from '../../../support/canary-log.ts'

let directory: string
const open: Store[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-privacy-'))
})

afterAll(async () => {
  for (const store of open) await store.close()
  await rm(directory, { recursive: true, force: true })
})

async function write(name: string, content: string): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

/** Every file under a directory, as bytes. */
async function filesUnder(path: string): Promise<Buffer[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))),
  )
}

test('a secret in a query, a referer, user info, a header or a reject never reaches the disk', async () => {
  const path = join(directory, 'store')
  const store = await openEmbeddedStore({ path })
  open.push(store)
  const written: Buffer[] = []
  const deps = {
    // What goes to the temporary files of the inserts, which are gone by the time that the disk is read.
    insertNative: async (...[table, native, token]: Parameters<Store['insertNative']>) => {
      written.push(...[native].flat().map((bytes) => Buffer.from(bytes)))
      await store.insertNative(table, native, token)
    },
    insertRows: async (...[table, rows, token]: Parameters<Store['insertRows']>) => {
      written.push(Buffer.from(JSON.stringify(rows)))
      await store.insertRows(table, rows, token)
    },
    stdin: Readable.from([]),
    nowMs: () => Date.UTC(2026, 0, 27),
  }
  const files = [
    await write('combined.log', logOf(COMBINED_EVENTS, COMBINED_EVENTS, COMBINED_REJECTS)),
    await write('json.log', logOf(JSON_EVENTS, JSON_EVENTS, JSON_REJECTS)),
  ]
  const config = ingestConfig.parse({ workers: 1 })
  const summary = await loadLogs(deps, { files, format: 'auto', env: 'prod', config })
  expect(summary.events).toBe(2 * (COMBINED_EVENTS.length + JSON_EVENTS.length))
  expect(summary.rejected).toBe(COMBINED_REJECTS.length + JSON_REJECTS.length)
  const stored = await store.query(z.object({ line: z.string() }), 'SELECT line FROM rejects')
  expect(stored.filter(({ line }) => line.includes(MARKER))).toHaveLength(stored.length)
  await store.command('OPTIMIZE TABLE access_events FINAL')
  const onDisk = [...written, ...(await filesUnder(path))]
  expect(onDisk.some((bytes) => bytes.includes(MARKER))).toBe(true)
  expect(onDisk.filter((bytes) => bytes.includes(CANARY))).toEqual([])
  expect(onDisk.filter((bytes) => bytes.includes('203.0.113.77'))).toEqual([])
  expect(JSON.stringify(summary)).not.toContain(CANARY)
})

async function read(log: string, privacy: Privacy) {
  const events: { path: string | undefined; route: string | undefined; client: string | undefined }[] = []
  const options = { files: ['-'], format: { name: 'ndjson' }, env: 'prod', privacy } as const
  for await (const block of readEvents({ stdin: Readable.from([Buffer.from(log)]) }, options))
    for (const { path, route, client } of block.events) events.push({ path, route, client })
  return events
}

const line = (client: string, path = '/list') =>
  `{"ts":"2026-01-26T19:45:25Z","status":200,"path":"${path}","client":"${client}"}\n`
const privacyOf = (config: unknown, keyFile?: string) => toPrivacy(privacyConfig.parse(config), keyFile)

test('keeps the query parameters that are allowed, and no others; the route has none', async () => {
  const path = `/list?page=2&token=${CANARY}&Page=3&sort=up#${CANARY}`
  const [event] = await read(line('10.1.2.3', path), privacyOf({ keep_query: ['page', 'sort'] }))
  expect(event).toEqual({ path: '/list?page=2&sort=up', route: '/list', client: '10.1.2.0' })
})

test('hashes clients under a key: the same client is the same, whatever its port, and no address is left', async () => {
  const config = { client: 'hashed', client_key: 'a key of sixteen or more' }
  const log = [line('10.1.2.3'), line('10.1.2.3:4711'), line('::ffff:10.1.2.3'), line('10.1.2.4')].join('')
  const clients = (await read(log, privacyOf(config))).map(({ client }) => client)
  expect(clients[0]).toMatch(/^[\da-f]{16}$/)
  expect(clients.slice(1, 3)).toEqual([clients[0], clients[0]])
  expect(clients[3]).not.toBe(clients[0])
  const [other] = await read(log, privacyOf({ ...config, client_key: 'another key of sixteen' }))
  expect(other?.client).not.toBe(clients[0])
})

test('keeps clients whole only where that is asked for', async () => {
  const log = line('10.1.2.3:4711') + line('2001:db8:7:1::9')
  const clients = async (config: unknown) => (await read(log, privacyOf(config))).map(({ client }) => client)
  expect(await clients({})).toEqual(['10.1.2.0', '2001:db8:7::'])
  expect(await clients({ client: 'full' })).toEqual(['10.1.2.3', '2001:db8:7:1::9'])
})

test('hashing without a key is refused, as is a key that is none', () => {
  expect(privacyConfig.safeParse({ client: 'hashed' }).error?.issues[0]?.message).toMatch(
    /needs a key: set client_key_file/,
  )
  expect(privacyConfig.safeParse({ client: 'hashed', client_key: 'short' }).success).toBe(false)
  expect(() => privacyOf({ client: 'hashed', client_key_file: 'key.txt' }, ' \n')).toThrow('key.txt: holds no key')
})
