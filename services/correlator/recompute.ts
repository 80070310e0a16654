// In: an incident as it was told. Out: the same incident judged once more from what the store holds now, and what was asked
// of the store for it. Nothing is written.
import type { z } from 'zod'
import type { EvidenceKind } from '../../shared/domain/incident.ts'
import { type IncidentDocument, incidentToWire } from '../../shared/domain/incident-wire.ts'
import { readIncident } from '../../shared/domain/read-incident.ts'
import type { QueryParameter, Store } from '../../shared/store/store.ts'
import type { CorrelatorSettings } from './core/settings.ts'
import {
  CELLS,
  HOST_MINUTES,
  PARTS,
  SCOPE_MINUTES,
  SERVED_MINUTES,
  SERVICE_MINUTES,
  STATUSES,
  TOTALS,
  VERSION_STARTS,
  VERSIONS,
} from './io/evidence-queries.ts'
import { readEvidence, readLinks } from './io/read-evidence.ts'
import { readFindings } from './io/read-findings.ts'
import { CHANGES_REMEMBERED_MS } from './live.ts'
import { correlateSpikes } from './service.ts'

/** Spikes this long before an incident and after it may belong to it. */
const AROUND_MS = 2 * 3_600_000

/** One question to the store: the statement, and the values that stood for its placeholders. */
export interface AskedQuery {
  readonly sql: string
  readonly parameters: Readonly<Record<string, QueryParameter>>
}

export interface Recomputed {
  /** Undefined where the store no longer holds its spikes. */
  readonly incident: IncidentDocument | undefined
  /** What evidence of a kind rests on. */
  readonly queriesOf: (kind: EvidenceKind) => readonly AskedQuery[]
}

/** @throws OperationError when the store fails. */
export async function recomputeIncident(
  store: Pick<Store, 'query'>,
  document: IncidentDocument,
  settings: CorrelatorSettings,
): Promise<Recomputed> {
  const asked: AskedQuery[] = []
  const query = <Row>(row: z.ZodType<Row>, sql: string, parameters: AskedQuery['parameters'] = {}): Promise<Row[]> => {
    asked.push({ sql, parameters })
    return store.query(row, sql, parameters)
  }
  const startedAtMs = Date.parse(document.started_at)
  const endMs = Date.parse(document.resolved_at ?? document.updated_at)
  const { spikes, changes, deletedChangeIds, feedback, incidents, blamedBefore } = await readFindings(store, {
    sinceMs: startedAtMs - AROUND_MS,
    changesSinceMs: startedAtMs - CHANGES_REMEMBERED_MS,
    around: { fromMs: startedAtMs - settings.lookbackMs - AROUND_MS, toMs: endMs + AROUND_MS },
    envAliases: settings.envAliases,
    blameAt: settings.blameAt,
  })
  const told = new Map(incidents.map((incident) => [incident.id, incident]))
  const reuse = ({ id }: { readonly id: string }) => {
    const known = id === document.id ? undefined : told.get(id)
    return known === undefined ? undefined : readIncident(known)
  }
  const judged = await correlateSpikes(
    {
      readLinks: (wanted) => readLinks(store, wanted),
      readEvidence: (wanted) => readEvidence({ query }, wanted),
      reuse,
      wasTold: (id) => id === document.id,
    },
    {
      spikes: spikes.filter(({ onsetAtMs }) => onsetAtMs <= endMs + AROUND_MS),
      changes,
      feedback,
      blamedBefore,
      deletedChangeIds: new Set(deletedChangeIds),
      settings,
    },
  )
  const incident = judged.find(({ id }) => id === document.id)
  return {
    incident: incident === undefined ? undefined : incidentToWire(incident),
    queriesOf: (kind) => {
      const statements = new Set(READ_FOR[kind].map(({ sql }) => sql))
      return asked.filter(({ sql }) => statements.has(sql))
    },
  }
}

const READ_FOR: Readonly<Record<EvidenceKind, readonly { readonly sql: string }[]>> = {
  lag: [VERSIONS, VERSION_STARTS, CELLS, SCOPE_MINUTES],
  version_split: [VERSIONS, VERSION_STARTS, CELLS],
  host_split: [HOST_MINUTES, PARTS],
  dose: [CELLS, TOTALS, SCOPE_MINUTES],
  scope: [TOTALS],
  blast_radius: [SERVICE_MINUTES, SERVED_MINUTES, STATUSES],
  status_mix: [STATUSES, SERVICE_MINUTES],
  load: [SCOPE_MINUTES],
  one_client: [PARTS],
  already_there: [CELLS, SCOPE_MINUTES],
  fingerprint: [TOTALS, SERVED_MINUTES],
  churn: [STATUSES, SERVICE_MINUTES],
  // What these rest on are changes, incidents and people's words, not requests.
  history: [],
  recovery: [SCOPE_MINUTES, VERSIONS],
  feedback: [],
}
