import { z } from 'zod'
import { writeCheckpoint } from '../../services/detector/io/checkpoint.ts'
import { ALL } from '../../services/detector/io/part.ts'
import type { Change } from '../../shared/domain/change.ts'
import { changeToWire } from '../../shared/domain/change-wire.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { incidentToWire } from '../../shared/domain/incident-wire.ts'
import type { Store } from '../../shared/store/store.ts'
import { incident } from '../unit/services/cli/incident-samples.ts'

// A platform of many services as it is stored after weeks. Its cells are made inside the engine: they are too many to be sent.

const SERVICES = 120
/** The largest service has so many routes; most have a few. */
const ROUTES_MAX = 60
const DAY_SECONDS = 86_400
/** Every service is deployed so often, each at its own time. */
const DEPLOYED_EVERY_SECONDS = 61_000
const ROWS_AT_ONCE = 4_000_000
/** As far back as the page looks. */
const DURATIONS_SECONDS = 7 * DAY_SECONDS
const EVENTS_A_CELL = 200
const EVENTS_SECONDS = 6 * 3_600
const ROWS_OF_OURS_AT_ONCE = 1_000
const CHANGES_AN_INCIDENT = 25
const FAULT_SECONDS = 600

/** The service that is failing at the end of the fill. */
export const BROKEN_SERVICE = serviceName(SERVICES - 1)

interface Series {
  readonly service: string
  readonly method: string
  readonly route: string
  readonly region: string
  /** Requests a second. */
  readonly rate: number
}

export const SERIES: readonly Series[] = Array.from({ length: SERVICES }, (_, number) => seriesOf(number)).flat()

function seriesOf(number: number): Series[] {
  const share = number / (SERVICES - 1)
  return Array.from({ length: 1 + Math.floor((ROUTES_MAX - 1) * share ** 6) }, (_, route) => ({
    service: serviceName(number),
    method: route % 4 === 3 ? 'POST' : 'GET',
    route: `/r${route}/{id}`,
    region: route % 2 === 0 ? 'eu' : 'us',
    rate: (1 + 20 * share) / (1 + route / 4),
  }))
}

function serviceName(number: number): string {
  return `service-${number}`
}

/** When a service's deploys happen, epoch seconds: each `n` of them at `firstDeployOf` and n times the period. */
function deployPhaseOf(number: number): number {
  return (number * 7_919) % DEPLOYED_EVERY_SECONDS
}

export interface FillSettings {
  /** Of both rollups together, about. */
  readonly cells: number
  readonly untilMs: number
}

/** Fills what is missing of the store until then; what is there already stays. */
export async function fillStore(store: Store, { cells, untilMs }: FillSettings): Promise<void> {
  const until = Math.floor(untilMs / 10_000) * 10
  for (const { table, seconds } of ROLLUPS) {
    const length = Math.floor(cells / ROLLUPS.length / SERIES.length) * seconds
    const from = Math.max((await readNewest(store, table)) + seconds, until - length)
    await fillCells(store, { table, seconds, from, until })
  }
  await fillServiceCells(store)
  await fillDurations(store, Math.max((await readNewest(store, 'durations_1m')) + 60, until - DURATIONS_SECONDS), until)
  await fillEvents(store, Math.max((await readNewest(store, 'access_events')) + 10, until - EVENTS_SECONDS), until)
  if ((await readNewest(store, 'changes')) === 0) await fillFindings(store, until)
  await storeChanges(store, [badDeploy(until)])
  // As far as a detector that ran all the while has judged.
  await writeCheckpoint(store, { cell: until / 10, nowMs: untilMs }, ALL)
}

const ROLLUPS = [
  { table: 'cells_10s', seconds: 10 },
  { table: 'cells_1m', seconds: 60 },
] as const

async function readNewest(store: Store, table: string): Promise<number> {
  const time = /_(?:10s|1m)$/.test(table) ? 'cell_start' : 'ts'
  const sql = `SELECT toUnixTimestamp(max(${time})) AS newest FROM ${table}`
  const [row] = await store.query(z.object({ newest: z.number() }), sql)
  return row?.newest ?? 0
}

interface CellFill {
  readonly table: 'cells_10s' | 'cells_1m'
  readonly seconds: number
  readonly from: number
  readonly until: number
}

