import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ingestConfig } from '../../../../services/ingest/config.ts'
import { type LoadOptions, loadLogs, readEvents } from '../../../../services/ingest/service.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-ingest-'))
  store = await openEmbeddedStore({ path: join(directory, 'store') })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const config = ingestConfig.parse({ workers: 2 })

/** Each test stores under a service of its own and counts only that. */
async function load(service: string, files: readonly string[], overrides: Partial<LoadOptions> = {}) {
  const deps = {
    insertNative: store.insertNative,
    insertRows: store.insertRows,
    stdin: Readable.from([]),
    nowMs: () => Date.UTC(2026, 2, 2),
  }
  return loadLogs(deps, { files, format: 'auto', service, env: 'prod', config, ...overrides })
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

const START_MS = Date.UTC(2026, 2, 1)
const MONTH = ['Jan', 'Feb', 'Mar'] as const

/** One request a second, every tenth a 500. */
function combined(lines: number): string {
  return Array.from({ length: lines }, (_, index) => {
    const at = new Date(START_MS + index * 1_000).toISOString()
    const time = `${at.slice(8, 10)}/${MONTH[Number(at.slice(5, 7)) - 1]}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`
    const status = index % 10 === 0 ? 500 : 200
    return `192.0.2.${index % 250} - - [${time}] "GET /item/${index % 500} HTTP/1.1" ${status} 512 "-" "probe/1.0"\n`
  }).join('')
}

async function counts(service: string) {
  const total = async (sql: string) => {
    const rows = await store.query(z.object({ total: z.coerce.number() }), sql, { service })
    return rows[0]?.total
  }
  return {
    events: await total('SELECT sum(count) AS total FROM access_events WHERE service = {service:String}'),
    errors: await total(
      'SELECT sum(requests) AS total FROM cells_10s WHERE service = {service:String} AND status = 500',
    ),
    tenSeconds: await total('SELECT sum(requests) AS total FROM cells_10s WHERE service = {service:String}'),
    minutes: await total('SELECT sum(requests) AS total FROM cells_1m WHERE service = {service:String}'),
  }
}

test('stores every line of several logs, and rolls every request up', async () => {
  const plain = await write('plain.log', combined(30_000))
  const gzip = await write('compressed.gz', gzipSync(combined(10_000)))
  const summary = await load('every-line', [plain, gzip])
  expect(summary).toMatchObject({
    lines: 40_000,
    parsed: 40_000,
    rejected: 0,
    events: 40_000,
    requests: 40_000,
    fromMs: START_MS,
    toMs: START_MS + 29_999_000,
    services: ['every-line'],
    serviceFrom: 'constant',
    formats: [{ format: { name: 'combined' } }, { format: { name: 'combined' } }],
    firstRejects: [],
  })
  expect(await counts('every-line')).toEqual({ events: 40_000, errors: 4_000, tenSeconds: 40_000, minutes: 40_000 })
})

test('the same log loaded again is stored once', async () => {
  const path = await write('again.log', combined(5_000))
  await load('again', [path])
  await load('again', [path])
  expect(await counts('again')).toEqual({ events: 5_000, errors: 500, tenSeconds: 5_000, minutes: 5_000 })
})

test('a file given twice, and equal lines in two files, are counted each time', async () => {
  const path = await write('twice.log', combined(1_000))
  const copy = await write('twice-copy.log', combined(1_000))
  await load('twice', [path, path, copy])
  expect(await counts('twice')).toMatchObject({ events: 3_000, tenSeconds: 3_000, minutes: 3_000 })
})

test('tells where a rejected line is and why, in the summary and in the store', async () => {
  // Large enough for two blocks, so that the second has lines before it.
  const log = combined(60_000)
  const path = await write('rejects.log', `${log}this is no access log line\n${combined(10)}`)
  const summary = await load('rejects', [path])
  expect(summary).toMatchObject({ lines: 60_011, rejected: 1, events: 60_010 })
  expect(summary.firstRejects).toMatchObject([{ source: path, lineNumber: 60_001, byteOffset: log.length }])
  const stored = await store.query(
    z.object({ line_number: z.coerce.number(), byte_offset: z.coerce.number(), line: z.string() }),
    'SELECT line_number, byte_offset, line FROM rejects WHERE source = {path:String}',
    { path },
  )
  expect(stored).toEqual([{ line_number: 60_001, byte_offset: log.length, line: 'this is no access log line' }])
})

test('stores a rejected line that is cut inside a character', async () => {
  const path = await write('half.log', `${combined(20)}${'x'.repeat(1_999)}😀 tail\n`)
  const summary = await load('half', [path])
  expect(summary).toMatchObject({ events: 20, rejected: 1 })
  const stored = await store.query(
    z.object({ line: z.string() }),
    'SELECT line FROM rejects WHERE source = {path:String}',
    { path },
  )
  expect(stored).toEqual([{ line: `${'x'.repeat(1_999)}\ufffd` }])
})

test('stores only the time asked for, and says so', async () => {
  const path = await write('window.log', combined(1_000))
  const summary = await load('window', [path], { fromMs: START_MS + 100_000, toMs: START_MS + 200_000 })
  expect(summary).toMatchObject({ lines: 1_000, parsed: 1_000, events: 100, fromMs: START_MS + 100_000 })
  expect(await counts('window')).toMatchObject({ events: 100, minutes: 100 })
})

test('random paths end in __other__, their errors counted, and a real route after them is told apart', async () => {
  const words = (index: number) => index.toString(26).replace(/[0-9]/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit)))
  const junk = Array.from({ length: 20_000 }, (_, index) =>
    combined(1)
      .replace('/item/0', `/${words(index * 7_919)}`)
      .replace('[01', '[02'),
  )
  const real = Array.from({ length: 100 }, () => combined(1).replace('/item/0', '/checkout').replace('[01', '[02'))
  const path = await write('flood.log', junk.join('') + real.join(''))
  await load('flood', [path], { config: ingestConfig.parse({ workers: 1, max_routes_per_service: 20 }) })
  const routes = await store.query(
    z.object({ route: z.string(), errors: z.coerce.number() }),
    "SELECT route, sum(requests) AS errors FROM cells_1m WHERE service = 'flood' AND status = 500 GROUP BY route",
  )
  expect(routes.length).toBeLessThanOrEqual(21)
  expect(routes).toContainEqual({ route: '/checkout', errors: 100 })
  expect(routes.reduce((total, { errors }) => total + errors, 0)).toBe(20_100)
})

