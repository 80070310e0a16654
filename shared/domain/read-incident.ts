import { z } from 'zod'
import { changeReportSchema } from './change-report.ts'
import { incidentCommandSchema } from './command.ts'
import { EVIDENCE_KINDS, type Incident, NON_CHANGE_CAUSES, SIGNALS } from './incident.ts'
import type { IncidentDocument } from './incident-wire.ts'
import { mergeReports } from './merge-changes.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))

const evidenceSchema = z
  .object({
    kind: z.enum(EVIDENCE_KINDS),
    log_odds: z.number(),
    text: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .transform(({ log_odds, ...evidence }) => ({ ...evidence, logOdds: log_odds }))

const changeSchema = changeReportSchema.transform((report, context) => {
  const [change] = mergeReports([report], {})
  if (change !== undefined) return change
  context.addIssue({ code: 'custom', message: 'no change' })
  return z.NEVER
})

const affectedSchema = z
  .object({
    service: z.string(),
    method: z.string().nullable(),
    route: z.string().nullable(),
    version: z.string().nullable(),
    region: z.string().nullable(),
    requests: z.number(),
    errors: z.number(),
    share_of_excess: z.number(),
  })
  .transform(({ share_of_excess, ...series }) => ({ ...series, shareOfExcess: share_of_excess }))

const recommendationSchema = z
  .object({
    action: z.enum([
      'rollback',
      'revert_config',
      'disable_flag',
      'roll_forward',
      'scale',
      'block_client',
      'escalate_upstream',
      'investigate',
    ]),
    change_id: z.string().nullable(),
    to_version: z.string().nullable(),
    command: z.string().nullable(),
    reason: z.string(),
    cautions: z.array(z.string()),
  })
  .transform(({ change_id, to_version, ...advice }) => ({ ...advice, changeId: change_id, toVersion: to_version }))

const verificationSchema = z
  .object({
    state: z.enum(['pending', 'confirmed', 'refuted', 'not_applicable']),
    text: z.string().optional(),
    recovered_after_s: z.number().optional(),
  })
  .transform(({ state, text, recovered_after_s }) => ({
    state,
    ...(text !== undefined && { text }),
    ...(recovered_after_s !== undefined && { recoveredAfterMs: recovered_after_s * 1000 }),
  }))

const trafficSchema = z
  .object({
    service: z.string(),
    expected_requests: z.number(),
    requests: z.number(),
    silent_since: time.nullable(),
    others_known: z.number(),
    others_sending: z.number(),
    text: z.string(),
  })
  .transform(({ service, requests, text, ...wire }) => ({
    ...{ service, requests, text },
    expectedRequests: wire.expected_requests,
    silentSinceMs: wire.silent_since,
    othersKnown: wire.others_known,
    othersSending: wire.others_sending,
  }))

const incidentSchema = z.object({
  id: z.string(),
  env: z.string(),
  service: z.string(),
  signal: z.enum(SIGNALS),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.enum(['critical', 'major', 'minor']),
  started_at: time,
  detected_at: time,
  updated_at: time,
  resolved_at: time.nullable(),
  already_failing: z.boolean().default(false),
  chronic: z.boolean().default(false),
  baseline_rate: z.number(),
  observed_rate: z.number(),
  requests: z.number(),
  errors: z.number(),
  excess_errors: z.number(),
  statuses: z.record(z.string(), z.number()),
  affected: z.array(affectedSchema),
  cause: z.enum(['change', ...NON_CHANGE_CAUSES]),
  suspects: z.array(
    z.object({
      change_id: z.string(),
      probability: z.number(),
      change: changeSchema,
      evidence: z.array(evidenceSchema),
    }),
  ),
  other_causes: z.array(
    z.object({ cause: z.enum(NON_CHANGE_CAUSES), probability: z.number(), evidence: z.array(evidenceSchema) }),
  ),
  cleared: z.array(
    z.object({
      change_id: z.string(),
      reason: z.enum([
        'began_after_onset',
        'fault_already_there',
        'no_traffic_through_it',
        'unchanged_hosts_fail_alike',
        'old_version_fails_alike',
        'outside_its_scope',
        'victim_of_dependency',
        'rate_unmoved',
      ]),
      text: z.string(),
    }),
  ),
  recommendation: recommendationSchema,
  verification: verificationSchema,
  timeline: z.array(incidentCommandSchema).optional(),
  traffic: trafficSchema.optional(),
})

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
    startedAtMs: wire.started_at,
    detectedAtMs: wire.detected_at,
    updatedAtMs: wire.updated_at,
    resolvedAtMs: wire.resolved_at,
    alreadyFailing: wire.already_failing,
    chronic: wire.chronic,
    baselineRate: wire.baseline_rate,
    observedRate: wire.observed_rate,
    requests: wire.requests,
    errors: wire.errors,
    excessErrors: wire.excess_errors,
    statuses: wire.statuses,
    affected: wire.affected,
    cause: wire.cause,
    suspects: wire.suspects.map(({ change_id, ...suspect }) => ({ ...suspect, changeId: change_id })),
    otherCauses: wire.other_causes,
    cleared: wire.cleared.map(({ change_id, ...cleared }) => ({ ...cleared, changeId: change_id })),
    recommendation: wire.recommendation,
    verification: wire.verification,
    ...(wire.timeline !== undefined && { timeline: wire.timeline }),
    ...(wire.traffic !== undefined && { traffic: wire.traffic }),
  }
}
