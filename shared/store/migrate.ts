import { z } from 'zod'
import { schemaStatements } from './schema/ddl.ts'
import type { Store } from './store.ts'

/** Each migration's statements can be run again without harm; its number never changes once released. */
const MIGRATIONS: readonly { readonly version: number; readonly statements: () => readonly string[] }[] = [
  { version: 1, statements: schemaStatements },
  // The table of feedback.
  { version: 2, statements: schemaStatements },
]

const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (version UInt32, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY version`

/** Brings the schema up to date and records what was done. Returns the versions applied now. */
export async function migrate(store: Pick<Store, 'command' | 'query'>): Promise<number[]> {
  await store.command(LEDGER)
  const done = await store.query(z.object({ version: z.number() }), 'SELECT DISTINCT version FROM migrations')
  const pending = MIGRATIONS.filter(({ version }) => !done.some((row) => row.version === version))
  for (const { version, statements } of pending) {
    for (const statement of statements()) await store.command(statement)
    await store.command(`INSERT INTO migrations (version) SELECT ${version}`)
  }
  return pending.map(({ version }) => version)
}
