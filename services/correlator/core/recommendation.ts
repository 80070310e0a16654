import type { Change, ChangeKind } from '../../../shared/domain/change.ts'
import type { NonChangeCause, Recommendation, RecommendedAction } from '../../../shared/domain/incident.ts'
import { findCautions } from './cautions.ts'
import { rollbackCommand } from './command-templates.ts'
import type { IncidentCase } from './incident-case.ts'
import type { Posterior, WeighedCandidate } from './posterior.ts'
import { findTarget, type Target } from './rollback-target.ts'
import { sayChange, sayChangeOf, sayCount, sayName, sayPercent } from './wording.ts'

/** Suspects this close to the first are told apart before anything costly is done. */
const TIE_RATIO = 0.5

/** From the cheapest to undo, seconds, to the dearest. */
const COST: Readonly<Record<ChangeKind, number>> = {
  feature_flag: 0,
  config: 1,
  scale: 1,
  rollback: 2,
  deploy: 2,
  dependency: 2,
  other: 3,
  infra: 3,
  migration: 4,
}

const ACTIONS: Readonly<Record<ChangeKind, RecommendedAction>> = {
  feature_flag: 'disable_flag',
  config: 'revert_config',
  scale: 'scale',
  rollback: 'roll_forward',
  deploy: 'rollback',
  dependency: 'rollback',
  infra: 'rollback',
  migration: 'rollback',
  other: 'rollback',
}

const OTHER_CAUSES: Readonly<Record<NonChangeCause, { readonly action: RecommendedAction; readonly reason: string }>> =
  {
    upstream: { action: 'escalate_upstream', reason: 'what it depends on fails; no change of yours explains it' },
    load: { action: 'scale', reason: 'it gets more traffic than it can serve; no change explains it' },
    client: {
      action: 'block_client',
      reason: 'one client has nearly all of the errors; limit or block it, or ask it to stop',
    },
    unknown: {
      action: 'investigate',
      reason: 'ask what was changed about then and not reported',
    },
  }

/** What to do about an incident, for which change, with which command, and what to mind. */
export function recommend(incident: IncidentCase, posterior: Posterior, changes: readonly Change[]): Recommendation {
  const [first, ...others] = posterior.candidates
  const ofChanges = posterior.candidates.reduce((sum, { probability }) => sum + probability, 0)
  const [likeliest] = posterior.causes
  if (first === undefined || likeliest === undefined || likeliest.probability > ofChanges) {
    return recommendOther(likeliest?.cause ?? 'unknown', posterior, incident)
  }
  const tied = others.filter(({ probability }) => probability >= TIE_RATIO * first.probability)
  const together = tied.reduce((sum, { probability }) => sum + probability, first.probability)
  if (together < incident.settings.blameAt) {
    const reason = `${sayChangeOf(first.candidate.change)} fits best, but not well enough to take it back unseen`
    return { ...investigate(incident, reason), changeId: first.candidate.change.id }
  }
  const churn = first.findings.find(({ evidence }) => evidence.kind === 'churn')
  if (churn !== undefined) {
    const reason =
      'instances were replaced faster than they could take over: look at readiness checks and connection draining, not at the release'
    return { ...investigate(incident, reason), changeId: first.candidate.change.id }
  }
  const [cheapest = first] = [first, ...tied].toSorted((a, b) => cost(a) - cost(b) || b.probability - a.probability)
  return recommendUndo(incident, cheapest, { tied: tied.length > 0, changes })
}

function cost({ candidate }: WeighedCandidate): number {
  return COST[candidate.change.kind]
}

function recommendUndo(
  incident: IncidentCase,
  { candidate }: WeighedCandidate,
  facts: { readonly tied: boolean; readonly changes: readonly Change[] },
): Recommendation {
  const { change } = candidate
  const target = findTarget(incident, candidate)
  const action = change.reversible ? ACTIONS[change.kind] : 'roll_forward'
  const separating = facts.tied
    ? `taking back ${sayChange(change)} is the quickest way to tell the suspects apart`
    : undefined
  const command =
    action === 'roll_forward' || action === 'scale'
      ? null
      : rollbackCommand(
          change,
          { service: candidate.service ?? incident.root, version: target?.version },
          incident.settings,
        )
  const endsRollout = command?.startsWith('kubectl ') === true
  return {
    action,
    changeId: change.id,
    toVersion: action === 'rollback' ? (target?.version ?? null) : null,
    command,
    reason: withStart(
      incident,
      [separating, sayTarget(change, action, target)].filter((part) => part !== undefined).join('; '),
    ),
    cautions: findCautions(incident, candidate, { target, changes: facts.changes, endsRollout }),
  }
}

function sayTarget(change: Change, action: RecommendedAction, target: Target | undefined): string {
  if (action === 'roll_forward')
    return change.kind === 'rollback'
      ? 'going back is what broke it'
      : `${sayChange(change)} can't be undone safely: fix forward`
  if (action === 'scale') return `${sayChange(change)} left too little capacity`
  if (action !== 'rollback' || target === undefined) return `undo ${sayChange(change)}`
  const { version, requests, errorRate } = target
  if (requests === 0) return `back to ${sayName(version)}`
  return `back to ${sayName(version)}: ${sayCount(requests)} requests at ${sayPercent(errorRate)} before`
}

function recommendOther(cause: NonChangeCause, posterior: Posterior, incident: IncidentCase): Recommendation {
  const { action, reason } = OTHER_CAUSES[cause]
  const findings = posterior.causes.find((weighed) => weighed.cause === cause)?.findings ?? []
  const [strongest] = findings.toSorted((a, b) => b.evidence.logOdds - a.evidence.logOdds)
  if (cause === 'unknown' && incident.spike.signal === 'traffic_drop')
    return investigate(
      incident,
      'see whether it still runs, and whether its log still arrives; no known change explains it',
    )
  if (cause === 'unknown' && incident.spike.signal === 'latency')
    return investigate(incident, 'no known change explains it; see what it waits for, and whether it gets more traffic')
  const shown =
    strongest !== undefined && strongest.evidence.logOdds > 0 ? `${reason} (${strongest.evidence.text})` : reason
  return { ...investigate(incident, shown), action }
}

function investigate(incident: IncidentCase, reason: string): Recommendation {
  return {
    action: 'investigate',
    changeId: null,
    toVersion: null,
    command: null,
    reason: withStart(incident, reason),
    cautions: [],
  }
}

function withStart({ alreadyFailing }: IncidentCase, reason: string): string {
  return alreadyFailing ? `already failing when the log begins, so when it began is not known; ${reason}` : reason
}
