import { DURATION_BUCKET_MAX, DURATION_BUCKET_OF_1_MS } from '../../domain/duration-buckets.ts'
import { TABLES, type TableDefinition } from './tables.ts'

/**
 * How many recent insert tokens a table remembers. A token that has left the window would store its block again, so it
 * covers far more than one restart can replay.
 */
const DEDUPLICATION_WINDOW = 10_000
/** Replicated tables also forget by time, after an hour unless told. */
const WEEK_SECONDS = 7 * 86_400

const SERIES_KEYS = 'env, service, method, route, version, region, status'

/** Cells of so many seconds: the rollups that everything but one incident's raw rows is read from. */
const ROLLUPS = [
  { table: 'cells_10s', seconds: 10, keys: SERIES_KEYS },
  { table: 'cells_1m', seconds: 60, keys: SERIES_KEYS },
  // What is asked of all services at once, or over weeks, would read too much of the others.
  { table: 'service_cells_1m', seconds: 60, keys: 'env, service, status' },
] as const
type Rollup = (typeof ROLLUPS)[number]
const FIRST_ROLLUPS = ROLLUPS.filter(({ keys }) => keys === SERIES_KEYS)

/**
 * Tables that every insert of events adds a part to. While parts come fast the engine merges many at once there, and so each
 * row less often: with its own 5 merging took more than all else. Parts of a quiet time it merges after ten seconds all the same.
 */
const BUSY_TABLES: readonly string[] = ['access_events', ...ROLLUPS.map(({ table }) => table), 'durations_1m']
const BUSY_TABLE_SETTING = 'merge_selector_base = 50'

/** The statements that make the schema, in order; each can be run again without harm. */
export function schemaStatements(cluster?: string): string[] {
  const views = ROLLUPS.map((rollup) => createRollupView(rollup, cluster))
  return [...createTables(cluster), ...views, createDurationsView(cluster)]
}

/** Those that are missing; what is there already is left as it is. */
export function createTables(cluster?: string): string[] {
  return TABLES.flatMap((table) => createTable(table, cluster))
}

/**
 * From the first schema, where a view grouped every row: rows say what their cells come to. It was before there were
 * clusters, so none has to be changed.
 */
export function addCellRequests(cluster?: string): string[] {
  if (cluster !== undefined) return []
  return [
    'ALTER TABLE access_events ADD COLUMN IF NOT EXISTS cell_requests UInt64 DEFAULT count',
    // Made anew, as a view that was altered takes a block for another one once the engine has been started again.
    ...FIRST_ROLLUPS.flatMap((rollup) => [
      `DROP VIEW IF EXISTS ${rollup.table}_view`,
      createRollupView(rollup, cluster),
    ]),
  ]
}

/**
 * Makes the cells of whole services out of those of their series, as far back as these go. What is there of them is dropped
 * first, so that running it again counts nothing twice.
 */
export function makeServiceCells(cluster?: string): string[] {
  const dropped = (kind: string, name: string) => `DROP ${kind} IF EXISTS ${name} ${onCluster(cluster)}`.trimEnd()
  return [
    dropped('VIEW', 'service_cells_1m_view'),
    ...(cluster === undefined ? [] : [dropped('TABLE', 'service_cells_1m')]),
    `${dropped('TABLE', localName('service_cells_1m', cluster))} SYNC`,
    ...schemaStatements(cluster),
    `INSERT INTO service_cells_1m (cell_start, env, service, status, requests)
SETTINGS async_insert=0, distributed_foreground_insert=1
SELECT cell_start, env, service, status, sum(requests) FROM cells_1m GROUP BY cell_start, env, service, status`,
  ]
}

/** Gives tables that are there already the settings that they would be made with now. */
export function settingStatements(cluster?: string): string[] {
  return BUSY_TABLES.map((table) => `ALTER TABLE ${storedIn(table, cluster)} MODIFY SETTING ${BUSY_TABLE_SETTING}`)
}

/** The columns of a table in the order they are declared. */
export function columnNames(table: string): string[] {
  const definition = TABLES.find(({ name }) => name === table)
  if (definition === undefined) throw new Error(`no table ${table} in the schema`)
  return definition.columns
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ', 1).join())
}

