import { Readable } from 'node:stream'
import type { createClient } from '@clickhouse/client'
import { OperationError } from '../runtime/errors.ts'
import type { QueryParameter, Store } from './store.ts'

export type ClickHouseClient = ReturnType<typeof createClient>

/** Runs a call on a connection to the engine. */
export type OnConnection = <Result>(call: (client: ClickHouseClient) => Promise<Result>) => Promise<Result>

/** How a statement and its parameters are given to a connection. */
export type Bind = (
  sql: string,
  parameters?: Readonly<Record<string, QueryParameter>>,
) => { readonly query: string; readonly query_params?: Record<string, unknown> }

/**
 * What every shape of the store does alike through `@clickhouse/client`. Settings are written into the SQL text and never
 * passed per call: on the embedded engine a per-call setting stays on the session and leaks into every later statement.
 */
export function createClientStore(
  onConnection: OnConnection,
  bind: Bind = sendParameters,
): Omit<Store, 'insertNative' | 'insertRows' | 'close'> {
  return {
    async command(sql, parameters) {
      await attempt('command', () => onConnection((client) => client.command(bind(sql, parameters))))
    },
    async query(row, sql, parameters) {
      const read = async (client: ClickHouseClient) => {
        const result = await client.query({ format: 'JSONEachRow', ...bind(sql, parameters) })
        return result.json<unknown>()
      }
      const rows = await attempt('query', () => onConnection(read))
      return rows.map((value) => row.parse(value))
    },
    async queryBytes(sql, parameters) {
      const read = async (client: ClickHouseClient) => {
        const result = await client.exec(bind(sql, parameters))
        return readAll(Readable.from(result.stream))
      }
      return attempt('query', () => onConnection(read))
    },
  }
}

/** The settings of one insert. The engine's defaults have moved between versions, so what we rely on is said each time. */
export function insertSettings(token: string): string {
  return [
    `SETTINGS insert_deduplication_token=${quoteText(token)}`,
    "deduplicate_insert='enable'",
    'deduplicate_blocks_in_dependent_materialized_views=1',
    'async_insert=0',
    // Spread over a cluster, it is stored once every part is.
    'distributed_foreground_insert=1',
    // Rows of one cell are added up when read; doing so at insert as well costs half of its time.
    'optimize_on_insert=0',
    'max_partitions_per_insert_block=0',
    "date_time_input_format='best_effort'",
  ].join(', ')
}

/** A text of ours as an SQL literal, for the places that take no parameter. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Runs one call to the engine; its failure becomes an OperationError that keeps the engine's code. */
export async function attempt<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (cause) {
    throw toOperationError(what, cause)
  }
}

function toOperationError(what: string, cause: unknown): OperationError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = codeOf(cause)
  return new OperationError(`store: ${what} failed: ${message.split('\n')[0]}`, {
    code: `clickhouse_${code}`,
    // What is no code of the engine's is one of the network or a disk.
    retryable: /^\d+$/.test(code) ? PASSING_CODES.has(code) : code !== 'unknown',
    cause,
  })
}

/**
 * The engine knew the statement and could not run it now: timeouts, too many queries or parts, memory, a full disk, lost
 * replicas or keepers.
 */
const PASSING_CODES = new Set([
  '159',
  '164',
  '202',
  '203',
  '209',
  '210',
  '236',
  '241',
  '242',
  '243',
  '252',
  '279',
  '285',
  '319',
  '394',
  '999',
])

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  if ('code' in cause) return String(cause.code)
  // So the client says that nothing came in time, or that it was not the engine that answered.
  return cause.name === 'Error' ? 'no_answer' : 'unknown'
}

const sendParameters: Bind = (query, parameters = {}) => ({ query, query_params: { ...parameters } })

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