test('a log that no format fits is refused with what to do', async () => {
  const path = await write('novel.txt', 'It was a dark and stormy night.\n'.repeat(50))
  await expect(load('novel', [path])).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringMatching(/novel\.txt: .*--format/),
  })
})

test('a truncated log fails the load', async () => {
  const path = await write('cut.gz', gzipSync(combined(20_000)).subarray(0, -50))
  await expect(load('cut', [path])).rejects.toThrow('ends in the middle')
})

test('a store that refuses fails the load', async () => {
  const path = await write('refused.log', combined(10))
  const deps = {
    insertNative: async () => {
      throw new Error('disk full')
    },
    insertRows: store.insertRows,
    stdin: Readable.from([]),
    nowMs: () => 0,
  }
  const options = { files: [path], format: 'auto', env: 'prod', config } as const
  await expect(loadLogs(deps, options)).rejects.toThrow('disk full')
})

test('says how far it is', async () => {
  const path = await write('progress.log', combined(60_000))
  const told: { lines: number; bytesRead: number; bytesTotal?: number }[] = []
  const deps = {
    insertNative: store.insertNative,
    insertRows: store.insertRows,
    stdin: Readable.from([]),
    nowMs: () => 0,
    onProgress: (progress: (typeof told)[number]) => void told.push(progress),
  }
  await loadLogs(deps, { files: [path], format: 'auto', service: 'progress', env: 'prod', config })
  expect(told.length).toBeGreaterThan(1)
  expect(told.at(-1)).toMatchObject({ lines: 60_000, bytesRead: told.at(-1)?.bytesTotal })
})

test('reads a log as canonical events in its order, with what it rejects', async () => {
  const stdin = Readable.from([Buffer.from(`${combined(2)}no line\n`)])
  const blocks = []
  for await (const block of readEvents({ stdin }, { files: ['-'], format: 'auto', env: 'prod' }))
    blocks.push({ ...block, events: [...block.events] })
  expect(blocks).toMatchObject([
    {
      source: 'stdin',
      format: { name: 'combined' },
      lines: 3,
      parsed: 2,
      rejected: 1,
      rejects: [{ lineNumber: 3, text: 'no line' }],
    },
  ])
  expect(JSON.parse(JSON.stringify(blocks[0]?.events[0]))).toEqual({
    ts: '2026-03-01T00:00:00.000Z',
    service: 'web',
    env: 'prod',
    method: 'GET',
    path: '/item/0',
    route: '/item/{id}',
    status: 500,
    bytes: 512,
    client: '192.0.2.0',
    user_agent: 'probe/1.0',
    count: 1,
  })
})

/** An hour of a log a file, as rotation leaves them: the plain name is the latest. */
async function rotated(name: string): Promise<string[]> {
  const hour = (index: number) =>
    combined(400)
      .replaceAll('01/Mar/2026:00', `01/Mar/2026:0${index}`)
      .replaceAll('GET /item', `GET /${'abc'.charAt(index)}`)
  return [
    await write(`${name}.log`, hour(2)),
    await write(`${name}.log.1`, hour(1)),
    await write(`${name}.log.2.gz`, gzipSync(hour(0))),
  ]
}

test('reads rotated logs in the order of their times, however they are named and given', async () => {
  const [latest = '', middle = '', earliest = ''] = await rotated('access')
  for (const files of [
    [latest, middle, earliest],
    [middle, earliest, latest],
  ]) {
    const read: string[] = []
    for await (const { source } of readEvents({ stdin: Readable.from([]) }, { files, format: 'auto', env: 'prod' }))
      read.push(source)
    expect(read).toEqual([earliest, middle, latest])
  }
})

test('admits the same names whatever the order in which logs are given', async () => {
  const few = ingestConfig.parse({ workers: 2, max_routes_per_service: 2 })
  await load('given', await rotated('given'), { config: few })
  await load('turned', (await rotated('turned')).toReversed(), { config: few })
  const routesOf = (service: string) =>
    store.query(
      z.object({ route: z.string(), total: z.coerce.number() }),
      'SELECT route, sum(requests) AS total FROM cells_1m WHERE service = {service:String} GROUP BY route ORDER BY route',
      { service },
    )
  expect(await routesOf('turned')).toEqual(await routesOf('given'))
  expect(await routesOf('given')).toHaveLength(3)
})

test('a log that goes on in another format is stored whole, and that is said', async () => {
  const json = Array.from({ length: 100 }, (_, i) => `{"ts":${START_MS + i},"status":500,"path":"/json"}\n`).join('')
  const path = await write('changed.log', combined(200) + json)
  const summary = await load('changed', [path])
  expect(summary).toMatchObject({ lines: 300, rejected: 0, events: 300, otherFormats: { ndjson: 100 } })
  expect(await counts('changed')).toMatchObject({ events: 300, errors: 120, minutes: 300 })
})
