import { z } from 'zod'
import { changeWireSchema } from './change-wire.ts'
import { incidentCommandSchema } from './command.ts'
import { CLEARED_REASONS, EVIDENCE_KINDS, NON_CHANGE_CAUSES, RECOMMENDED_ACTIONS, SIGNALS } from './incident.ts'

const time = z.iso.datetime()
const rate = z.number().min(0).max(1)

const evidenceSchema = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  log_odds: z.number().describe('Nats for what it stands under; below 0 it speaks against it.'),
  text: z.string().describe('A sentence with its numbers.'),
  data: z.record(z.string(), z.unknown()).describe('The numbers themselves.'),
})

const affectedSchema = z.object({
  service: z.string(),
  method: z.string().nullable(),
  route: z.string().nullable(),
  version: z.string().nullable(),
  region: z.string().nullable(),
  requests: z.number(),
  errors: z.number(),
  share_of_excess: z.number(),
})

const recommendationSchema = z.object({
  action: z.enum(RECOMMENDED_ACTIONS),
  change_id: z.string().nullable(),
  to_version: z.string().nullable(),
  command: z.string().nullable().describe('A line for a shell, its arguments quoted; null when no template fits.'),
  reason: z.string(),
  cautions: z.array(z.string()),
})

const verificationSchema = z.object({
  state: z.enum(['pending', 'confirmed', 'refuted', 'not_applicable']),
  text: z.string().optional(),
  recovered_after_s: z.number().optional(),
})

const trafficSchema = z.object({
  service: z.string(),
  expected_requests: z.number(),
  requests: z.number(),
  silent_since: time.nullable().describe('null while some requests still come.'),
  others_known: z.number(),
  others_sending: z.number(),
  text: z.string(),
})

const latencySchema = z.object({
  service: z.string(),
  slower_than_ms: z.number().describe('A request that takes longer is slow.'),
  requests: z.number(),
  slow_requests: z.number(),
  share: rate,
  normal_share: rate,
  p95_ms: z.number(),
  normal_p95_ms: z.number(),
  text: z.string(),
})

/** An incident as the public interface writes it, whole. */
export const incidentSchema = z.object({
  id: z.string(),
  env: z.string(),
  service: z.string().describe('Where it began.'),
  signal: z.enum(SIGNALS),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.enum(['critical', 'major', 'minor']),
  started_at: time.describe('When it began, as far as can be told.'),
  detected_at: time.describe('The end of the newest requests that were needed to say so.'),
  notified_at: time.optional().describe('When the first message about it left; absent: none did.'),
  updated_at: time,
  resolved_at: time.nullable(),
  already_failing: z.boolean().default(false).describe('The log begins inside it.'),
  chronic: z.boolean().default(false),
  baseline_rate: rate.describe('Share of requests that fail while nothing is wrong.'),
  observed_rate: rate,
  requests: z.number(),
  errors: z.number(),
  excess_errors: z.number().describe('More than would be normal.'),
  statuses: z.record(z.string(), z.number()).describe('Errors by status.'),
  affected: z.array(affectedSchema),
  cause: z.enum(['change', ...NON_CHANGE_CAUSES]).describe('The likeliest.'),
  suspects: z
    .array(
      z.object({
        change_id: z.string(),
        probability: rate,
        change: changeWireSchema,
        evidence: z.array(evidenceSchema),
      }),
    )
    .describe('Likeliest first. Their probabilities and those of the other causes sum to 1.'),
  other_causes: z.array(
    z.object({ cause: z.enum(NON_CHANGE_CAUSES), probability: rate, evidence: z.array(evidenceSchema) }),
  ),
  cleared: z
    .array(z.object({ change_id: z.string(), reason: z.enum(CLEARED_REASONS), text: z.string() }))
    .describe('Every other change of the time, and why it is innocent.'),
  recommendation: recommendationSchema,
  verification: verificationSchema,
  traffic: trafficSchema.optional().describe('Where requests stay away.'),
  latency: latencySchema
    .optional()
    .describe('Where requests take long; `affected` then counts slow requests as errors.'),
  merged_into: z.string().optional().describe('The incident that this one turned out to be part of.'),
  acknowledged_at: time.optional(),
  acknowledged_by: z.string().nullable().optional(),
  timeline: z.array(incidentCommandSchema).optional().describe('What people said about it, in order.'),
})
