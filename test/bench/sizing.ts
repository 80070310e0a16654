/*
 * What a generated log takes on disk once the engine has merged it, table by table: bytes a row, and bytes an event.
 * npm run bench:sizing -- [--lines 300000] [--file access.log (combined, instead of the generated one)]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { ingestConfig } from '../../services/ingest/config.ts'
import { loadLogs } from '../../services/ingest/service.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { writeShopLog } from './shop-log.ts'
import { renderTable } from './text-table.ts'

const SIZED = ['access_events', 'cells_10s', 'cells_1m', 'service_cells_1m', 'durations_1m']

const { values } = parseArgs({ options: { lines: { type: 'string', default: '300000' }, file: { type: 'string' } } })
const folder = mkdtempSync(join(tmpdir(), 'culprit-sizing-'))
try {
  console.log(await measure(folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
// The engine holds threads that do not end.
process.exit(0)

async function measure(directory: string): Promise<string> {
  const log = values.file ?? join(directory, 'access.log')
  if (values.file === undefined) writeShopLog(log, Number(values.lines))
  const { size } = statSync(log)
  const store = await openEmbeddedStore({ path: join(directory, 'store') })
  const { insertNative, insertRows } = store
  await loadLogs(
    { insertNative, insertRows, stdin: Readable.from([]), nowMs: Date.now },
    { files: [log], format: { name: 'combined' }, env: 'prod', config: ingestConfig.parse({}) },
  )
  const tables = await readTables(store)
  await store.close()
  const count = tables.find(({ table }) => table === 'access_events')?.stored ?? 0
  const header = ['table', 'rows', 'bytes on disk', 'bytes a row', 'bytes an event']
  const rows = tables.map(({ table, stored, compressed }) => [
    table,
    String(stored),
    String(compressed),
    (compressed / stored).toFixed(1),
    (compressed / count).toFixed(2),
  ])
  return `${count} events of ${size} bytes of log, ${(size / count).toFixed(0)} each\n${renderTable(header, rows)}`
}

/** What there is in the tables, with all parts merged into one, as the engine does in time. */
async function readTables(store: Store) {
  for (const table of SIZED) await store.command(`OPTIMIZE TABLE ${table} FINAL`)
  return store.query(
    z.object({ table: z.string(), stored: z.coerce.number(), compressed: z.coerce.number() }),
    `SELECT table, sum(rows) AS stored, sum(bytes_on_disk) AS compressed FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN {tables:Array(String)} GROUP BY table ORDER BY compressed DESC`,
    { tables: SIZED },
  )
}
