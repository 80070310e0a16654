import { z } from 'zod'
import { durationSchema } from '../../shared/runtime/duration.ts'
import type { DetectorSettings, ServiceSettings } from './core/settings.ts'

const EXCESS = 'errors above normal before anybody is told'
const TRAFFIC_DROP = 'whether a service that falls silent, or nearly, is told of'
const LATENCY = 'whether a service whose requests take much longer than usual is told of'
const CLIENT_ERRORS = 'whether 401–404 and 429 that begin with a change are told of'
/** What comes later than this is no incident that anybody could still help. */
const LATENESS_MAX_MS = 3_600_000
const UPLIFT = 'share of requests above normal, 0–1, before anybody is told'

/** The `detection` key of the configuration. */
export const detectionSchema = z.strictObject({
  false_alarms_per_week: z
    .number()
    .positive()
    .default(0.2)
    .describe('false alarms a week over everything watched; every threshold follows from it'),
  minimum_excess_errors: z.number().min(1).default(4).describe(EXCESS),
  minimum_uplift: z.number().min(0).max(1).default(0.002).describe(UPLIFT),
  lateness: durationSchema
    .default(5_000)
    .describe('how long after its end a live cell is judged; in a replay nothing is late'),
  traffic_drop: z.boolean().default(true).describe(TRAFFIC_DROP),
  minimum_traffic_drop: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.9)
    .describe('share of the expected traffic that is missing, 0–1, before anybody is told'),
  minimum_ratio: z.number().min(1).default(1.2).describe('error rate over the normal one before anybody is told'),
  latency: z.boolean().default(true).describe(LATENCY),
  client_errors: z.boolean().default(true).describe(CLIENT_ERRORS),
  minimum_slowdown: z
    .number()
    .min(1.4)
    .max(64)
    .default(2)
    .describe('a request is slow from so many times the normal 95th percentile on; in steps of 1.4'),
})

/** The `services.{name}.detection` key. */
export const serviceDetectionSchema = z.strictObject({
  minimum_excess_errors: z.number().min(1).optional().describe(EXCESS),
  minimum_uplift: z.number().min(0).max(1).optional().describe(UPLIFT),
  traffic_drop: z.boolean().optional().describe(TRAFFIC_DROP),
  latency: z.boolean().optional().describe(LATENCY),
  client_errors: z.boolean().optional().describe(CLIENT_ERRORS),
  lateness: durationSchema
    .refine((ms) => ms <= LATENESS_MAX_MS, 'at most 1h')
    .optional()
    .describe('how long after its end a cell of this service is judged, where its log comes late, as files do'),
  enabled: z.boolean().optional().describe('false: this service is not watched'),
})

type ServiceDetection = z.infer<typeof serviceDetectionSchema>

/** Joins both into what the detector works with. */
export function toDetectorSettings(
  detection: z.infer<typeof detectionSchema>,
  services: ReadonlyMap<string, ServiceDetection>,
): DetectorSettings {
  return {
    falseAlarmsPerWeek: detection.false_alarms_per_week,
    limits: {
      excessErrors: detection.minimum_excess_errors,
      uplift: detection.minimum_uplift,
      ratio: detection.minimum_ratio,
    },
    trafficDrop: { enabled: detection.traffic_drop, share: detection.minimum_traffic_drop },
    latency: { enabled: detection.latency, slowdown: detection.minimum_slowdown },
    clientErrors: detection.client_errors,
    services: new Map([...services].map(([name, own]) => [name, toServiceLimits(own)])),
  }
}

function toServiceLimits(own: ServiceDetection): ServiceSettings {
  const { minimum_excess_errors, minimum_uplift, traffic_drop, latency, client_errors, enabled } = own
  return {
    ...(minimum_excess_errors !== undefined && { excessErrors: minimum_excess_errors }),
    ...(minimum_uplift !== undefined && { uplift: minimum_uplift }),
    ...(traffic_drop !== undefined && { trafficDrop: { enabled: traffic_drop } }),
    ...(latency !== undefined && { latency: { enabled: latency } }),
    ...(client_errors !== undefined && { clientErrors: client_errors }),
    ...(enabled !== undefined && { enabled }),
  }
}

/** Services whose cells are judged at the same time after their end. */
export interface LatenessClass {
  readonly latenessMs: number
  readonly services: { readonly only: readonly string[]; readonly but: readonly string[] }
}

/** First those that have no lateness of their own, then one class a lateness. */
export function latenessClasses(
  { lateness }: z.infer<typeof detectionSchema>,
  services: ReadonlyMap<string, ServiceDetection>,
): LatenessClass[] {
  const byLateness = new Map<number, string[]>()
  for (const [name, own] of services) {
    if (own.lateness === undefined || own.lateness === lateness) continue
    byLateness.set(own.lateness, [...(byLateness.get(own.lateness) ?? []), name].toSorted())
  }
  const others = [...byLateness].map(([latenessMs, only]) => ({ latenessMs, services: { only, but: [] } }))
  return [{ latenessMs: lateness, services: { only: [], but: [...byLateness.values()].flat() } }, ...others]
}
