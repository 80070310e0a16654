// In: spikes, changes and what people ask for, as they come, in any order and more than once. Out: incidents, stored and
// published whenever what is said of one moved. The same core as in a replay judges them; a change that comes after its spike
// re-weighs the incident.
import { isDeepStrictEqual } from 'node:util'
import { type Change, INFERRED_SOURCE } from '../../shared/domain/change.ts'
import { type ChangeReport, changeReportSchema } from '../../shared/domain/change-report.ts'
import { changeToWire } from '../../shared/domain/change-wire.ts'
import type { Command, Feedback, IncidentCommand } from '../../shared/domain/command.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { type IncidentDocument, incidentToWire } from '../../shared/domain/incident-wire.ts'
import { markRollbacks } from '../../shared/domain/mark-rollbacks.ts'
import { mergeReports } from '../../shared/domain/merge-changes.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { incidentIdOf, type SpikeGroup } from './core/group.ts'
import { inferDeploys, isReported, type SightedVersions } from './core/infer-deploys.ts'
import { SAID_MAX, withPeople } from './core/people.ts'
import type { CorrelatorSettings } from './core/settings.ts'
import { type CorrelatorDependencies, correlateSpikes } from './service.ts'

export interface LiveCorrelatorDeps extends CorrelatorDependencies {
  readonly storeChanges: (changes: readonly Change[]) => Promise<void>
  readonly storeDeletedChange: (change: Change, at: string) => Promise<void>
  readonly storeFeedback: (feedback: readonly Feedback[]) => Promise<void>
  readonly storeIncidents: (incidents: readonly IncidentDocument[]) => Promise<void>
  readonly publishIncidents: (incidents: readonly IncidentDocument[]) => Promise<void>
}

export interface LiveCorrelator {
  /** What an earlier run left in the store: judged anew, told again only where it moved. */
  remember(earlier: {
    readonly spikes: readonly Spike[]
    readonly changes: readonly Change[]
    readonly deletedChangeIds: readonly string[]
    readonly feedback: readonly Feedback[]
    readonly blamedBefore: readonly string[]
    readonly incidents: readonly IncidentDocument[]
  }): void
  /** Resolve once the incidents they made or moved are stored and published. */
  takeSpikes(spikes: readonly Spike[]): Promise<void>
  takeChanges(reports: readonly ChangeReport[]): Promise<void>
  takeCommands(commands: readonly Command[]): Promise<void>
  /** Tells of deploys that nobody reported, once each, until somebody does. */
  takeVersions(sighted: SightedVersions): Promise<void>
}

/** A spike that ended this long before the newest one is history: its incident stands as it was last told. */
export const REMEMBERED_MS = 24 * 3_600_000
/** Beyond what any lookback asks for: a week, and what earlier changes of a kind came to. */
export const CHANGES_REMEMBERED_MS = 30 * 24 * 3_600_000

