import type { Change } from '../../../shared/domain/change.ts'
import type { AffectedSeries, Cause, Incident, Severity, Signal } from '../../../shared/domain/incident.ts'
import { areOfClients, isWithin } from '../../../shared/domain/status-range.ts'
import { findAffected } from './affected.ts'
import { baselineRate } from './excess.ts'
import type { IncidentCase } from './incident-case.ts'
import { type Judgement, judgeCauses, type RecordOf } from './judge-causes.ts'
import type { Posterior } from './posterior.ts'
import { recommend } from './recommendation.ts'
import { gradeSeverity, gradeSilence, gradeSlowness, milder } from './severity.ts'
import { findLatency, findSlow } from './slowness.ts'
import { total } from './total.ts'
import { findSilent, findTrafficLoss } from './traffic-loss.ts'
import { verify } from './verification.ts'

/** The whole story of one incident: what broke and how badly, which change did it, what to do. */
export function buildIncident(incident: IncidentCase, changes: readonly Change[], recordOf: RecordOf): Incident {
  const { group, root, onsetAtMs, endAtMs, resolvedAtMs, spike } = incident
  const judgement = judgeCauses(incident, changes, recordOf)
  const harm = measureHarm(incident)
  const traffic = findTrafficLoss(incident)
  const latency = findLatency(incident)
  const durationMs = endAtMs - onsetAtMs
  const grade = (): Severity => {
    switch (spike.signal) {
      case 'error_rate':
        return areOfClients(spike.errorStatuses)
          ? milder(gradeSeverity({ ...harm, durationMs }))
          : gradeSeverity({ ...harm, durationMs })
      case 'traffic_drop':
        return gradeSilence(traffic, durationMs)
      case 'latency':
        return gradeSlowness(latency, durationMs)
    }
  }
  return {
    id: group.id,
    env: group.env,
    service: root,
    signal: spike.signal,
    state: resolvedAtMs === null ? 'open' : 'resolved',
    severity: grade(),
    startedAtMs: onsetAtMs,
    detectedAtMs: Math.min(...group.spikes.map(({ detectedAtMs }) => detectedAtMs)),
    updatedAtMs: Math.max(...group.spikes.map(({ updatedAtMs }) => updatedAtMs)),
    resolvedAtMs,
    alreadyFailing: incident.alreadyFailing,
    chronic: spike.chronic,
    ...harm,
    statuses: countStatuses(incident),
    affected: AFFECTED[spike.signal](incident),
    ...tellCauses(judgement),
    recommendation: recommend(incident, judgement.posterior, changes),
    verification: verify(incident, judgement, changes),
    ...(traffic !== undefined && { traffic }),
    ...(latency !== undefined && { latency }),
  }
}

const AFFECTED: Readonly<Record<Signal, (incident: IncidentCase) => readonly AffectedSeries[]>> = {
  error_rate: findAffected,
  traffic_drop: findSilent,
  latency: findSlow,
}

function measureHarm(
  incident: IncidentCase,
): Pick<Incident, 'baselineRate' | 'observedRate' | 'requests' | 'errors' | 'excessErrors'> {
  const rows = incident.data.totals.filter(({ service }) => service === incident.root)
  const requests = total(rows, 'requests')
  const errors = total(rows, 'errors')
  const baseline = baselineRate(incident, incident.root)
  return {
    baselineRate: baseline,
    observedRate: requests > 0 ? errors / requests : 0,
    requests,
    errors,
    excessErrors: Math.max(errors - baseline * requests, 0),
  }
}

function countStatuses({ data, root, request }: IncidentCase): Readonly<Record<string, number>> {
  const ofRoot = data.statuses.filter(({ service, status }) => service === root && isWithin(request.errors, status))
  return Object.fromEntries(
    ofRoot.toSorted((a, b) => a.status - b.status).map(({ status, requests }) => [String(status), requests]),
  )
}

function tellCauses({
  posterior,
  cleared,
}: Judgement): Pick<Incident, 'cause' | 'suspects' | 'otherCauses' | 'cleared'> {
  return {
    cause: likeliestCause(posterior),
    suspects: posterior.candidates.map(({ candidate, findings, probability }) => ({
      changeId: candidate.change.id,
      probability,
      change: candidate.change,
      evidence: supportingFirst(findings),
    })),
    otherCauses: posterior.causes.map(({ cause, findings, probability }) => {
      return { cause, probability, evidence: supportingFirst(findings) }
    }),
    cleared,
  }
}

function likeliestCause({ candidates, causes }: Posterior): Cause {
  const ofChanges = candidates.reduce((sum, { probability }) => sum + probability, 0)
  const [other] = causes
  return other !== undefined && other.probability > ofChanges ? other.cause : 'change'
}

function supportingFirst(findings: Judgement['posterior']['candidates'][number]['findings']) {
  return findings.map(({ evidence }) => evidence).toSorted((a, b) => b.logOdds - a.logOdds)
}
