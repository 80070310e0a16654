import type { Change } from '../../../shared/domain/change.ts'
import { normalizeEnv } from '../../../shared/domain/env-aliases.ts'
import type { ClearedChange, ClearedReason } from '../../../shared/domain/incident.ts'
import { isNamed } from './evidence/feedback.ts'
import { groupBy } from './group-by.ts'
import type { IncidentCase } from './incident-case.ts'
import { createVersionMatcher, type Rollout, type VersionMatch } from './match-version.ts'
import { onsetSpan } from './onset.ts'
import { reaches } from './topology.ts'
import { sayChange, sayChangeOf, sayDuration, sayFirst, sayName } from './wording.ts'

/** What is told from after the onset; the change that began it is never among them. */
const TOLD_AFTER_MS = 3_600_000
const CHANGES_MAX = 200
/** A change may be recorded this much later than it took effect. */
export const CLOCK_SKEW_MS = 90_000
/** Errors can't come before the first request that could cause them, in one log with one clock. */
const LOG_SKEW_MS = 10_000

type Relation = 'root' | 'callee' | 'affected' | 'platform' | 'unseen'

/** A change that may be the cause. */
export interface Candidate {
  readonly change: Change
  readonly relation: Relation
  /** What the log calls the service that it touches; absent: all of them. */
  readonly service?: string
  /** When it began to take effect, and when it was done. */
  readonly startMs: number
  readonly endMs: number
  readonly rollout?: Rollout
}

export interface CandidateSelection {
  readonly candidates: readonly Candidate[]
  /** Changes of the same time that can't be the cause, by when and where they acted. */
  readonly cleared: readonly ClearedChange[]
}

/** Changes in force around the onset, nearest first: what may be the cause, and what can't. */
export function selectCandidates(incident: IncidentCase, changes: readonly Change[]): CandidateSelection {
  const { settings, group, onsetAtMs, endAtMs } = incident
  const env = normalizeEnv(group.env, settings.envAliases)
  const lastMs = Math.min(Math.max(endAtMs, onsetAtMs + CLOCK_SKEW_MS), onsetAtMs + TOLD_AFTER_MS)
  const ofEnv = changes.filter((change) => normalizeEnv(change.env, settings.envAliases) === env)
  const inForce = ofEnv.filter((change) => {
    const endMs = change.finishedAtMs ?? change.startedAtMs
    const isInTime = endMs >= onsetAtMs - settings.lookbackMs && change.startedAtMs <= lastMs
    return isInTime || isNamed(change.id, incident.feedback)
  })
  const nearest = inForce.toSorted((a, b) => distance(a, onsetAtMs) - distance(b, onsetAtMs) || (a.id < b.id ? -1 : 1))
  const surroundings = lookAround(incident, ofEnv)
  const candidates: Candidate[] = []
  const cleared: ClearedChange[] = []
  for (const change of boundChanges(incident, nearest, surroundings)) {
    const judged = judge(incident, change, surroundings)
    if (!('reason' in judged)) candidates.push(judged)
    else if (isNamed(change.id, incident.feedback)) candidates.push(takeAtWord(change))
    else cleared.push(judged)
  }
  return { candidates, cleared }
}

/** Of more than can be told, those first that touch what fails. */
function boundChanges(
  incident: IncidentCase,
  nearest: readonly Change[],
  surroundings: Surroundings,
): readonly Change[] {
  if (nearest.length <= CHANGES_MAX) return nearest
  const isRelated = (change: Change): boolean => relationOf(incident, change, surroundings) !== 'unrelated'
  const [related, others] = [nearest.filter(isRelated), nearest.filter((change) => !isRelated(change))]
  return [...related, ...others].slice(0, CHANGES_MAX)
}

/** What is the same for all changes of one incident's environment. */
interface Surroundings {
  /** Services of the log. */
  readonly logged: ReadonlySet<string>
  /** Services that changes name. */
  readonly changed: ReadonlySet<string>
  readonly match: (change: Change, service: string | undefined) => VersionMatch
}

