import { join } from 'node:path'
import type { EmbeddedOptions } from '../../shared/store/chdb.ts'
import { createServerStore } from '../../shared/store/clickhouse.ts'
import { checkSchema, migrate } from '../../shared/store/migrate.ts'
import { applyRetention, type Retention } from '../../shared/store/retention.ts'
import { createDatabase } from '../../shared/store/schema/ddl.ts'
import type { Store } from '../../shared/store/store.ts'
import { readServerOptions } from './clickhouse-config.ts'
import type { CulpritConfig } from './config.ts'

/**
 * Opens the server of the configuration, else the embedded engine, whose schema it brings up to date and which answers so many
 * queries at once, one when absent.
 */
export async function openStore({ clickhouse, data_directory }: CulpritConfig, queries?: number): Promise<Store> {
  if (clickhouse.url === undefined) return openEmbedded({ path: join(data_directory, 'store'), queries })
  return createServerStore(await readServerOptions(clickhouse, clickhouse.url))
}

/**
 * Makes sure that services can work over the store. The embedded engine is ours to change; a server is changed by whoever may,
 * with `culprit migrate`, and refused unless that was done.
 */
export async function prepareStore(store: Store, config: CulpritConfig): Promise<void> {
  if (config.clickhouse.url === undefined) await applyRetention(store, retentionOf(config))
  else await checkSchema(store)
}

/** Brings schema and retention up to date; returns the versions applied now, none when there was nothing to do. */
export async function migrateStore(config: CulpritConfig): Promise<number[]> {
  const { url, database, cluster } = config.clickhouse
  if (url !== undefined) await makeDatabase(config, url, createDatabase(database, cluster))
  const store = await openStore(config)
  try {
    const applied = await migrate(store, cluster)
    await applyRetention(store, retentionOf(config), cluster)
    return applied
  } finally {
    await store.close()
  }
}

/** A request within a database that is not there is refused, so it is made from outside. */
async function makeDatabase({ clickhouse }: CulpritConfig, url: string, statement: string): Promise<void> {
  const store = createServerStore({ ...(await readServerOptions(clickhouse, url)), database: undefined })
  await store.command(statement).finally(() => store.close())
}

/** The engine is large, and loaded by none that does not need it. */
async function openEmbedded(options: EmbeddedOptions): Promise<Store> {
  const { openEmbeddedStore } = await import('../../shared/store/chdb.ts')
  return openEmbeddedStore(options)
}

/** As long as the engine knows an insert by its token. */
const STORED_MESSAGES_MS = 7 * 86_400_000

/** Findings are few and are kept. */
function retentionOf({ retention }: CulpritConfig): Retention {
  const { events, cells_10s, cells_1m } = retention
  return {
    access_events: events,
    rejects: events,
    cells_10s,
    cells_1m,
    service_cells_1m: cells_1m,
    durations_1m: cells_1m,
    // Whoever goes on from it reads what came since.
    detector_states: cells_10s,
    stored_messages: STORED_MESSAGES_MS,
  }
}
