import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { cellRequests } from '../../../../../services/ingest/core/cell-requests.ts'
import { encodeNative } from '../../../../../services/ingest/core/encode-native.ts'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import type { Store } from '../../../../../shared/store/store.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-cells-'))
  store = await openEmbeddedStore({ path: directory })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const START_MS = Date.UTC(2026, 2, 1)

/** Requests counted beforehand, in no order, of few or of very many names. */
const logLine = (names: number) =>
  fc.record({
    ts: fc.nat(120_000).map((ms) => START_MS + ms),
    status: fc.constantFrom(200, 204, 404, 500, 599),
    count: fc.integer({ min: 1, max: 4_294_967_295 }),
    service: fc.nat(names).map((i) => `s${i}`),
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    route: fc.nat(names).map((i) => `/r${i}`),
    version: fc.nat(names).map((i) => `v${i}`),
    region: fc.nat(names).map((i) => `eu-${i}`),
    env: fc.nat(names).map((i) => `env-${i}`),
  })
const log = fc.oneof(
  fc.array(logLine(2), { minLength: 1, maxLength: 200 }),
  // So many names that a number made of all of them would not fit.
  fc.array(logLine(1e6), { minLength: 1, maxLength: 200 }),
)

const textOf = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).join('\n')

test('the sum of a cell stands once, on a row of that cell', () => {
  fc.assert(
    fc.property(log, (lines) => {
      const block = parseLog(textOf(lines), NDJSON)
      const expected = new Map<string, number>()
      const found = new Map<string, number>()
      const sums = cellRequests(block.columns)
      eventsOf(block).forEach((event, row) => {
        const { service, method, route, version, region, env, status } = event
        const cell = Math.floor(Date.parse(event.ts) / 10_000)
        const key = JSON.stringify([cell, service, method, route, version, region, env, status])
        expected.set(key, (expected.get(key) ?? 0) + event.count)
        if (sums[row] === 0) return
        expect(found.has(key)).toBe(false)
        found.set(key, sums[row] ?? 0)
      })
      expect(found).toEqual(expected)
    }),
  )
})

const CELL = 'env, service, method, route, version, region, status'

/** The cells of both rollups, and what the rows come to in the same cells. */
async function cellsAndRows(env: string) {
  const cells = (from: string) =>
    store.query(z.unknown(), `${from} GROUP BY start, ${CELL} ORDER BY start, ${CELL}`, { env })
  const rollup = (table: string) =>
    cells(`SELECT cell_start AS start, ${CELL}, sum(requests) AS total FROM ${table} WHERE env = {env:String}`)
  const rows = (seconds: number) =>
    cells(
      `SELECT toStartOfInterval(ts, INTERVAL ${seconds} SECOND, 'UTC') AS start, ${CELL}, sum(count) AS total
       FROM access_events WHERE env = {env:String}`,
    )
  return {
    cells: { tenSeconds: await rollup('cells_10s'), minutes: await rollup('cells_1m') },
    rows: { tenSeconds: await rows(10), minutes: await rows(60) },
  }
}

test('every cell of the rollups holds what its rows come to, and a block that comes again changes nothing', async () => {
  const [lines = []] = fc.sample(fc.array(logLine(5), { minLength: 500, maxLength: 500 }), { numRuns: 1, seed: 7 })
  const blocks = [lines.slice(0, 300), lines.slice(300)].map((part) =>
    encodeNative(parseLog(textOf(part.map((line) => ({ ...line, env: 'again' }))), NDJSON).columns),
  )
  const insert = async (token: string) => store.insertNative('access_events', Buffer.concat(blocks), token)
  await insert('range-1')
  const first = await cellsAndRows('again')
  expect(first.cells.tenSeconds.length).toBeGreaterThan(100)
  expect(first.cells).toEqual(first.rows)
  await insert('range-1')
  expect(await cellsAndRows('again')).toEqual(first)
  await insert('range-2')
  const twice = await cellsAndRows('again')
  expect(twice.cells).toEqual(twice.rows)
  expect(twice).not.toEqual(first)
})