function lookAround({ data }: IncidentCase, ofEnv: readonly Change[]): Surroundings {
  const byService = groupBy(ofEnv, ({ service }) => service)
  const matchers = new Map<string, ReturnType<typeof createVersionMatcher>>()
  return {
    logged: new Set(data.serviceMinutes.map(({ service }) => service)),
    changed: new Set([...byService.keys()].flatMap((service) => service ?? [])),
    match: (change, service) => {
      const key = JSON.stringify([change.service, service])
      const known = matchers.get(key)
      if (known !== undefined) return known(change)
      const spans = data.versions.filter((span) => span.service === service)
      const matcher = createVersionMatcher(spans, byService.get(change.service) ?? [])
      matchers.set(key, matcher)
      return matcher(change)
    },
  }
}

/** A person who names it knows better than the log in which it does not show. */
function takeAtWord(change: Change): Candidate {
  const { startedAtMs, finishedAtMs = startedAtMs, service } = change
  return {
    change,
    relation: 'unseen',
    ...(service !== undefined && { service }),
    startMs: startedAtMs,
    endMs: finishedAtMs,
  }
}

function distance(change: Change, onsetAtMs: number): number {
  return Math.abs(change.startedAtMs - onsetAtMs)
}

function judge(incident: IncidentCase, change: Change, surroundings: Surroundings): Candidate | ClearedChange {
  const clear = (reason: ClearedReason, text: string): ClearedChange => ({ changeId: change.id, reason, text })
  const relation = relationOf(incident, change, surroundings)
  const onset = onsetSpan(incident.spike)
  if (relation === 'unrelated') {
    const service = sayName(change.service ?? '')
    return clear(
      'outside_its_scope',
      `${sayChangeOf(change)}: ${service} is not failing, nor known to serve ${sayName(incident.root)}`,
    )
  }
  const startsLateMs = change.startedAtMs - incident.onsetAtMs
  const service = relation === 'root' ? incident.root : change.service
  const isSilent = incident.spike.signal === 'traffic_drop'
  // What no request reaches can't be told from what brought the requests to an end.
  const match = isSilent ? ({ kind: 'unknown' } as const) : surroundings.match(change, service)
  const firstTrafficMs = match.kind === 'rollout' ? match.rollout.firstTrafficMs : undefined
  if (Math.min(change.startedAtMs, firstTrafficMs ?? change.startedAtMs) > onset.latestMs + CLOCK_SKEW_MS) {
    return incident.alreadyFailing
      ? clear(
          'fault_already_there',
          `${sayChangeOf(change)} began ${sayDuration(startsLateMs)} into the log, which was failing from its start`,
        )
      : clear(
          'began_after_onset',
          `${sayChangeOf(change)} began ${sayDuration(startsLateMs)} after the ${sayFirst(incident.spike)}`,
        )
  }
  if (firstTrafficMs !== undefined && firstTrafficMs > onset.latestMs + LOG_SKEW_MS) {
    const lateMs = firstTrafficMs - incident.onsetAtMs
    return clear(
      'no_traffic_through_it',
      `${sayChange(change)} took its first request ${sayDuration(lateMs)} after the ${sayFirst(incident.spike)}`,
    )
  }
  if (match.kind === 'absent' && relation === 'root') {
    return clear('no_traffic_through_it', `${sayChange(change)} took no traffic: no request names its version`)
  }
  return {
    change,
    relation,
    ...(service !== undefined && { service }),
    startMs: firstTrafficMs ?? change.startedAtMs,
    endMs: Math.max(change.finishedAtMs ?? change.startedAtMs, firstTrafficMs ?? change.startedAtMs),
    ...(match.kind === 'rollout' && { rollout: match.rollout }),
  }
}

function relationOf(
  incident: IncidentCase,
  { service }: Change,
  { logged, changed }: Surroundings,
): Relation | 'unrelated' {
  if (service === undefined) return 'platform'
  if (service === incident.root) return 'root'
  if (reaches(incident.topology, incident.root, service)) return 'callee'
  if (incident.services.includes(service)) return 'affected'
  if (logged.has(service)) return 'unrelated'
  // A log of one service need not call it what the deploys of one service call it.
  return logged.size <= 1 && changed.size === 1 ? 'root' : 'unseen'
}
