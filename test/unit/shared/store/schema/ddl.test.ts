import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import { migrate } from '../../../../../shared/store/migrate.ts'
import { applyRetention } from '../../../../../shared/store/retention.ts'
import { createDatabase, makeServiceCells, schemaStatements } from '../../../../../shared/store/schema/ddl.ts'
import { STORE_TABLES, type Store } from '../../../../../shared/store/store.ts'

const CLUSTER = 'two-shards'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-ddl-'))
  store = await openEmbeddedStore({ path: directory })
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

/** What the engine's parser makes of a statement, without running it. */
async function parse(statement: string): Promise<string> {
  return Buffer.from(await store.queryBytes(`EXPLAIN AST ${statement}`)).toString()
}

/** What `migrate` and retention tell a cluster that holds nothing yet, and one of the first version. */
async function tellCluster(): Promise<string[]> {
  const told: string[] = []
  const command = async (sql: string) => void told.push(sql)
  await migrate({ command, query: async () => [] }, CLUSTER)
  await migrate({ command, query: async (row) => [row.parse({ version: 1 })] }, CLUSTER)
  await applyRetention({ command, query: async () => [] }, { access_events: 86_400_000 }, CLUSTER)
  return told
}

describe('on a cluster', () => {
  test('every statement is one that the engine understands', async () => {
    const statements = [createDatabase('culprit', CLUSTER), ...(await tellCluster())]
    expect(statements.length).toBeGreaterThan(2 * STORE_TABLES.length)
    for (const statement of statements) expect(await parse(statement), statement).not.toBe('')
  })

  test('every statement that makes, changes or drops a table does so on all servers', async () => {
    const made = (await tellCluster()).filter((statement) => /^(CREATE|ALTER|DROP)/.test(statement))
    for (const statement of made) expect(statement).toContain(`ON CLUSTER '${CLUSTER}'`)
  })

  test.each(STORE_TABLES)('%s is kept in replicated parts, and one table spans them', async (table) => {
    const statements = schemaStatements(CLUSTER)
    const local = statements.find((statement) => statement.startsWith(`CREATE TABLE IF NOT EXISTS ${table}_local `))
    expect(await parse(local ?? '')).toMatch(
      /Storage definition[\s\S]*Function Replicated\w*MergeTree|Identifier Replicated\w*MergeTree/,
    )
    expect(local).toContain('SETTINGS replicated_deduplication_window = 10000')
    const spanning = statements.find((statement) => statement.startsWith(`CREATE TABLE IF NOT EXISTS ${table} `))
    expect(await parse(spanning ?? '')).toContain('Function Distributed')
    expect(spanning).toContain(`${table}_local, sipHash64(`)
  })

  test('a rollup goes from a part to a part on the same server', () => {
    const views = schemaStatements(CLUSTER).filter((statement) => statement.includes('MATERIALIZED VIEW'))
    expect(views.map((view) => /TO (\w+) AS[\s\S]*FROM (\w+)/.exec(view)?.slice(1))).toEqual([
      ['cells_10s_local', 'access_events_local'],
      ['cells_1m_local', 'access_events_local'],
      ['service_cells_1m_local', 'access_events_local'],
      ['durations_1m_local', 'access_events_local'],
    ])
  })
})

test('off a cluster nothing is replicated', () => {
  expect(schemaStatements().join('\n')).not.toMatch(/Replicated|CLUSTER|Distributed|_local/)
})

test('the users that are shipped are ones that the engine understands', async () => {
  const shipped = readFileSync(new URL('../../../../../deploy/clickhouse/users.sql', import.meta.url), 'utf8')
  const statements = shipped
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  const users = []
  for (const statement of statements) {
    expect(await parse(statement), statement).not.toBe('')
    users.push(/^CREATE USER IF NOT EXISTS (\w+)/.exec(statement)?.[1])
  }
  expect(users.filter((user) => user !== undefined)).toEqual(['culprit_migrator', 'culprit_writer', 'culprit_reader'])
})

test('cells of whole services lie apart by the day, those of one day of every year together', async () => {
  // Ten days of each of three years.
  await store.command(`INSERT INTO service_cells_1m (cell_start, env, service, status, requests)
    SELECT toDateTime('2025-03-01 00:00:00', 'UTC') + 86400 * (number % 10 + 365 * (number % 3)), 'prod', 'spread', 200, 1
    FROM numbers(30)`)
  const read = async (sql: string) => {
    const [row] = await store.query(z.object({ n: z.coerce.number() }), sql)
    return row?.n
  }
  expect(await read('SELECT uniqExact(_part) AS n FROM service_cells_1m')).toBe(10)
  const aDay = `service = 'spread' AND cell_start >= '2026-03-05 00:00:00' AND cell_start < '2026-03-06 00:00:00'`
  expect(await read(`SELECT count() AS n FROM service_cells_1m WHERE ${aDay}`)).toBe(1)
  expect(await read(`SELECT uniqExact(_part) AS n FROM service_cells_1m WHERE ${aDay}`)).toBe(1)
  await store.command('TRUNCATE TABLE service_cells_1m')
})

test('the cells of whole services are made of what older programs stored, and counted once however often', async () => {
  const event = { ts: '2026-10-02T14:03:10Z', service: 'checkout', route: '/pay', version: 'v1' }
  const rows = [200, 200, 503].map((status, at) => ({ ...event, method: `M${at}`, status, count: 5 + at }))
  await store.insertRows('access_events', rows, 'before')
  for (const statement of [...makeServiceCells(), ...makeServiceCells()]) await store.command(statement)
  await store.insertRows('access_events', rows, 'after')
  const stored = await store.query(
    z.object({ status: z.number(), many: z.coerce.number() }),
    'SELECT status, sum(requests) AS many FROM service_cells_1m GROUP BY status ORDER BY status',
  )
  expect(stored).toEqual([
    { status: 200, many: 22 },
    { status: 503, many: 14 },
  ])
})
