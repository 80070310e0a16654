import type { z } from 'zod'

/** A value bound to a `{name:Type}` placeholder. Nothing else ever enters SQL text. */
export type QueryParameter = string | number | boolean | readonly string[] | readonly number[]

export type NativeBytes = Uint8Array | readonly Uint8Array[]

/** A ClickHouse engine, embedded or a server: the same SQL and the same schema on both. */
export interface Store {
  /** Runs a statement that returns nothing. */
  command(sql: string, parameters?: Readonly<Record<string, QueryParameter>>): Promise<void>
  /** Reads a bounded result, row by row checked against `row`. Times come back as the SQL renders them. */
  query<Row>(row: z.ZodType<Row>, sql: string, parameters?: Readonly<Record<string, QueryParameter>>): Promise<Row[]>
  /** Reads a bounded result as bytes in the format that the SQL names, e.g. `… FORMAT RowBinary`. */
  queryBytes(sql: string, parameters?: Readonly<Record<string, QueryParameter>>): Promise<Uint8Array>
  /**
   * Stores ClickHouse's Native format, given whole or in pieces that follow one another. The token is its identity: the exact
   * range it came from and a hash of its content. The same token again stores nothing.
   */
  insertNative(table: StoreTable, native: NativeBytes, token: string): Promise<void>
  /** Stores a few rows, given as objects with the table's column names. For small tables, never for events. */
  insertRows(table: StoreTable, rows: readonly Readonly<Record<string, unknown>>[], token: string): Promise<void>
  close(): Promise<void>
}

export const STORE_TABLES = [
  'access_events',
  'cells_10s',
  'cells_1m',
  'service_cells_1m',
  'durations_1m',
  'stored_messages',
  'rejects',
  'spikes',
  'checkpoints',
  'detector_states',
  'changes',
  'incidents',
  'feedback',
  'notices',
  'silences',
] as const
export type StoreTable = (typeof STORE_TABLES)[number]
