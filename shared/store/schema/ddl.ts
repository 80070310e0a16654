import { TABLES, type TableDefinition } from './tables.ts'

/**
 * How many recent insert tokens a table remembers. A token that has left the window would store its block again, so it
 * covers far more than one restart can replay.
 */
const DEDUPLICATION_WINDOW = 10_000

/** Cells per bucket length, in seconds: the rollups that everything but one incident's raw rows is read from. */
const ROLLUPS = [
  { table: 'cells_10s', seconds: 10 },
  { table: 'cells_1m', seconds: 60 },
] as const

/** The statements that make the schema, in order; each can be run again without harm. */
export function schemaStatements(): string[] {
  return [...TABLES.map(createTable), ...ROLLUPS.map(createRollupView)]
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

function createTable(table: TableDefinition): string {
  return `CREATE TABLE IF NOT EXISTS ${table.name} (${table.columns}
) ENGINE = ${table.engine} ORDER BY ${table.orderBy}
SETTINGS non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`
}

/**
 * Whoever inserts many rows says in `cell_requests` what they come to: the sum of each cell on one row of it, 0 on the
 * others. A row inserted without it stands for itself. Grouping all rows here instead took half of an insert's time.
 */
function createRollupView(rollup: (typeof ROLLUPS)[number]): string {
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${rollup.table}_view TO ${rollup.table} AS
SELECT toStartOfInterval(ts, INTERVAL ${rollup.seconds} SECOND, 'UTC') AS cell_start,
  env, service, method, route, version, region, status, sum(cell_requests) AS requests
FROM access_events
WHERE cell_requests > 0
GROUP BY cell_start, env, service, method, route, version, region, status`
}
