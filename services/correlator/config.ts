import { z } from 'zod'
import { durationSchema } from '../../shared/runtime/duration.ts'
import { type CorrelatorSettings, DEFAULT_SETTINGS } from './core/settings.ts'

const LOOKBACK_MS_MIN = 60_000
const LOOKBACK_MS_MAX = 7 * 24 * 3_600_000

/** The `correlation` key of the configuration. */
export const correlationSchema = z.strictObject({
  lookback: durationSchema
    .refine(
      (durationMs) => durationMs >= LOOKBACK_MS_MIN && durationMs <= LOOKBACK_MS_MAX,
      'must lie between 1m and 7d',
    )
    .default(DEFAULT_SETTINGS.lookbackMs)
    .describe('How far back before the first errors a change can be their cause'),
  blame_at: z
    .number()
    .gt(0)
    .lte(1)
    .default(DEFAULT_SETTINGS.blameAt)
    .describe('The probability from which on a suspect is blamed'),
  env_aliases: z
    .record(z.string().toLowerCase(), z.string().toLowerCase())
    .default({})
    .describe('Other names of an environment, e.g. `blue: prod`; added to the usual ones'),
})

/** What the correlator reads of one `services.{name}` entry; other services add their own keys to it. */
export const correlatorServiceShape = {
  calls: z.array(z.string()).optional().describe('Names of the services that it calls'),
  rollback: z
    .string()
    .optional()
    .describe(
      'The command that rolls it back, {service}, {version}, {env}, {id}, {commit} filled in; or a tool: helm, argocd, …',
    ),
}

type CorrelationConfig = z.infer<typeof correlationSchema>
type ServiceConfig = z.infer<z.ZodObject<typeof correlatorServiceShape>>

/** Joins the two slices into what the correlator works with. */
export function toCorrelatorSettings(
  correlation: CorrelationConfig,
  services: Readonly<Record<string, ServiceConfig>>,
): CorrelatorSettings {
  return {
    lookbackMs: correlation.lookback,
    blameAt: correlation.blame_at,
    envAliases: { ...DEFAULT_SETTINGS.envAliases, ...correlation.env_aliases },
    services: Object.fromEntries(
      Object.entries(services).map(([name, { calls = [], rollback }]) => {
        return [name, { calls, ...(rollback !== undefined && { rollback }) }]
      }),
    ),
  }
}
