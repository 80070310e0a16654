import type { Candidate } from '../../../../services/correlator/core/candidates.ts'
import type { EvidenceData, SeriesTotal, VersionSpan } from '../../../../services/correlator/core/evidence-data.ts'
import type { Finding } from '../../../../services/correlator/core/finding.ts'
import type { IncidentCase } from '../../../../services/correlator/core/incident-case.ts'
import type { Posterior } from '../../../../services/correlator/core/posterior.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { type EvidenceKind, NON_CHANGE_CAUSES, type NonChangeCause } from '../../../../shared/domain/incident.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import { drawCase } from './drawn-case.ts'
import { atMinute, spikeAt } from './drawn-log.ts'

/** An incident of `checkout` from minute 120 on, by default lasting, of which nothing was read but what is given. */
export function plainCase(
  given: Partial<Omit<IncidentCase, 'data'>> & {
    readonly spikes?: readonly Spike[]
    readonly data?: Partial<EvidenceData>
  } = {},
): IncidentCase {
  const { spikes = [spikeAt(120)], data, ...rest } = given
  const incident = drawCase([], spikes)
  return { ...incident, ...rest, data: { ...incident.data, ...data } }
}

/** A change of the root as a candidate, in effect from its start on. */
export function candidate(change: Change, given: Partial<Candidate> = {}): Candidate {
  const { startedAtMs, finishedAtMs = startedAtMs } = change
  return { change, relation: 'root', service: 'checkout', startMs: startedAtMs, endMs: finishedAtMs, ...given }
}

export function finding(kind: EvidenceKind, logOdds: number, text = ''): Finding {
  return { evidence: { kind, logOdds, text, data: {} } }
}

/** A posterior with these probabilities of candidates and causes; causes not given have none. Likeliest first. */
export function posteriorOf(
  candidates: readonly (readonly [Candidate, probability: number, findings?: readonly Finding[]])[],
  causes: Partial<Record<NonChangeCause, number>> = {},
): Posterior {
  const byProbability = (a: { probability: number }, b: { probability: number }) => b.probability - a.probability
  return {
    candidates: candidates
      .map(([one, probability, findings = []]) => ({ candidate: one, findings, probability }))
      .toSorted(byProbability),
    causes: NON_CHANGE_CAUSES.map((cause) => ({ cause, findings: [], probability: causes[cause] ?? 0 })).toSorted(
      byProbability,
    ),
  }
}

/** What one series did in total: nothing but what is given. */
export function seriesTotal(given: Partial<SeriesTotal> = {}): SeriesTotal {
  return {
    service: 'checkout',
    method: 'POST',
    route: '/pay',
    version: '',
    region: '',
    requests: 0,
    errors: 0,
    requestsBefore: 0,
    errorsBefore: 0,
    ...given,
  }
}

/** A version of `checkout` that served without an error; its times are minutes of the drawing. */
export function versionSpan(
  version: string,
  [firstMinute, lastMinute]: readonly [number, number],
  given: Partial<VersionSpan> = {},
): VersionSpan {
  return {
    service: 'checkout',
    version,
    firstAtMs: atMinute(firstMinute),
    lastAtMs: atMinute(lastMinute),
    requestsBefore: 1000,
    errorsBefore: 0,
    ...given,
  }
}
