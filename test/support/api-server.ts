import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventLog } from '../../services/api/core/event-log.ts'
import { apiRoutes } from '../../services/api/service.ts'
import { DEFAULT_SETTINGS } from '../../services/correlator/core/settings.ts'
import { recomputeIncident } from '../../services/correlator/recompute.ts'
import type { Bus } from '../../shared/bus/bus.ts'
import { createMemoryBus } from '../../shared/bus/memory.ts'
import { DEFAULT_ENV_ALIASES } from '../../shared/domain/env-aliases.ts'
import type { IncidentDocument } from '../../shared/domain/incident-wire.ts'
import type { SilenceWire } from '../../shared/domain/silence-wire.ts'
import { createHttpServer, type HttpServer } from '../../shared/runtime/http-server.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { createMetrics } from '../../shared/runtime/metrics.ts'
import { selfRoutes } from '../../shared/runtime/self-routes.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'

export interface ApiServer {
  readonly store: Store
  readonly bus: Bus
  readonly server: HttpServer
  /** What the store was asked, as texts. */
  readonly statements: ReadonlySet<string>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly json: () => unknown
}

/** A maintenance window of the configuration, as the API tells it. */
export const PLANNED_SILENCE = {
  id: 'maintenance_0',
  author: 'configuration',
  note: 'reindexing',
  env: null,
  service: 'search',
  incident_id: null,
  starts_at: '2026-10-04T00:00:00.000Z',
  ends_at: '2026-10-04T02:00:00.000Z',
  origin: 'configuration',
} as const

/** The API over an empty embedded store, without a port. */
export async function startApiServer(nowMs = Date.now(), planned: readonly SilenceWire[] = []): Promise<ApiServer> {
  const path = await mkdtemp(join(tmpdir(), 'culprit-api-'))
  const store = await openEmbeddedStore({ path })
  const bus = createMemoryBus({ pendingBytesMax: 1024 * 1024 })
  const log = createLog({ level: 'silent', write: () => {} })
  const self = selfRoutes({ notReady: async () => undefined, metrics: createMetrics() })
  const settings = { envAliases: DEFAULT_ENV_ALIASES, blameAt: 0.5, fineCellsMs: 3 * 24 * 3_600_000 }
  const recompute = (incident: IncidentDocument) => recomputeIncident(store, incident, DEFAULT_SETTINGS)
  const statements = new Set<string>()
  const query: Store['query'] = (row, sql, parameters) => {
    statements.add(sql)
    return store.query(row, sql, parameters)
  }
  const deps = {
    query,
    publish: bus.publish,
    nowMs: () => nowMs,
    recompute,
    stream: createEventLog('test'),
    readDetectable: async () => [],
    plannedSilences: () => planned,
    backUp: undefined,
  }
  const routes = apiRoutes(deps, settings)
  const server = await createHttpServer({ log }, [self, ...routes], { requestsPerMinute: 1_000_000 })
  return {
    store,
    bus,
    server,
    statements,
    async get(url, headers = {}) {
      const {
        statusCode,
        headers: told,
        payload,
      } = await server.inject({ method: 'GET', url, headers: { ...headers } })
      return { status: statusCode, headers: told, text: payload, json: () => JSON.parse(payload) }
    },
    async close() {
      await server.close()
      await store.close()
      await rm(path, { recursive: true, force: true })
    },
  }
}
