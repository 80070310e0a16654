import { z } from 'zod'

const overrides = z
  .strictObject({
    minimum_excess_errors: z.number().min(1).optional().describe('errors above normal before anybody is told'),
    minimum_uplift: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('share of requests, above normal, before anybody is told'),
    enabled: z.boolean().optional().describe('false: this service is not watched'),
  })
  .describe('detection settings of one service')

/** The `detection:` part of the configuration. */
export const detectionConfig = z.strictObject({
  false_alarms_per_week: z
    .number()
    .positive()
    .default(0.2)
    .describe('false alarms a week over everything watched; the thresholds follow from it'),
  minimum_excess_errors: z.number().min(1).default(4).describe('errors above normal before anybody is told'),
  minimum_uplift: z
    .number()
    .min(0)
    .max(1)
    .default(0.002)
    .describe('share of requests, above normal, before anybody is told'),
  minimum_ratio: z.number().min(1).default(1.2).describe('error rate against normal before anybody is told'),
})

export const serviceDetectionConfig = overrides

export type DetectionConfig = z.infer<typeof detectionConfig>
export type ServiceDetectionConfig = z.infer<typeof serviceDetectionConfig>
