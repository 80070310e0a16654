import { z } from 'zod'

const time = z.iso
  .datetime()
  .nullable()
  .transform((text) => (text === null ? null : Date.parse(text)))

const statusSchema = z.object({
  newest_event_at: time,
  judged_until: time,
  judged_behind_s: z.number().nullable(),
  history_read_until: time,
  requests_per_second: z.number(),
  services: z.number(),
  rejected_lines: z.number(),
  sources: z.array(z.object({ source: z.string(), changes: z.number(), newest_at: time })),
})

/** How the pipeline is doing. */
export type Status = z.output<typeof statusSchema>

export function readStatus(answer: unknown): Status {
  return statusSchema.parse(answer)
}

const rejectsSchema = z.object({
  items: z.array(
    z.object({
      source: z.string(),
      reason: z.string(),
      lines: z.number(),
      sample: z.object({ line_number: z.number(), line: z.string() }),
    }),
  ),
})

/** Lines that are no events, alike ones together. */
export type Reject = z.output<typeof rejectsSchema>['items'][number]

export function readRejects(answer: unknown): readonly Reject[] {
  return rejectsSchema.parse(answer).items
}
