import { CELL_MS } from '../../../shared/domain/cell.ts'
import { SERVER_ERRORS, type StatusRange } from '../../../shared/domain/status-range.ts'
import type { Store } from '../../../shared/store/store.ts'
import type {
  EvidenceData,
  EvidenceRequest,
  Links,
  LinksRequest,
  SightedVersion,
  TimeRange,
  VersionSpan,
  VersionsRequest,
} from '../core/evidence-data.ts'
import { toStatusShares } from '../core/status-shares.ts'
import * as queries from './evidence-queries.ts'

/** Routes kept apart, over all of an incident's services. */
const KEPT_ROUTES = 40
const KEPT_ROUTES_MIN = 4
const MINUTE_MS = 60_000
/** Their names go with the statement, and a server takes only so much with one. */
const SPIKES_AT_ONCE = 500
const CELL_SECONDS = CELL_MS / 1_000

/** What ties spikes: who calls whom, and how each fails. The store's OperationError comes through when it fails. */
export async function readLinks(store: Pick<Store, 'query'>, { services, spikes }: LinksRequest): Promise<Links> {
  const statuses = new Map<string, NonNullable<ReturnType<typeof toStatusShares>>>()
  for (let first = 0; first < spikes.length; first += SPIKES_AT_ONCE)
    for (const found of await readStatuses(store, spikes.slice(first, first + SPIKES_AT_ONCE))) statuses.set(...found)
  const known = await store.query(queries.SERVICES.row, queries.SERVICES.sql)
  const upstreams = await store.query(queries.UPSTREAMS.row, queries.UPSTREAMS.sql, { services })
  return { services: known.map(({ service }) => service), upstreams, statuses }
}

async function readStatuses(store: Pick<Store, 'query'>, spikes: LinksRequest['spikes']) {
  const rows = await store.query(queries.SPIKE_STATUSES.row, queries.SPIKE_STATUSES.sql, {
    envs: spikes.map(({ env }) => env),
    services: spikes.map(({ service }) => service),
    froms: spikes.map(({ range }) => Math.ceil(toSeconds(range.fromMs) / CELL_SECONDS) * CELL_SECONDS),
    tos: spikes.map(({ range }) => toSeconds(range.toMs)),
    ...errorsOf(SERVER_ERRORS),
  })
  return rows.flatMap(({ spike, ...counts }) => {
    const id = spikes[spike - 1]?.id
    const shares = toStatusShares(counts)
    return id === undefined || shares === undefined ? [] : [[id, shares] as const]
  })
}

/** What one incident is judged by, in bounded aggregates. The store's OperationError comes through when it fails. */
export async function readEvidence(store: Pick<Store, 'query'>, request: EvidenceRequest): Promise<EvidenceData> {
  const { env, root, services, routes } = request
  const counted = errorsOf(request.errors)
  const ofServices = { env, services, ...counted }
  const ofRoot = { env, root, routes, ...counted }
  const most = await store.query(queries.KEPT_ROUTES.row, queries.KEPT_ROUTES.sql, {
    ...ofServices,
    ...inSeconds({ fromMs: request.onsetAtMs - MINUTE_MS, toMs: request.during.toMs }),
    keptRoutes: Math.max(Math.floor(KEPT_ROUTES / services.length), KEPT_ROUTES_MIN),
  })
  const kept = { routes, kept: most.map((row) => row.kept) }
  const onset = toSeconds(request.onsetAtMs)
  const whole = { fromMs: request.before.fromMs, toMs: request.during.toMs }
  const partTimes = { onset: request.onsetAtMs, beforeTo: request.before.toMs }
  const { CELLS, SERVICE_MINUTES, SCOPE_MINUTES, TOTALS, STATUSES, PARTS, HOST_MINUTES, SERVED_MINUTES } = queries
  const [cells, serviceMinutes, scopeMinutes, totals, statuses, parts, hostMinutes, served, versions] =
    await Promise.all([
      store.query(CELLS.row, CELLS.sql, { ...ofServices, ...kept, ...inSeconds(request.cells) }),
      store.query(SERVICE_MINUTES.row, SERVICE_MINUTES.sql, { ...ofServices, ...inSeconds(request.minutes) }),
      store.query(SCOPE_MINUTES.row, SCOPE_MINUTES.sql, { ...ofRoot, ...inSeconds(request.minutes) }),
      store.query(TOTALS.row, TOTALS.sql, {
        ...{ ...ofServices, ...kept, ...inSeconds(whole), onset },
        beforeTo: toSeconds(request.before.toMs),
      }),
      store.query(STATUSES.row, STATUSES.sql, { ...ofServices, ...inSeconds(request.during) }),
      store.query(PARTS.row, PARTS.sql, { ...ofRoot, ...inMilliseconds(request.parts), ...partTimes }),
      store.query(HOST_MINUTES.row, HOST_MINUTES.sql, { ...ofRoot, ...inMilliseconds(request.parts) }),
      store.query(SERVED_MINUTES.row, SERVED_MINUTES.sql, { ...ofRoot, ...inMilliseconds(request.parts) }),
      readVersions(store, {
        ...{ env, services, range: request.versions },
        ...{ exactFromMs: request.minutes.fromMs, countedToMs: request.onsetAtMs, errors: request.errors },
      }),
    ])
  return {
    ...{ scopeMinutes, totals, statuses, parts, served, versions },
    ...{ cells: cells.flat(), serviceMinutes: serviceMinutes.flat(), hostMinutes: hostMinutes.flat() },
  }
}

/** History by the minute; first appearance by the cell, where that is asked for and cells go back that far. */
export async function readVersions(
  store: Pick<Store, 'query'>,
  { env, services, range, exactFromMs, countedToMs, errors }: VersionsRequest,
): Promise<VersionSpan[]> {
  const spans = await store.query(queries.VERSIONS.row, queries.VERSIONS.sql, {
    ...{ env, services, ...inSeconds(range) },
    onset: toSeconds(countedToMs),
    ...errorsOf(errors),
  })
  const starts = await store.query(queries.VERSION_STARTS.row, queries.VERSION_STARTS.sql, {
    ...{ env, services, ...inSeconds({ fromMs: exactFromMs, toMs: range.toMs }) },
  })
  return spans.map((span) => {
    const exact = starts.find(({ service, version }) => service === span.service && version === span.version)
    // A minute that began before the window says that it ran before it.
    const firstAtMs = span.first_at < exactFromMs ? span.first_at : Math.max(span.first_at, exact?.first_at ?? 0)
    return {
      service: span.service,
      version: span.version,
      firstAtMs,
      lastAtMs: span.last_at,
      requestsBefore: span.requests_before,
      errorsBefore: span.errors_before,
    }
  })
}

/** Which versions the log named since then, of every service; bounded. The store's OperationError comes through. */
export function readSightedVersions(store: Pick<Store, 'query'>, sinceMs: number): Promise<SightedVersion[]> {
  return store.query(queries.SIGHTED_VERSIONS.row, queries.SIGHTED_VERSIONS.sql, { from: toSeconds(sinceMs) })
}

function errorsOf({ from, to }: StatusRange): { errorFrom: number; errorTo: number } {
  return { errorFrom: from, errorTo: to }
}

function inSeconds({ fromMs, toMs }: TimeRange): { from: number; to: number } {
  return { from: toSeconds(fromMs), to: toSeconds(toMs) }
}

function inMilliseconds({ fromMs, toMs }: TimeRange): { from: number; to: number } {
  return { from: fromMs, to: toMs }
}

function toSeconds(atMs: number): number {
  return Math.max(Math.floor(atMs / 1000), 0)
}