export function createLiveCorrelator(deps: LiveCorrelatorDeps, settings: CorrelatorSettings): LiveCorrelator {
  const spikes = new Map<string, Spike>()
  const changes = new Map<string, Change>()
  /** Sent by mistake: what is still reported of them is not taken. */
  const deletedChangeIds = new Set<string>()
  const said = new Map<string, readonly IncidentCommand[]>()
  const feedback = new Map<string, Feedback>()
  /** Changes blamed for incidents that are forgotten. */
  const blamedBefore = new Set<string>()
  const judged = new Map<string, { readonly basis: string; readonly incident: Incident | 'not-told' }>()
  const told = new Map<string, IncidentDocument>()
  /** Ids of remembered incidents; of those among them that are told again, as whoever stored them may not have told them. */
  const remembered = new Set<string>()
  const perhapsUntold = new Set<string>()
  /** Changes and feedback that came so far: every judgement rests on all of them. */
  let knowledge = 0
  /** Something was taken in that no judgement has seen to its end yet. */
  let isUnjudged = false
  let turn: Promise<void> = Promise.resolve()

  /** One judgement at a time: the next one sees what this one told. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  async function judge(): Promise<void> {
    const groups: SpikeGroup[] = []
    const bases = new Map<string, string>()
    const reuse = (group: SpikeGroup): Incident | 'not-told' | undefined => {
      groups.push(group)
      const basis = `${knowledge} ${group.spikes.map(({ id, updatedAtMs }) => `${id}@${updatedAtMs}`).join(' ')}`
      bases.set(group.id, basis)
      const known = judged.get(group.id)
      return known?.basis === basis ? known.incident : undefined
    }
    const incidents = await correlateSpikes(
      { ...deps, reuse, wasTold: (id) => told.has(id) },
      {
        spikes: [...spikes.values()],
        changes: [...changes.values()],
        feedback: [...feedback.values()],
        blamedBefore: [...blamedBefore],
        deletedChangeIds,
        settings,
      },
    )
    const groupOf = new Map(groups.map((group) => [group.id, group]))
    const documents = incidents.map((incident) => addPeople(incidentToWire(incident), groupOf.get(incident.id)))
    await tell([...documents, ...findMerged(groups), ...findUnjudged(groupOf)])
    const incidentOf = new Map(incidents.map((incident) => [incident.id, incident]))
    for (const [id, { incident }] of judged) if (incident === 'not-told' && !bases.has(id)) judged.delete(id)
    for (const [id, basis] of bases) judged.set(id, { basis, incident: incidentOf.get(id) ?? 'not-told' })
    isUnjudged = false
    perhapsUntold.clear()
  }

  async function tell(incidents: readonly IncidentDocument[]): Promise<void> {
    const news = incidents.filter(
      (incident) => perhapsUntold.has(incident.id) || !isDeepStrictEqual(told.get(incident.id), incident),
    )
    if (news.length === 0) return
    await deps.storeIncidents(news)
    await deps.publishIncidents(news)
    for (const incident of news) told.set(incident.id, incident)
  }

  /** What comes again though nothing of it is new: whoever took it before us may have died when it was stored and not yet told. */
  function isToBeJudged(hasMoved: boolean): boolean {
    if (!hasMoved) {
      for (const id of remembered) perhapsUntold.add(id)
      remembered.clear()
    }
    return hasMoved || isUnjudged || perhapsUntold.size > 0
  }

  /** What was said of an incident before it turned out to be part of this one is said of this one. */
  function addPeople(document: IncidentDocument, group: SpikeGroup | undefined): IncidentDocument {
    const spikes = group?.spikes ?? []
    const ids = new Set([document.id, ...spikes.map((spike) => incidentIdOf(document.env, spike))])
    const newestMs = Math.max(0, ...spikes.map(({ detectedAtMs }) => detectedAtMs))
    const words = [...ids].flatMap((id) => said.get(id) ?? [])
    return withPeople(document, words, new Date(newestMs).toISOString())
  }

  function hear(command: IncidentCommand): boolean {
    const earlier = said.get(command.incident_id) ?? []
    if (earlier.length >= SAID_MAX || earlier.some(({ id }) => id === command.id)) return false
    said.set(command.incident_id, [...earlier, command])
    if (command.kind === 'feedback') {
      feedback.set(command.id, command)
      knowledge += 1
    }
    return true
  }

  async function deleteChange(id: string, at: string): Promise<boolean> {
    const change = changes.get(id)
    if (change === undefined) return false
    await deps.storeDeletedChange(change, at)
    deletedChangeIds.add(id)
    changes.delete(id)
    knowledge += 1
    return true
  }

  /** What was inferred from the log gives way to the report that came late. */
  async function dropReported(reports: readonly Change[]): Promise<void> {
    for (const change of [...changes.values()])
      if (change.source === INFERRED_SOURCE && isReported(change, reports))
        await deleteChange(change.id, new Date(change.startedAtMs).toISOString())
  }

  /** Incidents that were told as their own and turned out to be part of another. */
  function findMerged(groups: readonly SpikeGroup[]): IncidentDocument[] {
    const ids = new Set(groups.map(({ id }) => id))
    return [...told.values()].flatMap((incident) => {
      if (ids.has(incident.id) || incident.merged_into !== undefined) return []
      const into = groups.find(({ env, spikes }) => spikes.some((spike) => incidentIdOf(env, spike) === incident.id))
      if (into === undefined) return []
      return [{ ...incident, state: 'resolved', resolved_at: incident.updated_at, merged_into: into.id }]
    })
  }

  /** Incidents whose spikes are forgotten, and of which people say something all the same. */
  function findUnjudged(groupOf: ReadonlyMap<string, SpikeGroup>): IncidentDocument[] {
    return [...told.values()].flatMap((incident) => {
      const isJudged = groupOf.has(incident.id) || incident.merged_into !== undefined
      return isJudged || !said.has(incident.id) ? [] : [addPeople(incident, undefined)]
    })
  }

  function forget(): void {
    let newestMs = 0
    for (const { updatedAtMs } of spikes.values()) newestMs = Math.max(newestMs, updatedAtMs)
    const isOver = (atMs: number | null) => atMs !== null && atMs < newestMs - REMEMBERED_MS
    for (const [id, { resolvedAtMs }] of spikes) if (isOver(resolvedAtMs)) spikes.delete(id)
    for (const [id, { incident }] of judged) {
      if (incident === 'not-told' || !isOver(incident.resolvedAtMs)) continue
      for (const { changeId, probability } of incident.suspects)
        if (probability >= settings.blameAt) blamedBefore.add(changeId)
      judged.delete(id)
    }
    for (const [id, { resolved_at }] of told)
      if (resolved_at !== null && isOver(Date.parse(resolved_at))) {
        told.delete(id)
        said.delete(id)
      }
    for (const [id, { startedAtMs }] of changes)
      if (startedAtMs < newestMs - REMEMBERED_MS - CHANGES_REMEMBERED_MS) {
        changes.delete(id)
        blamedBefore.delete(id)
      }
  }

  return {
    remember(earlier) {
      for (const spike of earlier.spikes) spikes.set(spike.id, spike)
      for (const change of earlier.changes) changes.set(change.id, change)
      for (const id of earlier.deletedChangeIds) deletedChangeIds.add(id)
      for (const given of earlier.feedback) feedback.set(given.id, given)
      for (const id of earlier.blamedBefore) blamedBefore.add(id)
      for (const incident of earlier.incidents) {
        told.set(incident.id, incident)
        remembered.add(incident.id)
        if (incident.timeline !== undefined) said.set(incident.id, incident.timeline)
      }
    },
    takeSpikes: (news) =>
      inTurn(async () => {
        const moved = news.filter(({ id, updatedAtMs }) => (spikes.get(id)?.updatedAtMs ?? 0) < updatedAtMs)
        if (!isToBeJudged(moved.length > 0)) return
        isUnjudged = true
        for (const spike of moved) spikes.set(spike.id, spike)
        forget()
        await judge()
      }),
    takeChanges: (sent) =>
      inTurn(async () => {
        const reports = sent.filter(({ id }) => id === undefined || !deletedChangeIds.has(id))
        const earlier = reports.flatMap(({ id }) => (id === undefined ? [] : (changes.get(id) ?? [])))
        const known = earlier.map((change) => changeReportSchema.parse(changeToWire(change)))
        const merged = mergeReports([...known, ...reports], settings.envAliases)
        const all = markRollbacks([
          ...new Map([...changes, ...merged.map((change) => [change.id, change] as const)]).values(),
        ])
        const ids = new Set(merged.map(({ id }) => id))
        const moved = all
          .filter(({ id }) => ids.has(id))
          .filter((change) => !isDeepStrictEqual(changes.get(change.id), change))
        if (!isToBeJudged(moved.length > 0)) return
        isUnjudged = true
        await deps.storeChanges(moved)
        for (const change of moved) changes.set(change.id, change)
        await dropReported(moved)
        knowledge += 1
        await judge()
      }),
    takeVersions: (sighted) =>
      inTurn(async () => {
        const inferred = inferDeploys(sighted, [...changes.values()]).filter(({ id }) => !deletedChangeIds.has(id))
        if (inferred.length === 0 && !isUnjudged) return
        isUnjudged = true
        await deps.storeChanges(inferred)
        for (const change of inferred) changes.set(change.id, change)
        knowledge += 1
        await judge()
      }),
    takeCommands: (commands) =>
      inTurn(async () => {
        const ofIncidents = commands.filter((command) => isOfIncident(command))
        await deps.storeFeedback(ofIncidents.filter((command) => command.kind === 'feedback'))
        let moved = false
        for (const command of ofIncidents) moved = hear(command) || moved
        for (const command of commands)
          if (command.kind === 'delete_change') moved = (await deleteChange(command.change_id, command.at)) || moved
        if (!isToBeJudged(moved)) return
        isUnjudged = true
        await judge()
      }),
  }
}

function isOfIncident(command: Command): command is IncidentCommand {
  return 'incident_id' in command && command.kind !== 'silence'
}
