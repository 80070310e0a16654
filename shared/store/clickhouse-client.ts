import { Readable } from 'node:stream'
import type { createClient } from '@clickhouse/client'
import { OperationError } from '../runtime/errors.ts'
import type { QueryParameter, Store } from './store.ts'

export type ClickHouseClient = ReturnType<typeof createClient>

/**
 * What every shape of the store does alike through `@clickhouse/client`. Settings are written into the SQL text and never
 * passed per call: on the embedded engine a per-call setting stays on the session and leaks into every later statement.
 */
export function createClientStore(client: ClickHouseClient): Omit<Store, 'insertNative' | 'insertRows'> {
  return {
    async command(sql, parameters) {
      await attempt('command', () => client.command({ query: sql, ...bind(parameters) }))
    },
    async query(row, sql, parameters) {
      const rows = await attempt('query', async () => {
        const result = await client.query({ query: sql, format: 'JSONEachRow', ...bind(parameters) })
        return result.json<unknown>()
      })
      return rows.map((value) => row.parse(value))
    },
    async queryBytes(sql, parameters) {
      return attempt('query', async () => {
        const result = await client.exec({ query: sql, ...bind(parameters) })
        return readAll(Readable.from(result.stream))
      })
    },
    async close() {
      await client.close()
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
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  return new OperationError(`store: ${what} failed: ${message.split('\n')[0]}`, {
    code: `clickhouse_${code}`,
    retryable: RETRYABLE_CODES.has(code),
    cause,
  })
}

/** Timeouts, too many parts, memory limits, lost connections: the same statement may pass later. */
const RETRYABLE_CODES = new Set(['159', '209', '210', '241', '252', '319', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])

function bind(parameters: Readonly<Record<string, QueryParameter>> | undefined) {
  return parameters === undefined ? {} : { query_params: { ...parameters } }
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
