import { z } from 'zod'

const count = z.coerce.number()

/** What a service's requests of a day say of themselves, as far as it matters to finding what broke them. */
export const serviceDiagnosisSchema = z.object({
  env: z.string(),
  service: z.string(),
  requests: count,
  without_version: count.describe('Requests whose log names no version.'),
  without_host: count.describe('Requests whose log names neither host nor upstream.'),
  overflow: count.describe('Requests of routes beyond those that are told apart.'),
  routes: count,
  biggest_route: z.string(),
  biggest_route_requests: count,
})

/** What is stored of the last day: from this `culprit doctor` finds the usual mistakes. */
export const diagnosisSchema = z.object({
  now: z.iso.datetime(),
  newest_event_at: z.iso.datetime().nullable(),
  judged_until: z.iso.datetime().nullable(),
  history_read_until: z.iso
    .datetime()
    .nullable()
    .default(null)
    .describe('How far a detector that starts has read what was stored before.'),
  rejected_lines: count,
  requests: count,
  changes: count,
  services: z.array(serviceDiagnosisSchema).describe('Those with the most requests.'),
})

export type Diagnosis = z.infer<typeof diagnosisSchema>
export type ServiceDiagnosis = z.infer<typeof serviceDiagnosisSchema>