/** Services in the order that cells are stored in, and the routes of each. */
const NAMES = [...new Set(SERIES.map(({ service }) => service))].toSorted()
const ORDERED = NAMES.flatMap((name) =>
  SERIES.filter(({ service }) => service === name).toSorted((a, b) => (a.route < b.route ? -1 : 1)),
)

const SERIES_PARAMETERS = {
  services: ORDERED.map(({ service }) => service),
  methods: ORDERED.map(({ method }) => method),
  routes: ORDERED.map(({ route }) => route),
  regions: ORDERED.map(({ region }) => region),
  rates: ORDERED.map(({ rate }) => rate),
  phases: NAMES.map((name) => deployPhaseOf(Number(name.split('-')[1]))),
  // The place of each service's first series, from 1, and the end of the last one's.
  firsts: [...NAMES.map((name) => ORDERED.findIndex(({ service }) => service === name) + 1), ORDERED.length + 1],
  broken: NAMES.indexOf(BROKEN_SERVICE) + 1,
}

/**
 * A failure here and there; at the end one in ten of the broken service's requests. In the order that cells are stored in, so
 * that the engine has nothing to sort.
 */
const ROWS = `SELECT toDateTime(t, 'UTC') AS at, 'prod' AS env, {services:Array(String)}[one] AS service,
    {methods:Array(String)}[one] AS method, {routes:Array(String)}[one] AS route, {regions:Array(String)}[one] AS region,
    if(is_broken, 'bad', concat('v', toString(intDiv(t - phase, ${DEPLOYED_EVERY_SECONDS})))) AS version,
    answer.1 AS status, toUInt64(ceil(answer.2)) AS many
  FROM (
    SELECT t, one, phase,
      {rates:Array(Float64)}[one] * {seconds:UInt32} * (0.7 + 0.6 * intHash32(t * 31 + phase) / 4294967296) AS expected,
      place = {broken:UInt32} AND t >= {brokenFrom:UInt32} AS is_broken,
      if(is_broken, expected / 10, toFloat64(rand() % 300 < least(expected, 100))) AS failed
    FROM (
      SELECT intDiv(number, greatest({count:UInt64}, 1)) + 1 AS place,
        ({first:UInt64} + number % greatest({count:UInt64}, 1)) * {seconds:UInt32} AS t,
        {phases:Array(UInt32)}[place] AS phase
      FROM numbers({count:UInt64} * ${SERVICES}))
    ARRAY JOIN range({firsts:Array(UInt32)}[place], {firsts:Array(UInt32)}[place + 1]) AS one)
  ARRAY JOIN arrayFilter(one -> one.2 > 0, [(toUInt16(200), expected), (toUInt16(500), failed)]) AS answer`

/** In large parts, that need not be merged. */
const AS_IT_COMES = `SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = 16384, optimize_on_insert = 0,
  min_insert_block_size_rows = ${ROWS_AT_ONCE}, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0`

async function fillCells(store: Store, { table, seconds, from, until }: CellFill): Promise<void> {
  await store.command(
    `INSERT INTO ${table} (cell_start, env, service, method, route, region, version, status, requests) ${ROWS} ${AS_IT_COMES}`,
    stepsOf({ seconds, from, until }),
  )
}

async function fillServiceCells(store: Store): Promise<void> {
  const since = (await readNewest(store, 'service_cells_1m')) + 60
  await store.command(
    `INSERT INTO service_cells_1m (cell_start, env, service, status, requests) ${AS_IT_COMES}
     SELECT cell_start, env, service, status, sum(requests) FROM cells_1m
     WHERE cell_start >= toDateTime({since:UInt32}, 'UTC') GROUP BY cell_start, env, service, status`,
    { since },
  )
}

/** Six buckets a minute: durations from 50 to 300 ms. */
async function fillDurations(store: Store, from: number, until: number): Promise<void> {
  await store.command(
    `INSERT INTO durations_1m (cell_start, env, service, method, route, version, bucket, requests)
     SELECT at, env, service, method, route, version, toUInt8(arrayJoin([17, 18, 19, 20, 21, 22])) AS bucket,
       toUInt64(ceil(many / 6)) FROM (${ROWS}) WHERE status = 200 ${AS_IT_COMES}`,
    stepsOf({ seconds: 60, from, until }),
  )
}

