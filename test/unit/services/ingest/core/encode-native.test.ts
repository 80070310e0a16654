import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { encodeNative } from '../../../../../services/ingest/core/encode-native.ts'
import type { ParsedBlock } from '../../../../../services/ingest/core/parsed-block.ts'
import type { WireEvent } from '../../../../../services/ingest/core/wire-event.ts'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import type { Store } from '../../../../../shared/store/store.ts'
import { readFixtures } from '../../../../support/format-fixtures.ts'
import { COMBINED, eventsOf, NDJSON, parseLog } from './read-log.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-encode-'))
  store = await openEmbeddedStore({ path: directory })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const storedRow = z.object({
  ts: z.string(),
  duration_ms: z.number().nullable(),
  bytes: z.coerce.number().nullable(),
  ...Object.fromEntries(
    ['service', 'env', 'method', 'path', 'route', 'version', 'region', 'host'].map((name) => [name, z.string()]),
  ),
  ...Object.fromEntries(
    ['virtual_host', 'client', 'upstream', 'upstream_status', 'user_agent'].map((name) => [name, z.string()]),
  ),
  ...Object.fromEntries(['request_id', 'trace_id'].map((name) => [name, z.string()])),
  status: z.number(),
  count: z.number(),
})

/** An event as the table has it: a text that is missing is empty, a number that is missing NULL. */
function asStored(event: WireEvent): Record<string, unknown> {
  const texts = ['method', 'path', 'route', 'version', 'region', 'host', 'virtual_host', 'client', 'upstream'] as const
  const more = ['upstream_status', 'request_id', 'trace_id', 'user_agent'] as const
  return {
    ...event,
    ...Object.fromEntries([...texts, ...more].map((name) => [name, event[name] ?? ''])),
    ts: event.ts.replace('T', ' ').replace('Z', ''),
    duration_ms: event.duration_ms ?? null,
    bytes: event.bytes ?? null,
  }
}

/** Stores blocks in one insert and returns what the table then holds of the environment. */
async function roundTrip(blocks: readonly ParsedBlock[], env: string): Promise<unknown[]> {
  const native = Buffer.concat(blocks.map((block) => encodeNative(block.columns)))
  await store.insertNative('access_events', native, env)
  return store.query(storedRow, 'SELECT * FROM access_events WHERE env = {env:String} ORDER BY ts LIMIT 1000', { env })
}

test('the engine reads back every value of every column', async () => {
  const full = {
    service: 'checkout',
    method: 'POST',
    path: '/pay/9',
    route: '/pay/{id}',
    duration_ms: 12.5,
    bytes: 123_456_789_012,
    version: 'v41',
    region: 'eu',
    host: 'pod-7',
    virtual_host: 'shop.example',
    client: '10.1.2.3',
    upstream: 'payments',
    upstream_status: '500',
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6',
    user_agent: 'ünïcode agent "quoted" 日本',
    count: 4_294_967_295,
  }
  const lines = Array.from({ length: 600 }, (_, i) => ({
    ts: 1_772_323_200_000 + i,
    status: 100 + (i % 500),
    ...(i % 3 === 0 ? full : {}),
    ...(i % 3 === 1 ? { path: `/only/${'x'.repeat(i % 300)}/${i}`, version: `v${i}`, trace_id: `t${i}` } : {}),
  }))
  const block = parseLog(lines.map((line) => JSON.stringify(line)).join('\n'), NDJSON, { env: 'full' })
  expect(block.parsed).toBe(600)
  expect(await roundTrip([block], 'full')).toEqual(eventsOf(block).map(asStored))
})

test('blocks one after the other are one insert', async () => {
  const logs = ['/a', '/b'].map(
    (path, i) => `10.0.0.1 - - [01/Mar/2026:00:00:0${i} +0000] "GET ${path} HTTP/1.1" 200 5 "-" "agent ${i}"`,
  )
  const blocks = logs.map((log) => parseLog(log, COMBINED, { env: 'several' }))
  expect(await roundTrip(blocks, 'several')).toEqual(blocks.flatMap(eventsOf).map(asStored))
})

test('a block without events adds nothing to the blocks around it', async () => {
  const event = parseLog('{"ts":1772323200,"status":200}', NDJSON, { env: 'sparse' })
  const blocks = [parseLog('junk', NDJSON), event, parseLog('', NDJSON)]
  expect(await roundTrip(blocks, 'sparse')).toEqual(eventsOf(event).map(asStored))
})

test('names that were folded into one are one in the store', async () => {
  const log = ['/a', '/b', '/c'].map((path) => JSON.stringify({ ts: 1_772_323_200, status: 200, path })).join('\n')
  const block = parseLog(log, NDJSON, { env: 'folded' })
  block.columns.route.values.fill('__other__', 1)
  await roundTrip([block], 'folded')
  const rows = await store.query(
    z.object({ route: z.string(), events: z.coerce.number() }),
    'SELECT route, count() AS events FROM access_events WHERE env = {env:String} GROUP BY route ORDER BY route',
    { env: 'folded' },
  )
  expect(rows).toEqual([
    { route: '/a', events: 1 },
    { route: '__other__', events: 2 },
  ])
})

const countedEvent = z.object({ status: z.number(), count: z.number() })
const countedRow = z.object({ status: z.number(), total: z.coerce.number() })

test.each(readFixtures())('of $name the store holds and rolls up what was checked by hand', async (fixture) => {
  for (const table of ['access_events', 'cells_10s', 'cells_1m']) await store.command(`TRUNCATE TABLE ${table}`)
  await store.insertNative('access_events', encodeNative(parseLog(fixture.log, fixture.spec).columns), fixture.name)
  const requests = new Map<number, number>()
  for (const event of fixture.events) {
    const { status, count } = countedEvent.parse(event)
    requests.set(status, (requests.get(status) ?? 0) + count)
  }
  const stored = async (table: string, column: string) => {
    const rows = await store.query(countedRow, `SELECT status, sum(${column}) AS total FROM ${table} GROUP BY status`)
    return new Map(rows.map(({ status, total }) => [status, total]))
  }
  expect(requests.size).toBeGreaterThan(1)
  expect(await stored('access_events', 'count')).toEqual(requests)
  expect(await stored('cells_10s', 'requests')).toEqual(requests)
  expect(await stored('cells_1m', 'requests')).toEqual(requests)
})
