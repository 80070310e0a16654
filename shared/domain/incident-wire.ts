import { z } from 'zod'
import { changeToWire } from './change-wire.ts'
import { incidentCommandSchema } from './command.ts'
import type { AffectedSeries, Evidence, Incident, Latency, TrafficLoss, Verification } from './incident.ts'

/** An incident as it is stored, published and answered: what every reader relies on, and the rest as written. */
export const incidentDocumentSchema = z.looseObject({
  id: z.string(),
  env: z.string(),
  service: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.enum(['critical', 'major', 'minor']),
  started_at: z.string(),
  updated_at: z.string(),
  resolved_at: z.string().nullable(),
  /** The incident that this one turned out to be part of. */
  merged_into: z.string().optional(),
  /** When the first message about it left, by the clock on the wall; absent: none did. */
  notified_at: z.string().optional(),
  /** Absent: nobody did. */
  acknowledged_at: z.string().optional(),
  acknowledged_by: z.string().nullable().optional(),
  /** What people said about it, in order. */
  timeline: z.array(incidentCommandSchema).optional(),
})
export type IncidentDocument = z.infer<typeof incidentDocumentSchema>

/** Probabilities are written with this many decimals. */
const PROBABILITY_STEPS = 10_000

/**
 * An incident as the public interface writes it: snake_case, RFC 3339 UTC, numbers rounded to the digits that mean
 * something. The probabilities written still sum to 1.
 */
export function incidentToWire(incident: Incident): IncidentDocument {
  const probabilities = roundToOne(
    [...incident.suspects, ...incident.otherCauses].map(({ probability }) => probability),
  )
  const suspectCount = incident.suspects.length
  return {
    id: incident.id,
    env: incident.env,
    service: incident.service,
    signal: incident.signal,
    state: incident.state,
    severity: incident.severity,
    started_at: toTime(incident.startedAtMs),
    detected_at: toTime(incident.detectedAtMs),
    updated_at: toTime(incident.updatedAtMs),
    resolved_at: incident.resolvedAtMs === null ? null : toTime(incident.resolvedAtMs),
    baseline_rate: round(incident.baselineRate),
    observed_rate: round(incident.observedRate),
    requests: incident.requests,
    errors: incident.errors,
    excess_errors: Math.round(incident.excessErrors),
    statuses: incident.statuses,
    affected: incident.affected.map(affectedToWire),
    cause: incident.cause,
    suspects: incident.suspects.map(({ changeId, change, evidence }, index) => ({
      change_id: changeId,
      probability: probabilities[index],
      change: changeToWire(change),
      evidence: evidence.map(evidenceToWire),
    })),
    other_causes: incident.otherCauses.map(({ cause, evidence }, index) => ({
      cause,
      probability: probabilities[suspectCount + index],
      evidence: evidence.map(evidenceToWire),
    })),
    cleared: incident.cleared.map(({ changeId, reason, text }) => ({ change_id: changeId, reason, text })),
    recommendation: {
      action: incident.recommendation.action,
      change_id: incident.recommendation.changeId,
      to_version: incident.recommendation.toVersion,
      command: incident.recommendation.command,
      reason: incident.recommendation.reason,
      cautions: incident.recommendation.cautions,
    },
    verification: verificationToWire(incident.verification),
    ...(incident.traffic !== undefined && { traffic: trafficToWire(incident.traffic) }),
    ...(incident.latency !== undefined && { latency: latencyToWire(incident.latency) }),
    already_failing: incident.alreadyFailing,
    chronic: incident.chronic,
  }
}

/**
 * Rounds shares of 1 so that they still sum to it: everything down, then the missing steps to those that lost most
 * (largest remainder, Hamilton).
 */
export function roundToOne(shares: readonly number[]): readonly number[] {
  const steps = shares.map((share) => share * PROBABILITY_STEPS)
  const rounded = steps.map(Math.floor)
  const missing = Math.round(steps.reduce((sum, step) => sum + step, 0)) - rounded.reduce((sum, step) => sum + step, 0)
  const byLoss = [...steps.keys()].toSorted((a, b) => lossAt(steps, b) - lossAt(steps, a))
  for (const index of byLoss.slice(0, missing)) rounded[index] = (rounded[index] ?? 0) + 1
  return rounded.map((step) => step / PROBABILITY_STEPS)
}

function lossAt(steps: readonly number[], index: number): number {
  const step = steps[index] ?? 0
  return step - Math.floor(step)
}

function affectedToWire(series: AffectedSeries): Record<string, unknown> {
  const { service, method, route, version, region, requests, errors, shareOfExcess } = series
  return { service, method, route, version, region, requests, errors, share_of_excess: round(shareOfExcess) }
}

function evidenceToWire({ kind, logOdds, text, data }: Evidence): Record<string, unknown> {
  return { kind, log_odds: Math.round(logOdds * 100) / 100, text, data: roundNumbers(data) }
}

function trafficToWire(traffic: TrafficLoss): Record<string, unknown> {
  const { service, expectedRequests, requests, silentSinceMs, othersKnown, othersSending, text } = traffic
  return {
    service,
    expected_requests: expectedRequests,
    requests,
    silent_since: silentSinceMs === null ? null : toTime(silentSinceMs),
    others_known: othersKnown,
    others_sending: othersSending,
    text,
  }
}

function latencyToWire({ service, requests, text, ...latency }: Latency): Record<string, unknown> {
  return {
    service,
    slower_than_ms: round(latency.slowerThanMs),
    requests,
    slow_requests: latency.slowRequests,
    share: round(latency.share),
    normal_share: round(latency.normalShare),
    p95_ms: round(latency.p95Ms),
    normal_p95_ms: round(latency.normalP95Ms),
    text,
  }
}

function verificationToWire({ state, text, recoveredAfterMs }: Verification): Record<string, unknown> {
  return {
    state,
    ...(text !== undefined && { text }),
    ...(recoveredAfterMs !== undefined && { recovered_after_s: Math.round(recoveredAfterMs / 1000) }),
  }
}

function roundNumbers(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : round(value)
  if (Array.isArray(value)) return value.map(roundNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, roundNumbers(inner)]))
}

/** Four digits that count. */
function round(value: number): number {
  return Number(value.toPrecision(4))
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString()
}
