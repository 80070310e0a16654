import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { insertsSuite } from './store-inserts.ts'
import { readsSuite } from './store-reads.ts'
import { retentionSuite } from './store-retention.ts'
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
  retentionSuite(() => store)
})
