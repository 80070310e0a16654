import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { Session } from 'chdb'
import { createChdbConnection } from 'chdb/connection'
import { OperationError } from '../runtime/errors.ts'
import { bindParameters } from './bind-parameters.ts'
import { attempt, createClientStore, insertSettings, type OnConnection, quoteText } from './clickhouse-client.ts'
import { migrate } from './migrate.ts'
import { columnNames } from './schema/ddl.ts'
import type { NativeBytes, Store, StoreTable } from './store.ts'

export interface EmbeddedOptions {
  readonly path: string
  /** How many queries run at once, for those who ask and never write; one at a time when absent. */
  readonly queries?: number | undefined
}

/**
 * Opens the ClickHouse engine inside this process on the directory `path` (made when missing) and brings its schema up to
 * date. One process at a time per directory, one directory per process, and never in a worker thread: the engine crashes there.
 */
export async function openEmbeddedStore(options: EmbeddedOptions): Promise<Store> {
  const store = await openEngine(options)
  try {
    await migrate(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The same with whatever schema is there, also none. */
export async function openEngine({ path, queries = 1 }: EmbeddedOptions): Promise<Store> {
  const blocks = join(path, 'blocks')
  await mkdir(blocks, { recursive: true })
  const connection = holdConnections(join(path, 'engine'), queries)
  // The library runs one statement with parameters at a time, whatever its connection: one that takes long would keep every
  // other one of this process waiting.
  const store = createClientStore(connection.use, (sql, parameters = {}) => ({
    query: bindParameters(sql, parameters),
  }))
  /** Inserts what a file holds, in the columns that it has. */
  async function insertFile(content: NativeBytes | string, of: FileInsert): Promise<void> {
    const file = join(blocks, randomUUID())
    const names = of.columns.join(', ')
    await attempt('insert', async () => {
      await writeFile(file, content)
      const query = `INSERT INTO ${of.table} (${names}) ${insertSettings(of.token)} SELECT ${names} FROM file(${quoteText(file)}, '${of.format}')`
      await connection.use((client) => client.command({ query }))
    }).finally(() => rm(file, { force: true }))
  }
  return {
    ...store,
    // Data inside an INSERT would be mixed with this process's standard input: the engine reads on there, and takes it all.
    async insertRows(table, rows, token) {
      const columns = columnNames(table).filter((name) => rows.some((row) => Object.hasOwn(row, name)))
      if (rows.length === 0) return
      const content = rows.map((row) => JSON.stringify(row)).join('\n')
      await insertFile(content, { table, columns, format: 'JSONEachRow', token })
    },
    // The engine reads a Native block from a file several times faster than it takes it as a parameter.
    async insertNative(table, native, token) {
      await insertFile(native, { table, columns: columnNames(table), format: 'Native', token })
    },
    close: connection.close,
  }
}

interface Connection {
  readonly use: OnConnection
  readonly close: () => Promise<void>
}

/** So many connections, of which each statement goes to the one that the fewest wait for. */
function holdConnections(path: string, count: number): Connection {
  const session = openSession(path)
  const held = Array.from({ length: count }, () => ({ connection: holdConnection(path), waiting: 0 }))
  return {
    use(call) {
      const chosen = held.reduce((best, other) => (other.waiting < best.waiting ? other : best))
      chosen.waiting += 1
      return chosen.connection.use(call).finally(() => {
        chosen.waiting -= 1
      })
    },
    async close() {
      for (const { connection } of held) await connection.close()
      session.close()
    },
  }
}

/** Parameters are part of a statement's text, and may be long lists. */
const ANY_LENGTH = { query: 'SET max_query_size = 0' }

/**
 * One statement at a time: the engine takes no more of a connection. What a failed one had written until then would come
 * before the next one's result, so its connection is never used again.
 */
function holdConnection(path: string): Connection {
  const connect = () => createClient({ connection: createChdbConnection({ path }) })
  let client = connect()
  let before: Promise<unknown> = client.command(ANY_LENGTH)

  async function replace(): Promise<void> {
    const failed = client
    client = connect()
    await failed.close()
    await client.command(ANY_LENGTH)
  }

  return {
    use(call) {
      const called = before.then(() => call(client))
      before = called.catch(replace)
      return called
    },
    async close() {
      await before
      await client.close()
    },
  }
}

/** What the engine may do is said by the first to open a directory, and only a session can say it. */
function openSession(path: string): Session {
  try {
    return new Session(path, { connectionArgs: ['--', '--backups.allowed_path=/'] })
  } catch (cause) {
    throw new OperationError(`store: ${path} can't be opened: another process has it, or it may not be written`, {
      code: 'cannot_open',
      retryable: false,
      cause,
    })
  }
}

interface FileInsert {
  readonly table: StoreTable
  readonly columns: readonly string[]
  readonly format: 'Native' | 'JSONEachRow'
  readonly token: string
}
