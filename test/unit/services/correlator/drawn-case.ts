import { type Candidate, selectCandidates } from '../../../../services/correlator/core/candidates.ts'
import { groupSpikes } from '../../../../services/correlator/core/group.ts'
import { type IncidentCase, planEvidence, toCase } from '../../../../services/correlator/core/incident-case.ts'
import { findRoot } from '../../../../services/correlator/core/root.ts'
import { type CorrelatorSettings, DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { buildTopology } from '../../../../services/correlator/core/topology.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import type { LogRow } from './drawn-log.ts'
import { readEvidence } from './read-drawn-log.ts'

/** The case that the spikes of a drawn log make, all of them one incident. */
export function drawCase(
  rows: readonly LogRow[],
  spikes: readonly Spike[],
  settings: CorrelatorSettings = DEFAULT_SETTINGS,
): IncidentCase {
  const topology = buildTopology(settings, { services: [], upstreams: [] })
  const statuses = new Map()
  const [group] = groupSpikes(spikes, { topology, statuses, platformChanges: [], envAliases: settings.envAliases })
  const root = group === undefined ? undefined : findRoot(group.spikes, topology, statuses)
  if (group === undefined || root === undefined) throw new Error('draw at least one spike')
  const request = planEvidence(group, root, settings)
  const links = { statuses, upstreams: rows }
  return toCase({ group, root, request, data: readEvidence(rows, request), links, topology, settings })
}

/** The change as a candidate of the case; throws where it is none. */
export function candidateOf(incident: IncidentCase, change: Change, others: readonly Change[] = []): Candidate {
  const { candidates, cleared } = selectCandidates(incident, [change, ...others])
  const found = candidates.find((candidate) => candidate.change.id === change.id)
  if (found === undefined) throw new Error(`no candidate: ${cleared.map(({ text }) => text).join('; ')}`)
  return found
}