/** On a cluster every server holds a part of a table, replicated, and a table of the plain name that spans the parts. */
export function createTable(table: TableDefinition, cluster?: string): string[] {
  const partition = table.partitionBy === undefined ? '' : ` PARTITION BY ${table.partitionBy}`
  const made = `CREATE TABLE IF NOT EXISTS ${storedIn(table.name, cluster)} (${table.columns}
) ENGINE = ${cluster === undefined ? '' : 'Replicated'}${table.engine}${partition} ORDER BY ${table.orderBy}
SETTINGS ${tableSettings(table, cluster)}`
  if (cluster === undefined) return [made]
  // By its order, so that rows that replace each other meet, and a block that comes again is cut as it was.
  const shard = `sipHash64(${table.orderBy.replace(/^\(|\)$/g, '')})`
  const spanning = `CREATE TABLE IF NOT EXISTS ${table.name} ${onCluster(cluster)} AS ${localName(table.name, cluster)}
ENGINE = Distributed('${cluster}', currentDatabase(), ${localName(table.name, cluster)}, ${shard})`
  return [made, spanning]
}

function tableSettings({ name, granule }: TableDefinition, cluster?: string): string {
  const own = granule === undefined ? [] : [`index_granularity = ${granule}`]
  return [deduplicationWindow(cluster), ...own, ...(BUSY_TABLES.includes(name) ? [BUSY_TABLE_SETTING] : [])].join(', ')
}

/** Where a table's rows are kept, as `CREATE TABLE` and `ALTER TABLE` name it. */
export function storedIn(table: string, cluster?: string): string {
  return `${localName(table, cluster)} ${onCluster(cluster)}`.trimEnd()
}

export function createDatabase(name: string, cluster?: string): string {
  return `CREATE DATABASE IF NOT EXISTS ${name} ${onCluster(cluster)}`.trimEnd()
}

/** The table that holds a table's rows. */
export function localName(table: string, cluster?: string): string {
  return cluster === undefined ? table : `${table}_local`
}

function onCluster(cluster: string | undefined): string {
  return cluster === undefined ? '' : `ON CLUSTER '${cluster}'`
}

function deduplicationWindow(cluster: string | undefined): string {
  if (cluster === undefined) return `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`
  return `replicated_deduplication_window = ${DEDUPLICATION_WINDOW}, replicated_deduplication_window_seconds = ${WEEK_SECONDS}`
}

/**
 * Whoever inserts many rows says in `cell_requests` what they come to: the sum of each cell on one row of it, 0 on the
 * others. A row inserted without it stands for itself. Grouping all rows here instead took half of an insert's time.
 */
function createRollupView(rollup: Rollup, cluster: string | undefined): string {
  const { table } = rollup
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${`${table}_view ${onCluster(cluster)}`.trimEnd()} TO ${localName(table, cluster)} AS
${rollupQuery(rollup, cluster)}`
}

function rollupQuery({ seconds, keys }: Rollup, cluster?: string): string {
  return `SELECT toStartOfInterval(ts, INTERVAL ${seconds} SECOND, 'UTC') AS cell_start,
  ${keys}, sum(cell_requests) AS requests
FROM ${localName('access_events', cluster)}
WHERE cell_requests > 0
GROUP BY cell_start, ${keys}`
}

/**
 * How long requests took, counted by bucket: a half power of two each, as `durationBucketEnd` says. A sketch of quantiles
 * instead made an insert several times as dear.
 */
function createDurationsView(cluster: string | undefined): string {
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${`durations_1m_view ${onCluster(cluster)}`.trimEnd()} TO ${localName('durations_1m', cluster)} AS
SELECT toStartOfInterval(ts, INTERVAL 60 SECOND, 'UTC') AS cell_start, env, service, method, route, version,
  toUInt8(least(greatest(ceil(2 * log2(assumeNotNull(duration_ms))) + ${DURATION_BUCKET_OF_1_MS}, 0), ${DURATION_BUCKET_MAX})) AS bucket,
  sum(count) AS requests
FROM ${localName('access_events', cluster)}
WHERE duration_ms >= 0
GROUP BY cell_start, env, service, method, route, version, bucket`
}
