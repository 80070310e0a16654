import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { insertsSuite } from './store-inserts.ts'
import { readsSuite } from './store-reads.ts'
import { retentionSuite } from './store-retention.ts'
import { eventRow, readNumber } from './store-rows.ts'
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
  test('what is stored does not wait for what is read over another connection, however heavy', async () => {
    const reading = await openEmbeddedStore({ path: directory })
    let isReading = true
    const heavy = 'SELECT sum(sleepEachRow(0.25)) AS n FROM numbers(4) SETTINGS max_threads = 1'
    const reads = Promise.all([1, 2, 3, 4].map(() => readNumber(reading, heavy))).then(() => {
      isReading = false
    })
    for (let block = 0; block < 5; block++)
      await store.insertRows('access_events', [eventRow('meanwhile')], `meanwhile ${block}`)
    expect(isReading).toBe(true)
    await reads
    await reading.close()
  })
  retentionSuite(() => store)
})
