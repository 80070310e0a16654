import type { IncidentCommand } from '../../../shared/domain/command.ts'
import { DEFAULT_ENV_ALIASES, type EnvAliases, normalizeEnv } from '../../../shared/domain/env-aliases.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'
import { readIncident } from '../../../shared/domain/read-incident.ts'

/** The newest word on an incident. */
export interface IncidentNews {
  readonly incident: Incident
  /** As the public interface writes it. */
  readonly document: IncidentDocument
  /** The incident that it turned out to be part of. */
  readonly mergedInto: string | null
  /** What people said and did about it, in order. */
  readonly said: readonly IncidentCommand[]
}

/**
 * The environment under the name that changes, routes and silences are compared by.
 * @throws ZodError where the document is no incident.
 */
export function toNews(document: IncidentDocument, envAliases: EnvAliases = DEFAULT_ENV_ALIASES): IncidentNews {
  const { merged_into: mergedInto = null, timeline = [] } = document
  const incident = readIncident(document)
  const env = normalizeEnv(incident.env, envAliases)
  return { incident: { ...incident, env }, document, mergedInto, said: timeline }
}
