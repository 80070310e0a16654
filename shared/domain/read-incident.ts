import type { z } from 'zod'
import { changeReportSchema } from './change-report.ts'
import type { Evidence, Incident, Latency, TrafficLoss } from './incident.ts'
import { incidentSchema } from './incident-schema.ts'
import type { IncidentDocument } from './incident-wire.ts'
import { mergeReports } from './merge-changes.ts'

type Wire = z.infer<typeof incidentSchema>

/** The incident that a document tells of; its numbers are rounded as the document's are. Throws where it is none. */
export function readIncident(document: IncidentDocument): Incident {
  const wire = incidentSchema.parse(document)
  return {
    id: wire.id,
    env: wire.env,
    service: wire.service,
    signal: wire.signal,
    state: wire.state,
    severity: wire.severity,
    startedAtMs: Date.parse(wire.started_at),
    detectedAtMs: Date.parse(wire.detected_at),
    updatedAtMs: Date.parse(wire.updated_at),
    resolvedAtMs: toMs(wire.resolved_at),
    alreadyFailing: wire.already_failing,
    chronic: wire.chronic,
    baselineRate: wire.baseline_rate,
    observedRate: wire.observed_rate,
    requests: wire.requests,
    errors: wire.errors,
    excessErrors: wire.excess_errors,
    statuses: wire.statuses,
    affected: wire.affected.map(({ share_of_excess, ...series }) => ({ ...series, shareOfExcess: share_of_excess })),
    cause: wire.cause,
    suspects: wire.suspects.map(toSuspect),
    otherCauses: wire.other_causes.map(({ evidence, ...of }) => ({ ...of, evidence: evidence.map(toEvidence) })),
    cleared: wire.cleared.map(({ change_id, ...cleared }) => ({ ...cleared, changeId: change_id })),
    recommendation: toRecommendation(wire.recommendation),
    verification: toVerification(wire.verification),
    ...(wire.timeline !== undefined && { timeline: wire.timeline }),
    ...(wire.traffic !== undefined && { traffic: toTraffic(wire.traffic) }),
    ...(wire.latency !== undefined && { latency: toLatency(wire.latency) }),
  }
}

function toMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time)
}

function toEvidence({ log_odds, ...evidence }: Wire['other_causes'][number]['evidence'][number]): Evidence {
  return { ...evidence, logOdds: log_odds }
}

function toSuspect({ change_id, probability, change: told, evidence }: Wire['suspects'][number]) {
  const [change] = mergeReports([changeReportSchema.parse(told)], {})
  if (change === undefined) throw new Error(`the suspect ${change_id} is no change`)
  return { changeId: change_id, probability, change, evidence: evidence.map(toEvidence) }
}

function toRecommendation({ change_id, to_version, ...advice }: Wire['recommendation']) {
  return { ...advice, changeId: change_id, toVersion: to_version }
}

function toVerification({ state, text, recovered_after_s }: Wire['verification']) {
  return {
    state,
    ...(text !== undefined && { text }),
    ...(recovered_after_s !== undefined && { recoveredAfterMs: recovered_after_s * 1000 }),
  }
}

function toTraffic({ service, requests, text, ...wire }: NonNullable<Wire['traffic']>): TrafficLoss {
  return {
    ...{ service, requests, text },
    expectedRequests: wire.expected_requests,
    silentSinceMs: toMs(wire.silent_since),
    othersKnown: wire.others_known,
    othersSending: wire.others_sending,
  }
}

function toLatency({ service, requests, share, text, ...wire }: NonNullable<Wire['latency']>): Latency {
  return {
    ...{ service, requests, share, text },
    slowerThanMs: wire.slower_than_ms,
    slowRequests: wire.slow_requests,
    normalShare: wire.normal_share,
    p95Ms: wire.p95_ms,
    normalP95Ms: wire.normal_p95_ms,
  }
}
