import { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { attempt, createClientStore, insertSettings } from './clickhouse-client.ts'
import { columnNames } from './schema/ddl.ts'
import type { Store, StoreTable } from './store.ts'

export interface ServerOptions {
  /** `http://` or `https://` of one server, or of what stands before several. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** Undefined: the user's own. */
  readonly database: string | undefined
  /** PEM of the authorities to trust instead of the usual. */
  readonly ca: string | undefined
  /** Of what is sent either way. */
  readonly compression: 'none' | 'gzip'
  /** A request without any sign of life for so long has failed. */
  readonly requestTimeoutMs: number
}

const CONNECTIONS_MAX = 10

/**
 * A ClickHouse server over HTTP. Asks nothing of it before the first call, and brings no schema: `migrate` does. A call that
 * can't reach it, or is not answered, fails in a way that is worth a retry; an insert that was stored all the same is then
 * known by its token.
 */
export function createServerStore(options: ServerOptions): Store {
  const { url, username, password, database, ca, compression, requestTimeoutMs } = options
  const compressed = compression === 'gzip'
  const client = createClient({
    url,
    username,
    password,
    application: 'culprit',
    request_timeout: requestTimeoutMs,
    max_open_connections: CONNECTIONS_MAX,
    // Many names at once would make too long an address.
    use_multipart_params_auto: true,
    compression: { request: compressed, response: compressed },
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      // Whatever fails is then told by the answer's status, and never in the middle of a result.
      wait_end_of_query: 1,
      // Servers differ in it by age.
      output_format_json_quote_64bit_integers: 0,
      // What we no longer wait for need not be finished.
      cancel_http_readonly_queries_on_client_close: 1,
    },
    ...(database !== undefined && { database }),
    ...(ca !== undefined && { tls: { ca_cert: Buffer.from(ca) } }),
  })

  async function insert(body: readonly (Uint8Array | string)[], of: ServerInsert): Promise<void> {
    const { table, columns, format, token } = of
    const query = `INSERT INTO ${table} (${columns.join(', ')}) ${insertSettings(token)} FORMAT ${format}`
    await attempt('insert', async () => {
      const { stream } = await client.exec({ query, values: Readable.from(body) })
      stream.resume()
    })
  }

  return {
    ...createClientStore((call) => call(client)),
    async insertRows(table, rows, token) {
      if (rows.length === 0) return
      const columns = columnNames(table).filter((name) => rows.some((row) => Object.hasOwn(row, name)))
      await insert([rows.map((row) => JSON.stringify(row)).join('\n')], {
        table,
        columns,
        format: 'JSONEachRow',
        token,
      })
    },
    async insertNative(table, native, token) {
      await insert(native instanceof Uint8Array ? [native] : native, {
        table,
        columns: columnNames(table),
        format: 'Native',
        token,
      })
    },
    async close() {
      await client.close()
    },
  }
}

interface ServerInsert {
  readonly table: StoreTable
  readonly columns: readonly string[]
  readonly format: 'Native' | 'JSONEachRow'
  readonly token: string
}
