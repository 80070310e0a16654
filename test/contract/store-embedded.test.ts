import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { insertsSuite } from './store-inserts.ts'
import { readsSuite } from './store-reads.ts'
import { retentionSuite } from './store-retention.ts'
import { eventRow, firstRow } from './store-rows.ts'
import { valuesSuite } from './store-values.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-store-'))
  store = await openEmbeddedStore({ path: directory })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

describe('the embedded engine', () => {
  valuesSuite(() => store)
  insertsSuite(() => store)
  readsSuite(
    () => store,
    () => openEmbeddedStore({ path: directory }),
  )
  test('what is stored or asked does not wait for what is asked over another connection, however heavy', async () => {
    const reading = await openEmbeddedStore({ path: directory, queries: 3 })
    let isReading = true
    const heavy =
      'SELECT sum(sleepEachRow(0.25)) AS n FROM numbers({rows:UInt8}) SETTINGS max_threads = 1, max_block_size = 4'
    const reads = Promise.all([1, 2].map(() => firstRow(reading, heavy, { rows: 16 }))).then(() => {
      isReading = false
    })
    for (let block = 0; block < 5; block++) {
      await store.insertRows('access_events', [eventRow('beside heavy reads')], `beside heavy reads ${block}`)
      for (const asked of [store, reading]) {
        const sql = 'SELECT count() AS stored FROM access_events WHERE service = {service:String}'
        expect(await firstRow(asked, sql, { service: 'beside heavy reads' })).toEqual({ stored: block + 1 })
      }
    }
    expect(isReading).toBe(true)
    await reads
    await reading.close()
  })
  retentionSuite(() => store)
})
