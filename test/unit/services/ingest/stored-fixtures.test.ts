import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ingestConfig } from '../../../../services/ingest/config.ts'
import { loadLogs } from '../../../../services/ingest/service.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { type Fixture, readFixtures } from '../../../support/format-fixtures.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-fixtures-'))
  store = await openEmbeddedStore({ path: join(directory, 'store') })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

const rowSchema = z.object({ status: z.number(), total: z.coerce.number() })
const countsSchema = z.object({ status: z.number(), count: z.number() })

async function stored(table: string, column: string): Promise<Map<number, number>> {
  const sql = `SELECT status, sum(${column}) AS total FROM ${table} GROUP BY status`
  return new Map((await store.query(rowSchema, sql)).map(({ status, total }) => [status, total]))
}

const untold = readFixtures().filter(({ isTold }) => !isTold)
const pathOf = ({ name }: Fixture) => fileURLToPath(new URL(`../../../fixtures/formats/${name}.log`, import.meta.url))
const counts = untold.flatMap(({ events }) => events.map((event) => countsSchema.parse(event)))

// All that can be told in one load, as a person gives a folder of logs.
test('auto tells every log of a folder, and all that was checked by hand is stored', { timeout: 120_000 }, async () => {
  const { insertNative, insertRows } = store
  const summary = await loadLogs(
    { insertNative, insertRows, stdin: Readable.from([]), nowMs: () => Date.UTC(2026, 11, 1) },
    { files: untold.map(pathOf), format: 'auto', env: 'prod', config: ingestConfig.parse({ workers: 1 }) },
  )
  const found = new Map(summary.formats.map(({ source, format }) => [source, format]))
  expect(untold.map((fixture) => [fixture.name, found.get(pathOf(fixture))])).toEqual(
    untold.map(({ name, spec }) => [name, spec]),
  )
  // Lines of another format within a log are read, too; by hand they are rejects.
  const others = Object.values(summary.otherFormats).reduce((sum, events) => sum + events, 0)
  expect(others).toBeLessThan(untold.length)
  expect(summary).toMatchObject({
    parsed: counts.length + others,
    requests: counts.reduce((sum, { count }) => sum + count, others),
    rejected: untold.reduce((sum, { rejects }) => sum + rejects.length, -others),
  })
  const events = await stored('access_events', 'count')
  expect(await stored('cells_10s', 'requests')).toEqual(events)
  expect(await stored('cells_1m', 'requests')).toEqual(events)
  const left = new Map(events)
  for (const { status, count } of counts) left.set(status, (left.get(status) ?? 0) - count)
  expect([...left.values()].filter((count) => count < 0)).toEqual([])
  expect([...left.values()].reduce((sum, count) => sum + count, 0)).toBe(others)
})
