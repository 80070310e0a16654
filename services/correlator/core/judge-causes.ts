import type { Change } from '../../../shared/domain/change.ts'
import type { ClearedChange, NonChangeCause, Signal } from '../../../shared/domain/incident.ts'
import { areOfClients } from '../../../shared/domain/status-range.ts'
import { type Candidate, selectCandidates } from './candidates.ts'
import { type Elsewhere, lookElsewhere } from './elsewhere.ts'
import { weighAlreadyThere } from './evidence/already-there.ts'
import { weighBlastRadius, weighSharedUpstream } from './evidence/blast-radius.ts'
import { weighChurn } from './evidence/churn.ts'
import { weighDose } from './evidence/dose.ts'
import { isNamed, weighFeedback } from './evidence/feedback.ts'
import { type ChangeRecord, weighHistory } from './evidence/history.ts'
import { weighHostSplit } from './evidence/host-split.ts'
import { weighLag } from './evidence/lag.ts'
import { weighLoad } from './evidence/load.ts'
import { bringsTraffic, weighOneClient } from './evidence/one-client.ts'
import { weighOneHost } from './evidence/one-host.ts'
import { weighOneUpstream } from './evidence/one-upstream.ts'
import { weighRecovery } from './evidence/recovery.ts'
import { weighRolloutDose } from './evidence/rollout-dose.ts'
import { weighScope } from './evidence/scope.ts'
import { weighStatusMix } from './evidence/status-mix.ts'
import { weighUndeclaredChange } from './evidence/undeclared-change.ts'
import { weighUndeclaredVersion } from './evidence/undeclared-version.ts'
import { weighVersionSplit } from './evidence/version-split.ts'
import type { Finding } from './finding.ts'
import type { IncidentCase } from './incident-case.ts'
import { type Posterior, type WeighedCandidate, weighHypotheses } from './posterior.ts'
import { findUndo, startedDuring, type Undo } from './undo.ts'
import { CAUSE_PRIORS, CLIENT_ERROR_PRIORS, SILENCE_PRIORS, SLOWNESS_PRIORS } from './weights.ts'
import { sayChange, sayChangeOf } from './wording.ts'

/** With a reason and no more than this probability a change is cleared; its share goes to the others. */
const CLEARED_BELOW = 0.05

/** What is known of earlier changes of the same service and kind. */
export type RecordOf = (change: Change) => ChangeRecord

export interface Judgement {
  /** Likeliest first. */
  readonly posterior: Posterior
  readonly cleared: readonly ClearedChange[]
  /** Blamed until taking them back did not help; cleared since. */
  readonly refuted: readonly Refuted[]
}

export interface Refuted {
  readonly change: Change
  readonly undo: Undo
}

/** Weighs every change in force and every other cause against all evidence. */
export function judgeCauses(incident: IncidentCase, changes: readonly Change[], recordOf: RecordOf): Judgement {
  const { candidates, cleared } = selectCandidates(incident, changes)
  const elsewhere = lookElsewhere(incident)
  const recordsUndos = changes.some(({ kind }) => kind === 'rollback')
  const later = startedDuring(incident, changes)
  const facts = { later, recordsUndos, elsewhere, recordOf }
  const weighed = candidates.map((candidate) => ({ candidate, findings: weighCandidate(incident, candidate, facts) }))
  const causes = weighCauses(incident, candidates, elsewhere)
  const { lookbackMs } = incident.settings
  const priors = isOfClients(incident) ? CLIENT_ERROR_PRIORS : PRIORS[incident.spike.signal]
  const first = weighHypotheses({ candidates: weighed, causes }, lookbackMs, priors)
  const tried = weighed
    .flatMap(({ candidate }) => toTried(candidate, findUndo(incident, candidate, later)) ?? [])
    .filter(({ change }) => !isNamed(change.id, incident.feedback))
  const triedIds = new Set(tried.map(({ change }) => change.id))
  const untried = first.candidates.filter(({ candidate }) => !triedIds.has(candidate.change.id))
  const innocent = [...tried.map(clearTried), ...untried.flatMap((judged) => clear(judged) ?? [])]
  const innocentIds = new Set(innocent.map(({ changeId }) => changeId))
  const suspects = weighed.filter(({ candidate }) => !innocentIds.has(candidate.change.id))
  const posterior = weighHypotheses({ candidates: suspects, causes }, lookbackMs, priors)
  const before = weighHypotheses({ candidates: weighed.map(withoutRecovery), causes }, lookbackMs, priors)
  return {
    posterior: sortByProbability(posterior),
    cleared: [...innocent, ...cleared],
    refuted: tried.filter(({ change }) => isBlamed(before, change, incident.settings.blameAt)),
  }
}

/** A candidate that was taken back while the errors went on. */
function toTried({ change }: Candidate, undo: Undo | undefined): Refuted | undefined {
  if (undo === undefined || undo.kind === 'replaces') return undefined
  return undo.outcome === 'no-help' ? { change, undo } : undefined
}

function clearTried({ change, undo }: Refuted): ClearedChange {
  const text = `${sayChangeOf(change)}: still failing long after ${sayChange(undo.change)}`
  return { changeId: change.id, reason: 'rate_unmoved', text }
}

