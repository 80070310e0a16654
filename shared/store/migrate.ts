import { z } from 'zod'
import { OperationError } from '../runtime/errors.ts'
import {
  addCellRequests,
  createTable,
  createTables,
  localName,
  makeServiceCells,
  schemaStatements,
  settingStatements,
} from './schema/ddl.ts'
import { LEDGER } from './schema/tables.ts'
import type { Store } from './store.ts'

interface Migration {
  readonly version: number
  /** Each can be run again without harm. */
  readonly statements: (cluster?: string) => readonly string[]
}

/** In order. A migration's number never changes once released. */
const MIGRATIONS: readonly Migration[] = [
  { version: 1, statements: schemaStatements },
  // The table of feedback, and the sums that rows of the first schema lack.
  { version: 2, statements: (cluster) => [...addCellRequests(cluster), ...createTables(cluster)] },
  // The tables of notices and silences.
  { version: 3, statements: createTables },
  // The table of durations: what was stored before is not counted in it.
  { version: 4, statements: schemaStatements },
  // The cells of whole services, out of what was stored before.
  { version: 5, statements: makeServiceCells },
  // How parts of events and cells are merged.
  { version: 6, statements: settingStatements },
  // The cells of whole services by the day.
  { version: 7, statements: makeServiceCells },
  // More parts are merged at once.
  { version: 8, statements: settingStatements },
  // The table of what detectors knew.
  { version: 9, statements: createTables },
  // The table of messages that were stored.
  { version: 10, statements: createTables },
]

/** What this program's SQL is written for. */
export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(({ version }) => version))

/**
 * Brings the schema up to date and records what was done. Returns the versions applied now.
 * @throws OperationError `schema_newer`, with nothing done, when a newer program made it.
 */
export async function migrate(store: Pick<Store, 'command' | 'query'>, cluster?: string): Promise<number[]> {
  for (const statement of createTable(LEDGER, cluster)) await store.command(statement)
  const done = await readVersions(store)
  const newest = Math.max(0, ...done)
  if (newest > SCHEMA_VERSION) throw wrongSchema(newest)
  const pending = MIGRATIONS.filter(({ version }) => !done.includes(version))
  const steps = pending.map(({ version, statements }) => ({ versions: [version], statements }))
  for (const { versions, statements } of (await isEmpty(store, done, cluster)) ? ALL_AT_ONCE : steps) {
    for (const statement of statements(cluster)) await store.command(statement)
    await store.command(
      `INSERT INTO migrations (version) SETTINGS async_insert=0, distributed_foreground_insert=1 SELECT arrayJoin([${versions}])`,
    )
  }
  return pending.map(({ version }) => version)
}

/** Where nothing is, nothing has to be changed, which takes several times as long. */
const ALL_AT_ONCE = [{ versions: MIGRATIONS.map(({ version }) => version), statements: schemaStatements }]

async function isEmpty(store: Pick<Store, 'query'>, done: readonly number[], cluster?: string): Promise<boolean> {
  if (done.length > 0) return false
  const tables = await store.query(
    z.object({ name: z.string() }),
    'SELECT name FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    { table: localName('access_events', cluster) },
  )
  return tables.length === 0
}

/** @throws OperationError when the schema is not the one that this program's SQL is written for. */
export async function checkSchema(store: Pick<Store, 'query'>): Promise<void> {
  const found = Math.max(0, ...(await readVersions(store).catch(noneIfUnknown)))
  if (found !== SCHEMA_VERSION) throw wrongSchema(found)
}

function wrongSchema(found: number): OperationError {
  const isNewer = found > SCHEMA_VERSION
  const state = found === 0 ? 'there is no schema' : `the schema is of version ${found}`
  const remedy = isNewer ? 'start a newer culprit' : 'run culprit migrate'
  return new OperationError(`store: ${state}, and this program needs version ${SCHEMA_VERSION}: ${remedy}`, {
    code: isNewer ? 'schema_newer' : 'schema_older',
    retryable: false,
  })
}

async function readVersions(store: Pick<Store, 'query'>): Promise<number[]> {
  const rows = await store.query(z.object({ version: z.number() }), 'SELECT DISTINCT version FROM migrations')
  return rows.map(({ version }) => version)
}

const NO_SUCH_TABLE_OR_DATABASE = ['clickhouse_60', 'clickhouse_81']

function noneIfUnknown(error: unknown): number[] {
  if (error instanceof OperationError && NO_SUCH_TABLE_OR_DATABASE.includes(error.code)) return []
  throw error
}
