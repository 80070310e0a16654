import { z } from 'zod'
import { SIGNALS } from './incident.ts'
import type { Spike } from './spike.ts'
import { SERVER_ERRORS } from './status-range.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))
const count = z.number().nonnegative()

/** A spike as one service writes it to another: snake_case, RFC 3339 UTC. */
export const spikeSchema = z
  .object({
    id: z.string(),
    env: z.string(),
    service: z.string(),
    method: z.string().nullable(),
    route: z.string().nullable(),
    signal: z.enum(SIGNALS).default('error_rate'),
    onset_at: time,
    onset_guesses: z.array(z.object({ at: time, weight: z.number() })),
    detected_at: time,
    updated_at: time,
    last_error_at: time,
    resolved_at: time.nullable(),
    baseline_rate: z.number(),
    observed_rate: z.number(),
    requests: count,
    errors: count,
    excess_errors: z.number(),
    evidence: z.number(),
    already_failing: z.boolean(),
    chronic: z.boolean(),
    traffic: z
      .object({ expected_requests: count, silent_since: time.nullable(), others_known: count, others_sending: count })
      .nullable()
      .default(null),
    slowness: z.object({ slower_than_ms: count, normal_p95_ms: count, p95_ms: count }).nullable().default(null),
    error_statuses: z.object({ from: count, to: count }).default(SERVER_ERRORS),
  })
  .transform(
    (wire): Spike => ({
      id: wire.id,
      env: wire.env,
      service: wire.service,
      method: wire.method,
      route: wire.route,
      signal: wire.signal,
      onsetAtMs: wire.onset_at,
      onsetGuesses: wire.onset_guesses.map(({ at, weight }) => ({ atMs: at, weight })),
      detectedAtMs: wire.detected_at,
      updatedAtMs: wire.updated_at,
      lastErrorAtMs: wire.last_error_at,
      resolvedAtMs: wire.resolved_at,
      baselineRate: wire.baseline_rate,
      observedRate: wire.observed_rate,
      requests: wire.requests,
      errors: wire.errors,
      excessErrors: wire.excess_errors,
      evidence: wire.evidence,
      alreadyFailing: wire.already_failing,
      chronic: wire.chronic,
      traffic: wire.traffic && {
        expectedRequests: wire.traffic.expected_requests,
        silentSinceMs: wire.traffic.silent_since,
        othersKnown: wire.traffic.others_known,
        othersSending: wire.traffic.others_sending,
      },
      slowness: wire.slowness && {
        slowerThanMs: wire.slowness.slower_than_ms,
        normalP95Ms: wire.slowness.normal_p95_ms,
        p95Ms: wire.slowness.p95_ms,
      },
      errorStatuses: wire.error_statuses,
    }),
  )

export function spikeToWire(spike: Spike): z.input<typeof spikeSchema> {
  return {
    id: spike.id,
    env: spike.env,
    service: spike.service,
    method: spike.method,
    route: spike.route,
    signal: spike.signal,
    onset_at: rfc3339(spike.onsetAtMs),
    onset_guesses: spike.onsetGuesses.map(({ atMs, weight }) => ({ at: rfc3339(atMs), weight })),
    detected_at: rfc3339(spike.detectedAtMs),
    updated_at: rfc3339(spike.updatedAtMs),
    last_error_at: rfc3339(spike.lastErrorAtMs),
    resolved_at: spike.resolvedAtMs === null ? null : rfc3339(spike.resolvedAtMs),
    baseline_rate: spike.baselineRate,
    observed_rate: spike.observedRate,
    requests: spike.requests,
    errors: spike.errors,
    excess_errors: spike.excessErrors,
    evidence: spike.evidence,
    already_failing: spike.alreadyFailing,
    chronic: spike.chronic,
    traffic: spike.traffic && {
      expected_requests: spike.traffic.expectedRequests,
      silent_since: spike.traffic.silentSinceMs === null ? null : rfc3339(spike.traffic.silentSinceMs),
      others_known: spike.traffic.othersKnown,
      others_sending: spike.traffic.othersSending,
    },
    slowness: spike.slowness && {
      slower_than_ms: spike.slowness.slowerThanMs,
      normal_p95_ms: spike.slowness.normalP95Ms,
      p95_ms: spike.slowness.p95Ms,
    },
    error_statuses: spike.errorStatuses,
  }
}

function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString()
}
