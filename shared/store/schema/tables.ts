import type { StoreTable } from '../store.ts'

/** One statement a table. A store without retention keeps everything. */
export interface TableDefinition {
  readonly name: StoreTable | 'migrations'
  readonly columns: string
  readonly engine: 'MergeTree' | 'SummingMergeTree(requests)' | 'ReplacingMergeTree(updated_at)'
  readonly orderBy: string
  /** What is kept apart of the others, and read or dropped alone; all is one where absent. */
  readonly partitionBy?: string
  /** The column that retention counts from. */
  readonly time: string
  /** Rows that are read at once, at least; the engine's 8,192 where absent. */
  readonly granule?: number
}

/** Which migrations were applied. */
export const LEDGER: TableDefinition = {
  name: 'migrations',
  columns: `
  version UInt32,
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3)`,
  engine: 'MergeTree',
  orderBy: 'version',
  time: 'applied_at',
}

const SERIES_COLUMNS = `
  env LowCardinality(String),
  service LowCardinality(String),
  method LowCardinality(String),
  route LowCardinality(String),
  version LowCardinality(String),
  region LowCardinality(String),
  status UInt16`

const CELL_COLUMNS = `
  cell_start DateTime('UTC') CODEC(DoubleDelta, LZ4),${SERIES_COLUMNS},
  requests UInt64`

const CELL_ORDER = '(env, service, cell_start, route, method, version, region, status)'

export const TABLES: readonly TableDefinition[] = [
  {
    name: 'access_events',
    columns: `
  ts DateTime64(3, 'UTC') CODEC(Delta, LZ4),${SERIES_COLUMNS},
  path String,
  host LowCardinality(String),
  virtual_host LowCardinality(String),
  client String,
  upstream LowCardinality(String),
  upstream_status LowCardinality(String),
  user_agent LowCardinality(String),
  request_id String,
  trace_id String,
  duration_ms Nullable(Float32),
  bytes Nullable(UInt64),
  count UInt32,
  cell_requests UInt64 DEFAULT count`,
    engine: 'MergeTree',
    orderBy: '(service, route, ts)',
    time: 'ts',
  },
  {
    name: 'cells_10s',
    columns: CELL_COLUMNS,
    engine: 'SummingMergeTree(requests)',
    orderBy: CELL_ORDER,
    time: 'cell_start',
  },
  {
    name: 'cells_1m',
    columns: CELL_COLUMNS,
    engine: 'SummingMergeTree(requests)',
    orderBy: CELL_ORDER,
    time: 'cell_start',
  },
  {
    name: 'service_cells_1m',
    columns: `
  cell_start DateTime('UTC') CODEC(DoubleDelta, LZ4),
  env LowCardinality(String),
  service LowCardinality(String),
  status UInt16,
  requests UInt64`,
    engine: 'SummingMergeTree(requests)',
    orderBy: '(env, service, cell_start, status)',
    // All services of a day or two are asked for at once. By the date itself, lines of many years would be a part each.
    partitionBy: 'toDayOfYear(cell_start)',
    time: 'cell_start',
    // Asked for an hour or so of every service: most of a larger granule would be of other hours.
    granule: 512,
  },
  {
    name: 'durations_1m',
    columns: `
  cell_start DateTime('UTC') CODEC(DoubleDelta, LZ4),
  env LowCardinality(String),
  service LowCardinality(String),
  method LowCardinality(String),
  route LowCardinality(String),
  version LowCardinality(String),
  bucket UInt8,
  requests UInt64`,
    engine: 'SummingMergeTree(requests)',
    orderBy: '(env, service, cell_start, route, method, version, bucket)',
    time: 'cell_start',
    granule: 1_024,
  },
  {
    name: 'stored_messages',
    columns: `
  token String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'token',
    time: 'updated_at',
    // A few are asked for at once.
    granule: 256,
  },
  {
    name: 'spikes',
    columns: `
  id String,
  env LowCardinality(String),
  service LowCardinality(String),
  detected_at DateTime64(3, 'UTC'),
  document String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'detected_at',
  },
  {
    name: 'checkpoints',
    columns: `
  name String,
  position UInt64,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'name',
    time: 'updated_at',
  },
  {
    // In pieces, as a whole may be large.
    name: 'detector_states',
    columns: `
  name String,
  piece UInt16,
  pieces UInt16,
  position UInt64,
  fitting String,
  state String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: '(name, piece)',
    time: 'updated_at',
  },
  {
    name: 'changes',
    columns: `
  id String,
  ts DateTime64(3, 'UTC'),
  finished_at Nullable(DateTime64(3, 'UTC')),
  kind LowCardinality(String),
  service LowCardinality(String),
  env LowCardinality(String),
  status LowCardinality(String),
  document String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'ts',
  },
  {
    name: 'incidents',
    columns: `
  id String,
  started_at DateTime64(3, 'UTC'),
  resolved_at Nullable(DateTime64(3, 'UTC')),
  service LowCardinality(String),
  env LowCardinality(String),
  state LowCardinality(String),
  document String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'started_at',
  },
  {
    name: 'feedback',
    columns: `
  id String,
  incident_id String,
  verdict LowCardinality(String),
  suspect_id String,
  change_id String,
  author String,
  document String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'updated_at',
  },
  {
    name: 'notices',
    columns: `
  id String,
  incident_id String,
  target LowCardinality(String),
  reason LowCardinality(String),
  state LowCardinality(String),
  created_at DateTime64(3, 'UTC'),
  sent_at Nullable(DateTime64(3, 'UTC')),
  document String,
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'created_at',
  },
  {
    name: 'silences',
    columns: `
  id String,
  author String,
  note String,
  env String,
  service String,
  incident_id String,
  starts_at DateTime64(3, 'UTC'),
  ends_at DateTime64(3, 'UTC'),
  updated_at DateTime64(3, 'UTC')`,
    engine: 'ReplacingMergeTree(updated_at)',
    orderBy: 'id',
    time: 'ends_at',
  },
  {
    name: 'rejects',
    columns: `
  source String,
  line_number UInt64,
  byte_offset UInt64,
  reason LowCardinality(String),
  line String,
  seen_at DateTime64(3, 'UTC')`,
    engine: 'MergeTree',
    orderBy: '(source, line_number)',
    time: 'seen_at',
  },
]
