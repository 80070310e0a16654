import { z } from 'zod'

/** The `ingest:` part of the configuration. */
export const ingestConfig = z.strictObject({
  max_services: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('services told apart; requests of further ones are counted under __other__'),
  max_routes_per_service: z
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe('routes told apart in one service; requests of further ones are counted under __other__'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('threads that parse log lines; by default one fewer than the machine has cores, at most 8'),
})

export type IngestConfig = z.infer<typeof ingestConfig>
