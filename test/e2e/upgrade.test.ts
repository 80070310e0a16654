import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore, openEngine } from '../../shared/store/chdb.ts'
import { migrate, SCHEMA_VERSION } from '../../shared/store/migrate.ts'
import { eventRow, firstRow } from '../contract/store-rows.ts'

const FIRST_SCHEMA = new URL('../fixtures/first-schema.sql', import.meta.url)
const REQUESTS = 600
const ERRORS = 58

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-upgrade-'))
  const engine = await openEngine({ path: join(directory, 'store') })
  for (const statement of (await readFile(FIRST_SCHEMA, 'utf8')).split(';\n').filter((text) => text.trim() !== ''))
    await engine.command(statement)
  await engine.close()
})

afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

const open = () => openEmbeddedStore({ path: join(directory, 'store') })

test('what the first version stored is read by this one, which also writes on', async () => {
  const store = await open()
  const versions = await store.query(
    z.object({ version: z.number() }),
    'SELECT version FROM migrations ORDER BY version',
  )
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, n) => n + 1))
  const counted = `SELECT (SELECT count() FROM access_events) AS events, (SELECT countIf(status = 500) FROM access_events) AS failed,
    (SELECT sum(requests) FROM cells_10s) AS fine, (SELECT sumIf(requests, status = 500) FROM cells_1m) AS failed_cells,
    (SELECT sum(requests) FROM service_cells_1m) AS of_services,
    (SELECT count() FROM rejects) AS rejected`
  const before = {
    events: REQUESTS,
    failed: ERRORS,
    fine: REQUESTS,
    of_services: REQUESTS,
    failed_cells: ERRORS,
    rejected: 1,
  }
  expect(await firstRow(store, counted)).toEqual(before)
  // Ten requests, of which one row says what all come to.
  const rows = Array.from({ length: 10 }, (_, n) => eventRow('checkout', { cell_requests: n === 0 ? 10 : 0 }))
  await store.insertRows('access_events', rows, 'today')
  const after = { events: REQUESTS + 10, fine: REQUESTS + 10, of_services: REQUESTS + 10 }
  expect(await firstRow(store, counted)).toEqual({ ...before, ...after })
  expect(await migrate(store)).toEqual([])
  await store.close()
})

test('its incidents and changes are answered by the server', async () => {
  const settings = { CULPRIT_LISTEN__PORT: '0', CULPRIT_LISTEN__DRAIN: '0s', CULPRIT_DATA_DIRECTORY: directory }
  const log = createLog({ level: 'silent', write: () => {} })
  const services = await startServices({ log, nowMs: Date.now }, await readConfig(undefined, settings))
  try {
    const get = async (path: string) => (await fetch(`${services.address}${path}`)).json()
    const suspects = [{ change_id: 'checkout-42', probability: 0.994 }, { change_id: 'checkout-41' }]
    expect(await get('/api/v1/incidents')).toMatchObject({ items: [{ service: 'checkout', errors: 205, suspects }] })
    expect(await get('/api/v1/changes')).toMatchObject({ items: [{ id: 'checkout-42', author: 'ana' }] })
  } finally {
    await services.stop()
  }
})

test('what a newer version made is left alone, and said plainly', async () => {
  const store = await open()
  await store.command(`INSERT INTO migrations (version) SETTINGS async_insert=0 SELECT ${SCHEMA_VERSION + 1}`)
  await store.close()
  const refusal = `the schema is of version ${SCHEMA_VERSION + 1}, and this program needs version ${SCHEMA_VERSION}: start a newer culprit`
  await expect(open()).rejects.toMatchObject({ code: 'schema_newer', message: expect.stringContaining(refusal) })
})