/** As it was weighed before it was taken back. */
function withoutRecovery({ candidate, findings }: Omit<WeighedCandidate, 'probability'>) {
  return { candidate, findings: findings.filter(({ evidence }) => evidence.kind !== 'recovery') }
}

function isBlamed({ candidates }: Posterior, change: Change, blameAt: number): boolean {
  return candidates.some(({ candidate, probability }) => candidate.change.id === change.id && probability >= blameAt)
}

interface Facts {
  /** Begun during the incident. */
  readonly later: readonly Change[]
  readonly recordsUndos: boolean
  readonly elsewhere: Elsewhere
  readonly recordOf: RecordOf
}

/** Requests that stay away or are slow have no errors that could be counted: only when, and what is known of such changes, tells. */
function hasErrors({ spike }: IncidentCase): boolean {
  return spike.signal === 'error_rate'
}

/** How 5xx divide, and what rollouts do to them, says nothing of what clients are told. */
function isOfClients({ spike }: IncidentCase): boolean {
  return areOfClients(spike.errorStatuses)
}

const PRIORS: Readonly<Record<Signal, Readonly<Record<NonChangeCause, number>>>> = {
  error_rate: CAUSE_PRIORS,
  traffic_drop: SILENCE_PRIORS,
  latency: SLOWNESS_PRIORS,
}

function weighCandidate(incident: IncidentCase, candidate: Candidate, facts: Facts): Finding[] {
  const byTime = [
    weighLag(incident, candidate),
    weighHistory(candidate.change, facts.recordOf(candidate.change)),
    weighRecovery(incident, candidate, { undo: findUndo(incident, candidate, facts.later), ...facts }),
    weighFeedback(candidate.change, incident.feedback),
  ]
  const byErrors = hasErrors(incident) ? weighErrors(incident, candidate, facts) : []
  return [...byTime, ...byErrors].filter((finding) => finding !== undefined)
}

function weighErrors(incident: IncidentCase, candidate: Candidate, facts: Facts): (Finding | undefined)[] {
  return [
    weighVersionSplit(incident, candidate),
    weighHostSplit(incident, candidate),
    weighDose(incident, candidate),
    weighRolloutDose(incident, candidate),
    weighScope(incident, candidate),
    weighBlastRadius(incident, candidate, facts.elsewhere),
    weighAlreadyThere(incident, candidate),
    ...(isOfClients(incident)
      ? []
      : [weighStatusMix(incident, statusesOf(candidate)), weighChurn(incident, candidate)]),
  ]
}

/** A change of what the root calls shows there as any broken dependency does. */
function statusesOf({ change, relation }: Candidate): 'upstream' | 'switch' | 'change' {
  if (relation === 'callee') return 'upstream'
  return change.kind === 'feature_flag' ? 'switch' : 'change'
}

function weighCauses(
  incident: IncidentCase,
  candidates: readonly Candidate[],
  elsewhere: Elsewhere,
): Record<NonChangeCause, readonly Finding[]> {
  if (!hasErrors(incident)) return { upstream: [], load: [], client: [], unknown: [] }
  const given = (...findings: readonly (Finding | undefined)[]): Finding[] =>
    findings.filter((finding) => finding !== undefined)
  const [load, client] = [weighLoad(incident), weighOneClient(incident)]
  if (isOfClients(incident)) return { upstream: [], load: given(load), client: given(client), unknown: [] }
  return {
    upstream: given(
      weighStatusMix(incident, 'upstream'),
      weighSharedUpstream(incident, elsewhere),
      weighOneUpstream(incident),
    ),
    // Statuses alone accuse neither the traffic nor a client that nobody has looked at.
    load: load === undefined ? [] : given(load, weighStatusMix(incident, 'load')),
    // A client that fails alone and sends most of what came on top is what the traffic is, not its victim.
    client:
      client === undefined
        ? []
        : given(client, bringsTraffic(client, load) ? load : undefined, weighStatusMix(incident, 'client')),
    unknown: given(
      weighUndeclaredVersion(incident, candidates),
      weighUndeclaredChange(incident, candidates),
      weighOneHost(incident),
    ),
  }
}

/** The strongest reason for which a change is innocent, if its probability agrees. */
function clear({ candidate, findings, probability }: WeighedCandidate): ClearedChange | undefined {
  if (probability > CLEARED_BELOW) return undefined
  const [reason] = findings
    .filter(({ clears }) => clears !== undefined)
    .toSorted((a, b) => a.evidence.logOdds - b.evidence.logOdds)
  if (reason?.clears === undefined) return undefined
  const name = candidate.relation === 'root' ? sayChange(candidate.change) : sayChangeOf(candidate.change)
  return { changeId: candidate.change.id, reason: reason.clears, text: `${name}: ${reason.evidence.text}` }
}

function sortByProbability({ candidates, causes }: Posterior): Posterior {
  return {
    candidates: candidates.toSorted((a, b) => b.probability - a.probability),
    causes: causes.toSorted((a, b) => b.probability - a.probability),
  }
}
