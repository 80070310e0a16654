import { z } from 'zod'
import type { Spike } from './spike.ts'

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
  })
  .transform(
    (wire): Spike => ({
      id: wire.id,
      env: wire.env,
      service: wire.service,
      method: wire.method,
      route: wire.route,
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
    }),
  )

export function spikeToWire(spike: Spike): z.input<typeof spikeSchema> {
  return {
    id: spike.id,
    env: spike.env,
    service: spike.service,
    method: spike.method,
    route: spike.route,
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
  }
}

function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString()
}
