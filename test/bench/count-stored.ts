import { Readable } from 'node:stream'
import { z } from 'zod'
import { ingestConfig } from '../../services/ingest/config.ts'
import type * as Ingest from '../../services/ingest/service.ts'
import type * as Chdb from '../../shared/store/chdb.ts'

/** Requests by status in each table. */
export type StoredCounts = Readonly<Record<'access_events' | 'cells_10s' | 'cells_1m', ReadonlyMap<number, number>>>

const built = (path: string) => import(new URL(`../../dist/${path}.js`, import.meta.url).href)

/** Loads a combined log into a store as the built product does, and counts what it then holds. */
export async function countStored(log: string, path: string): Promise<StoredCounts> {
  const { openEmbeddedStore } = (await built('shared/store/chdb')) as typeof Chdb
  const { loadLogs } = (await built('services/ingest/service')) as typeof Ingest
  const store = await openEmbeddedStore({ path })
  const { insertNative, insertRows } = store
  await loadLogs(
    { insertNative, insertRows, stdin: Readable.from([]), nowMs: Date.now },
    { files: [log], format: { name: 'combined' }, env: 'prod', config: ingestConfig.parse({}) },
  )
  const count = async (table: string, requests: string) => {
    const row = z.object({ status: z.number(), requests: z.coerce.number() })
    const rows = await store.query(row, `SELECT status, sum(${requests}) AS requests FROM ${table} GROUP BY status`)
    return new Map(rows.map(({ status, requests }) => [status, requests]))
  }
  const counts = {
    access_events: await count('access_events', 'count'),
    cells_10s: await count('cells_10s', 'requests'),
    cells_1m: await count('cells_1m', 'requests'),
  }
  await store.close()
  return counts
}
