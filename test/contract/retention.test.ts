import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { applyRetention } from '../../shared/store/retention.ts'
import type { Store } from '../../shared/store/store.ts'

const DAY_MS = 86_400_000
let directory: string
let store: Store

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-retention-'))
  store = await openEmbeddedStore({ path: directory })
})

afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

const eventAt = (ageMs: number) => ({
  ts: new Date(Date.now() - ageMs).toISOString(),
  env: 'prod',
  service: 'shop',
  route: '/a',
  status: 200,
  path: '/a',
  count: 1,
})

async function countRows(table: 'access_events' | 'cells_1m'): Promise<number> {
  await store.command(`OPTIMIZE TABLE ${table} FINAL`)
  const rows = await store.query(z.object({ n: z.coerce.number() }), `SELECT count() AS n FROM ${table}`)
  return rows[0]?.n ?? -1
}

test('each table keeps its rows for as long as it was told, and can be told otherwise', async () => {
  await applyRetention(store, { access_events: 7 * DAY_MS, cells_1m: 60 * DAY_MS })
  await store.insertRows('access_events', [eventAt(0), eventAt(3 * DAY_MS), eventAt(10 * DAY_MS)], 'block')
  expect(await countRows('access_events')).toBe(2)
  expect(await countRows('cells_1m')).toBe(3)
  await applyRetention(store, { access_events: DAY_MS })
  await expect.poll(() => countRows('access_events'), { timeout: 20_000 }).toBe(1)
})

test('a store that was told nothing keeps everything', async () => {
  await store.insertRows('access_events', [eventAt(1000 * DAY_MS)], 'block')
  expect(await countRows('access_events')).toBe(1)
})
