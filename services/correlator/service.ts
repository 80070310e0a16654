import type { Change } from '../../shared/domain/change.ts'
import type { Feedback } from '../../shared/domain/command.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { areOfClients } from '../../shared/domain/status-range.ts'
import { buildIncident } from './core/build-incident.ts'
import { byTime, createChangeRecords } from './core/change-records.ts'
import { beginsWithChange, groupClientErrors, isNearChange } from './core/client-errors.ts'
import type { EvidenceData, EvidenceRequest, Links, LinksRequest } from './core/evidence-data.ts'
import { groupSpikes, incidentIdOf, type SpikeGroup } from './core/group.ts'
import { planEvidence, toCase } from './core/incident-case.ts'
import { inferSuspects } from './core/infer-deploys.ts'
import { planLinks } from './core/plan-links.ts'
import { findRoot } from './core/root.ts'
import type { CorrelatorSettings } from './core/settings.ts'
import type { TieFacts } from './core/ties.ts'
import { buildTopology, type Topology } from './core/topology.ts'

export interface CorrelatorDependencies {
  readonly readLinks: (request: LinksRequest) => Promise<Links>
  readonly readEvidence: (request: EvidenceRequest) => Promise<EvidenceData>
  /** What an earlier call said of the very same spikes and changes, to spare asking the store again. */
  readonly reuse?: (group: SpikeGroup) => Incident | 'not-told' | undefined
  /** Whether an incident was told: what was goes on being told. */
  readonly wasTold?: (id: string) => boolean
}

export interface CorrelatorInput {
  readonly spikes: readonly Spike[]
  readonly changes: readonly Change[]
  readonly settings: CorrelatorSettings
  /** What people said of suspects. */
  readonly feedback?: readonly Feedback[]
  /** Changes blamed for incidents that are over and not among these spikes any more. */
  readonly blamedBefore?: readonly string[]
  /** Changes that are none, among them deploys that the log seems to show. */
  readonly deletedChangeIds?: ReadonlySet<string>
}

/**
 * Spikes and changes in, incidents out, in time order: each with its suspects, what else it could be, and what to do.
 * The same input in any order gives the same incidents; nothing is written. The store is asked once about all spikes and
 * once an incident; when it fails, the OperationError comes through.
 */
export async function correlateSpikes(deps: CorrelatorDependencies, input: CorrelatorInput): Promise<Incident[]> {
  if (input.spikes.length === 0) return []
  const { settings, feedback = [], blamedBefore = [], deletedChangeIds = new Set<string>() } = input
  const spikes = input.spikes.toSorted((a, b) => a.onsetAtMs - b.onsetAtMs || (a.id < b.id ? -1 : 1))
  const changes = input.changes.toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1))
  const links = await deps.readLinks(planLinks(spikes))
  const topology = buildTopology(settings, links)
  const platformChanges = changes.filter(({ service }) => service === undefined)
  const groups = groupAll(spikes, {
    settings,
    changes,
    facts: { topology, statuses: links.statuses, platformChanges, envAliases: settings.envAliases },
    wasTold: (group) => deps.wasTold?.(group.id) === true,
  })
  const records = createChangeRecords(changes, feedback, blamedBefore)
  const incidents: Incident[] = []
  for (const group of groups) {
    const known = deps.reuse?.(group)
    const incident =
      known ??
      (await correlateGroup(deps, group, {
        settings,
        changes,
        feedback,
        links,
        topology,
        recordOf: records.recordOf,
        deletedChangeIds,
      }))
    if (incident !== undefined && incident !== 'not-told') {
      records.blame(incident, settings.blameAt)
      incidents.push(incident)
    }
  }
  return incidents.toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1))
}

/** What fails, and what clients are told where a change may have begun it. */
function groupAll(
  spikes: readonly Spike[],
  of: {
    readonly settings: CorrelatorSettings
    readonly changes: readonly Change[]
    readonly facts: TieFacts
    readonly wasTold: (group: SpikeGroup) => boolean
  },
): SpikeGroup[] {
  const { settings, changes, facts, wasTold } = of
  const isOfClients = ({ errorStatuses }: Spike) => areOfClients(errorStatuses)
  const failing = groupSpikes(
    spikes.filter((spike) => !isOfClients(spike)),
    facts,
  )
  // With no change known at all, those that the log itself shows are looked at.
  const mayBegin = (group: SpikeGroup) =>
    changes.length === 0 || isNearChange(group, changes, settings.envAliases) || wasTold(group)
  return [...failing, ...groupClientErrors(spikes.filter(isOfClients), failing).filter(mayBegin)]
}

interface Circumstances {
  readonly settings: CorrelatorSettings
  readonly changes: readonly Change[]
  readonly feedback: readonly Feedback[]
  readonly links: Links
  readonly topology: Topology
  readonly recordOf: ReturnType<typeof createChangeRecords>['recordOf']
  readonly deletedChangeIds: ReadonlySet<string>
}

async function correlateGroup(
  { readEvidence, wasTold }: CorrelatorDependencies,
  group: SpikeGroup,
  { settings, changes, feedback, links, topology, recordOf, deletedChangeIds }: Circumstances,
): Promise<Incident | undefined> {
  const root = findRoot(group.spikes, topology, links.statuses)
  if (root === undefined) return undefined
  const request = planEvidence(group, root, settings)
  const data = await readEvidence(request)
  const said = lastWord(group, feedback)
  const known = { data, links, topology, settings, ...(said !== undefined && { feedback: said }) }
  const incident = toCase({ group, root, request, ...known })
  const inferred = inferSuspects(incident, changes).filter(({ id }) => !deletedChangeIds.has(id))
  const all = [...changes, ...inferred]
  const watchedSinceMs = Math.min(...data.versions.map(({ firstAtMs }) => firstAtMs))
  const built = buildIncident(incident, all, (change) => recordOf(change, { atMs: incident.onsetAtMs, watchedSinceMs }))
  const isTold = !areOfClients(root.spike.errorStatuses) || beginsWithChange(incident, built) || wasTold?.(group.id)
  return isTold === true ? built : undefined
}

/** Also what was said of an incident that turned out to be part of this one. */
function lastWord({ env, spikes }: SpikeGroup, feedback: readonly Feedback[]): Feedback | undefined {
  const ids = new Set(spikes.map((spike) => incidentIdOf(env, spike)))
  return feedback
    .filter(({ incident_id }) => ids.has(incident_id))
    .toSorted(byTime)
    .at(-1)
}
