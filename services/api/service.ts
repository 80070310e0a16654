// In: requests. Out: what the store holds, as the contract writes it; what people and machines send goes on the bus. Nothing is
// written here.
import type { Bus } from '../../shared/bus/bus.ts'
import type { EnvAliases } from '../../shared/domain/env-aliases.ts'
import type { HttpRoutes } from '../../shared/runtime/http-server.ts'
import type { Store } from '../../shared/store/store.ts'
import { changesRoutes } from './io/routes/changes.ts'
import { commandsRoutes } from './io/routes/commands.ts'
import { type EvidenceRoutesDeps, evidenceRoutes } from './io/routes/evidence.ts'
import { incidentsRoutes } from './io/routes/incidents.ts'
import { silencesRoutes } from './io/routes/silences.ts'
import { timeseriesRoutes } from './io/routes/timeseries.ts'

export interface ApiDeps {
  readonly query: Store['query']
  readonly publish: Bus['publish']
  readonly nowMs: () => number
  readonly recompute: EvidenceRoutesDeps['recompute']
}

export interface ApiSettings {
  readonly envAliases: EnvAliases
  /** How long cells of ten seconds are kept. */
  readonly fineCellsMs: number
}

export function apiRoutes({ query, publish, nowMs, recompute }: ApiDeps, settings: ApiSettings): HttpRoutes[] {
  const { envAliases, fineCellsMs } = settings
  return [
    changesRoutes({ query, publish }, envAliases),
    incidentsRoutes({ query }),
    evidenceRoutes({ query, recompute }),
    commandsRoutes({ query, publish, nowMs }),
    timeseriesRoutes({ query, nowMs }, { fineCellsMs }),
    silencesRoutes({ query, publish, nowMs }),
  ]
}
