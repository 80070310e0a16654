import { z } from 'zod'
import { localName, storedIn } from './schema/ddl.ts'
import { TABLES } from './schema/tables.ts'
import type { Store, StoreTable } from './store.ts'

/** How long each table keeps a row, ms after the row's own time. Tables that are not named keep everything. */
export type Retention = Readonly<Partial<Record<StoreTable, number>>>

/** Has the engine drop what is older, in the background; what is stored already is looked at again when the retention is another. */
export async function applyRetention(
  store: Pick<Store, 'command' | 'query'>,
  retention: Retention,
  cluster?: string,
): Promise<void> {
  const tables = await store.query(
    z.object({ name: z.string(), engine_full: z.string() }),
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()',
  )
  const engines = new Map(tables.map(({ name, engine_full }) => [name, engine_full]))
  for (const { name, time } of TABLES) {
    const keptMs = name === 'migrations' ? undefined : retention[name]
    if (keptMs === undefined) continue
    const seconds = Math.ceil(keptMs / 1000)
    if (engines.get(localName(name, cluster))?.includes(`toIntervalSecond(${seconds})`) === true) continue
    await store.command(
      `ALTER TABLE ${storedIn(name, cluster)} MODIFY TTL toDateTime(${time}) + toIntervalSecond(${seconds})`,
    )
  }
}
