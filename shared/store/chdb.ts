import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { attempt, createClientStore, insertSettings } from './clickhouse-client.ts'
import { migrate } from './migrate.ts'
import { columnNames } from './schema/ddl.ts'
import type { Store } from './store.ts'

/**
 * Opens the ClickHouse engine inside this process on the directory `path` (made when missing) and brings its schema up to
 * date. One process at a time per directory, one directory per process, and never in a worker thread: the engine crashes there.
 */
export async function openEmbeddedStore(options: { readonly path: string }): Promise<Store> {
  const blocks = join(options.path, 'blocks')
  await mkdir(blocks, { recursive: true })
  const client = createClient({ connection: createChdbConnection({ path: join(options.path, 'engine') }) })
  const store = createClientStore(client)
  await migrate(store)
  return {
    ...store,
    // The engine reads a Native block from a file several times faster than it takes it as a parameter.
    async insertNative(table, block, token) {
      const file = join(blocks, `${randomUUID()}.native`)
      const names = columnNames(table).join(', ')
      await attempt('insert', async () => {
        await writeFile(file, block)
        await client.command({
          query: `INSERT INTO ${table} (${names}) ${insertSettings(token)} SELECT ${names} FROM file('${file}', 'Native')`,
        })
      }).finally(() => rm(file, { force: true }))
    },
  }
}