/** Raw events of some hours, of some of the series: the cells are there already. */
async function fillEvents(store: Store, from: number, until: number): Promise<void> {
  await store.command(
    `INSERT INTO access_events (ts, env, service, method, route, region, version, status, host, count, cell_requests)
     SELECT at + toIntervalMillisecond(rand() % 10000), env, service, method, route, region, version, status,
       concat('host-', toString(rand(1) % 8)), 1, 0
     FROM (${ROWS}) WHERE rand(2) % {series:UInt32} < {kept:UInt32}`,
    {
      ...stepsOf({ seconds: 10, from, until }),
      series: SERIES.length,
      kept: EVENTS_A_CELL,
    },
  )
}

function stepsOf({ seconds, from, until }: Omit<CellFill, 'table'>) {
  const first = Math.floor(from / seconds)
  const count = Math.max(Math.ceil(until / seconds) - first, 0)
  return { ...SERIES_PARAMETERS, seconds, first, count, brokenFrom: until - FAULT_SECONDS }
}

/** Sixty days of deploys, and an incident that is over for one in so many. */
async function fillFindings(store: Store, until: number): Promise<void> {
  const changes = Array.from({ length: SERVICES }, (_, number) => changesOf(number, until)).flat()
  for (let first = 0; first < changes.length; first += ROWS_OF_OURS_AT_ONCE)
    await storeChanges(store, changes.slice(first, first + ROWS_OF_OURS_AT_ONCE))
  const incidents = changes.filter((_, number) => number % CHANGES_AN_INCIDENT === 0).map(incidentOf)
  const rows = incidents.map((found) => ({
    id: found.id,
    started_at: new Date(found.startedAtMs).toISOString(),
    resolved_at: new Date(found.resolvedAtMs ?? found.updatedAtMs).toISOString(),
    service: found.service,
    env: found.env,
    state: found.state,
    document: JSON.stringify(incidentToWire(found)),
    updated_at: new Date(found.updatedAtMs).toISOString(),
  }))
  await store.insertRows('incidents', rows, 'incidents')
}

async function storeChanges(store: Store, changes: readonly Change[]): Promise<void> {
  const rows = changes.map((change) => ({
    id: change.id,
    ts: new Date(change.startedAtMs).toISOString(),
    kind: change.kind,
    service: change.service,
    env: change.env,
    status: change.status,
    document: JSON.stringify(changeToWire(change)),
    updated_at: new Date(change.startedAtMs + 5_000).toISOString(),
  }))
  await store.insertRows('changes', rows, `changes from ${changes[0]?.id}`)
}

function incidentOf(change: Change): Incident {
  const { id, service = '', startedAtMs } = change
  const sample = incident()
  const [suspect] = sample.suspects
  return {
    ...sample,
    id: `inc-of-${id}`,
    service,
    startedAtMs: startedAtMs + 20_000,
    detectedAtMs: startedAtMs + 60_000,
    updatedAtMs: startedAtMs + 1_800_000,
    resolvedAtMs: startedAtMs + 900_000,
    affected: sample.affected.map((series) => ({ ...series, service, route: '/r0/{id}' })),
    suspects: suspect === undefined ? [] : [{ ...suspect, changeId: id, change }],
  }
}

function changesOf(number: number, until: number): Change[] {
  const newest = Math.floor((until - deployPhaseOf(number)) / DEPLOYED_EVERY_SECONDS)
  return Array.from({ length: Math.ceil((60 * DAY_SECONDS) / DEPLOYED_EVERY_SECONDS) }, (_, ago) => {
    const tag = newest - ago
    return {
      id: `deploy-${number}-${tag}`,
      startedAtMs: (deployPhaseOf(number) + tag * DEPLOYED_EVERY_SECONDS) * 1_000,
      kind: 'deploy',
      service: serviceName(number),
      env: 'prod',
      version: `v${tag}`,
      previousVersion: `v${tag - 1}`,
      status: 'succeeded',
      title: `Release v${tag} of service ${number}, with what was merged since the one before`,
      author: `person-${(number + ago) % 40}`,
      url: `https://ci.example/builds/${number}/${tag}`,
      commit: String(tag).padStart(40, '0'),
      repo: `example/service-${number}`,
      source: 'github',
      reversible: true,
    }
  })
}

function badDeploy(until: number): Change {
  return {
    ...{
      id: `deploy-bad-${until}`,
      startedAtMs: (until - FAULT_SECONDS - 5) * 1_000,
      kind: 'deploy',
      service: BROKEN_SERVICE,
    },
    ...{ env: 'prod', version: 'bad', status: 'succeeded', author: 'person-1', source: 'github', reversible: true },
  }
}
