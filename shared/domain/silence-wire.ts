import { z } from 'zod'

/** A silence as the API tells it; null in `env`, `service` or `incident_id`: whichever. */
export const silenceWireSchema = z.object({
  id: z.string(),
  author: z.string().nullable(),
  note: z.string().nullable(),
  env: z.string().nullable(),
  service: z.string().nullable(),
  incident_id: z.string().nullable(),
  starts_at: z.string(),
  ends_at: z.string(),
  origin: z
    .enum(['people', 'configuration'])
    .default('people')
    .describe('`configuration`: a maintenance window, the one under way or the next; it is ended there alone'),
})
export type SilenceWire = z.infer<typeof silenceWireSchema>

export const silenceListSchema = z.object({ items: z.array(silenceWireSchema) })
