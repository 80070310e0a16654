import { z } from 'zod'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { mergeReports } from '../../../../shared/domain/merge-changes.ts'

const counts = z.array(z.number())
const countsSchema = z
  .object({ requests: z.number(), errors: z.number(), error_rate: z.number().nullable() })
  .transform(({ error_rate, ...rest }) => ({ ...rest, errorRate: error_rate }))

const outcomeSchema = z
  .object({
    verdict: z.enum(['healthy', 'guilty', 'undetermined', 'too_little_traffic']),
    incident_id: z.string().nullable(),
    probability: z.number().nullable(),
    before: countsSchema,
    after: countsSchema,
  })
  .transform(({ incident_id, ...outcome }) => ({ ...outcome, incidentId: incident_id }))

/** How a change turned out. */
export type ChangeOutcome = z.output<typeof outcomeSchema>

export interface JudgedChange {
  readonly change: Change
  readonly outcome: ChangeOutcome | undefined
}

const judgedSchema = changeReportSchema.extend({ outcome: outcomeSchema.optional() })
const judgedChange = judgedSchema.transform(({ outcome, ...report }, context): JudgedChange => {
  const [change] = mergeReports([report], {})
  if (change !== undefined) return { change, outcome }
  context.addIssue({ code: 'custom', message: 'no change' })
  return z.NEVER
})

const changesPage = z.object({ items: z.array(judgedChange), next_cursor: z.string().nullable().default(null) })

export interface ChangesPage {
  readonly changes: readonly JudgedChange[]
  readonly nextCursor: string | null
}

/** Newest first. */
export function readJudgedChanges(answer: unknown): ChangesPage {
  const { items, next_cursor } = changesPage.parse(answer)
  return { changes: items, nextCursor: next_cursor }
}

const summaryFields = {
  name: z.string(),
  env: z.string(),
  requests_per_second: z.number(),
  errors_per_second: z.number(),
  error_rate: z.number().nullable(),
  normal_error_rate: z.number().nullable(),
  sparkline: z.object({ from: z.iso.datetime(), step_s: z.number(), requests: counts, errors: counts }),
  last_change: judgedChange.nullable(),
  incidents: z.array(z.string()),
}
const summarySchema = z.object(summaryFields)

/** A service as it is now. */
export type ServiceSummary = z.output<typeof summarySchema>

const servicesSchema = z.object({ items: z.array(summarySchema) })

/** Those with an incident first, then the busiest. */
export function readServices(answer: unknown): readonly ServiceSummary[] {
  return servicesSchema.parse(answer).items
}

const recordSchema = z.object({
  changes: z.number(),
  guilty: z.number(),
  change_failure_rate: z.number().nullable(),
  incidents: z.number(),
  time_to_restore_s: z.number().nullable(),
})

/** How often changes broke something, and how long that lasted. */
export type ChangeRecord = z.output<typeof recordSchema>

export function readRecord(answer: unknown): ChangeRecord {
  return recordSchema.parse(answer)
}

const detectableSchema = z.object({
  method: z.string().nullable(),
  route: z.string().nullable(),
  requests_per_second: z.number(),
  rises: z.array(z.object({ within_s: z.number(), error_rate: z.number().nullable() })),
})

/** What would be seen at the present traffic. */
export type Detectable = z.output<typeof detectableSchema>

const part = { requests: z.number(), errors: z.number(), error_rate: z.number().nullable() }
const latency = z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable()
const detailSchema = z.object({
  ...summaryFields,
  statuses: z.record(z.string(), z.number()),
  routes: z.array(z.object({ ...part, latency, method: z.string(), route: z.string() })),
  versions: z.array(z.object({ ...part, latency, version: z.string(), first_seen: z.string(), last_seen: z.string() })),
  regions: z.array(z.object({ ...part, region: z.string() })),
  record: recordSchema,
  detectable: z.array(detectableSchema),
})

/** One service in full. */
export type ServiceDetail = z.output<typeof detailSchema>

export function readService(answer: unknown): ServiceDetail {
  return detailSchema.parse(answer)
}
