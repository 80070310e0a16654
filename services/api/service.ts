// In: requests. Out: what the store holds, as the contract writes it; what people and machines send goes on the bus. Nothing is
// written here.
import type { Bus } from '../../shared/bus/bus.ts'
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { EnvAliases } from '../../shared/domain/env-aliases.ts'
import type { SilenceWire } from '../../shared/domain/silence-wire.ts'
import type { HttpRoutes } from '../../shared/runtime/http-server.ts'
import type { Store } from '../../shared/store/store.ts'
import { HOUR_KEPT, keepAnswers, keepEachAnswer, MINUTE_KEPT } from './io/keep-answers.ts'
import { keepFindings } from './io/keep-findings.ts'
import { createSpanReader } from './io/read-incident-spans.ts'
import type { ChangeCounts } from './io/read-outcomes.ts'
import type { ServiceSummary } from './io/read-services.ts'
import { type BackupsRoutesDeps, backupsRoutes } from './io/routes/backups.ts'
import { changesRoutes } from './io/routes/changes.ts'
import { commandsRoutes } from './io/routes/commands.ts'
import { diagnosisRoutes } from './io/routes/diagnosis.ts'
import { type EvidenceRoutesDeps, evidenceRoutes } from './io/routes/evidence.ts'
import { gatesRoutes } from './io/routes/gates.ts'
import { incidentsRoutes } from './io/routes/incidents.ts'
import { recordRoutes } from './io/routes/record.ts'
import { type ServicesRoutesDeps, servicesRoutes } from './io/routes/services.ts'
import { settingsRoutes } from './io/routes/settings.ts'
import { silencesRoutes } from './io/routes/silences.ts'
import { statusRoutes } from './io/routes/status.ts'
import { type StreamRoutesDeps, streamRoutes } from './io/routes/stream.ts'
import { timeseriesRoutes } from './io/routes/timeseries.ts'

export interface ApiDeps {
  readonly query: Store['query']
  readonly publish: Bus['publish']
  readonly nowMs: () => number
  readonly recompute: EvidenceRoutesDeps['recompute']
  readonly stream: StreamRoutesDeps['stream']
  readonly readDetectable: ServicesRoutesDeps['readDetectable']
  readonly plannedSilences: () => readonly SilenceWire[]
  readonly backUp: BackupsRoutesDeps['backUp']
}

export interface ApiSettings {
  readonly envAliases: EnvAliases
  /** The probability from which on a suspect is blamed. */
  readonly blameAt: number
  /** How long cells of ten seconds are kept. */
  readonly fineCellsMs: number
}

/** Of each kind; one is some tens of kilobytes where there are hundreds of services. */
const ANSWERS_MAX = 50
/** Of changes; one is some hundred bytes. */
const COUNTS_MAX = 20_000
const COUNTS_KEPT_MS = 600_000

export function apiRoutes(deps: ApiDeps, settings: ApiSettings): HttpRoutes[] {
  const { query, publish, nowMs, recompute, stream, readDetectable, plannedSilences, backUp } = deps
  const { envAliases, blameAt, fineCellsMs } = settings
  const kept = { nowMs, answersMax: ANSWERS_MAX }
  const outcomes = {
    ...{ query, nowMs },
    keepCounts: keepEachAnswer<ChangeCounts>({ nowMs, keptMs: COUNTS_KEPT_MS, answersMax: COUNTS_MAX }),
    keepNewCounts: keepEachAnswer<ChangeCounts>({ nowMs, keptMs: CELL_MS, answersMax: COUNTS_MAX }),
  }
  const readSpans = createSpanReader(query, nowMs)
  const services = {
    ...outcomes,
    readSpans,
    keepSummaries: keepFindings<ServiceSummary[]>({ query, nowMs }, ['changes', 'incidents']),
    keepDays: keepAnswers({ ...HOUR_KEPT, ...kept }),
    keepHours: keepAnswers({ ...MINUTE_KEPT, ...kept }),
  } satisfies Omit<ServicesRoutesDeps, 'readDetectable'>
  return [
    changesRoutes({ ...outcomes, publish }, { envAliases, blameAt }),
    incidentsRoutes({ query, nowMs }),
    evidenceRoutes({ query, nowMs, recompute }),
    commandsRoutes({ query, publish, nowMs }),
    recordRoutes({ query, nowMs }, { blameAt }),
    servicesRoutes({ ...services, readDetectable }, { blameAt }),
    timeseriesRoutes({ query, readSpans, nowMs }, { fineCellsMs }),
    gatesRoutes({ query, nowMs }),
    streamRoutes({ stream }),
    statusRoutes({ query, nowMs }),
    silencesRoutes({ query, publish, plannedSilences, nowMs }),
    diagnosisRoutes({ query, nowMs }),
    settingsRoutes({ blameAt }),
    backupsRoutes({ backUp }),
  ]
}
