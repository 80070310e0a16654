import { z } from 'zod'
import { changeViewSchema } from './change-view.ts'

const counts = z.array(z.number())

/** One service on the front page. */
export const serviceSummarySchema = z
  .object({
    name: z.string(),
    env: z.string(),
    requests_per_second: z.number().describe('Over the newest four to five minutes, as are the next two.'),
    errors_per_second: z.number(),
    error_rate: z.number().nullable().describe('null without requests.'),
    normal_error_rate: z.number().nullable().describe('Over a day, outside incidents; null where too little is known.'),
    sparkline: z
      .object({ from: z.iso.datetime(), step_s: z.number(), requests: counts, errors: counts })
      .describe('The newest hour.'),
    last_change: changeViewSchema.nullable(),
    incidents: z.array(z.string()).describe('Ids of those that are not over.'),
  })
  .meta({ id: 'ServiceSummary' })

const detectableSchema = z.object({
  method: z.string().nullable(),
  route: z.string().nullable(),
  requests_per_second: z.number(),
  rises: z.array(
    z.object({
      within_s: z.number(),
      error_rate: z.number().nullable().describe('null: not even every request failing would be seen in that time.'),
    }),
  ),
})

const partSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  error_rate: z.number().nullable(),
})

const timedPartSchema = partSchema.extend({
  latency: z
    .object({ p50: z.number(), p95: z.number(), p99: z.number() })
    .nullable()
    .describe(
      'Milliseconds that half, 95 % and 99 % of its requests took at most; null where the log has no durations.',
    ),
})

export const recordSchema = z
  .object({
    changes: z.number().describe('That took effect in the time.'),
    guilty: z.number().describe('Of them, those that an incident blames.'),
    verified: z
      .number()
      .describe('Of the guilty, those that the recovery after taking them back, or a person, confirmed.'),
    change_failure_rate: z.number().nullable(),
    incidents: z.number().describe('That began in the time.'),
    time_to_restore_s: z
      .number()
      .nullable()
      .describe('The median, of those that a change is blamed for and that are over.'),
  })
  .meta({ id: 'ChangeRecord' })

/** One service by itself. */
export const serviceDetailSchema = serviceSummarySchema
  .extend({
    statuses: z.record(z.string(), z.number()).describe('Requests by status, over the hour, as are the next three.'),
    routes: z.array(timedPartSchema.extend({ method: z.string(), route: z.string() })),
    versions: z.array(
      timedPartSchema.extend({ version: z.string(), first_seen: z.iso.datetime(), last_seen: z.iso.datetime() }),
    ),
    regions: z.array(partSchema.extend({ region: z.string() })),
    record: recordSchema.describe('Over the newest 30 days.'),
    detectable: z
      .array(detectableSchema)
      .describe('What would be seen at the present traffic, by route, busiest first.'),
  })
  .meta({ id: 'ServiceDetail' })

export type Detectable = z.infer<typeof detectableSchema>
