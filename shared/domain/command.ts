import { z } from 'zod'

/** What people ask for, by themselves or through a script, as it is published and kept: snake_case, RFC 3339 UTC. */

const NAME_LENGTH_MAX = 200
const NOTE_LENGTH_MAX = 2_000

const name = z.string().min(1).max(NAME_LENGTH_MAX)
const given = {
  /** Of this command: the same id again is the same command again. */
  id: name,
  at: z.iso.datetime(),
  author: name.nullable(),
  note: z.string().max(NOTE_LENGTH_MAX).nullable(),
}
const ofIncident = { ...given, incident_id: name }

const acknowledgeSchema = z.object({ ...ofIncident, kind: z.literal('acknowledge') })
const resolveSchema = z.object({ ...ofIncident, kind: z.literal('resolve') })
export const feedbackSchema = z.object({
  ...ofIncident,
  kind: z.literal('feedback'),
  /** Whether the first suspect did it. */
  verdict: z.enum(['right', 'wrong']),
  /** The first suspect at that moment; null: no change was suspected. */
  suspect_id: name.nullable(),
  /** The change that did it, where it was another. */
  change_id: name.nullable(),
})
/** Wants a change rolled back by the hook that is set up for it. */
const rollBackSchema = z.object({ ...ofIncident, kind: z.literal('roll_back'), change_id: name })
const deleteChangeSchema = z.object({ ...given, kind: z.literal('delete_change'), change_id: name })

/** Mutes what is told of incidents until `ends_at`; null in `env`, `service` or `incident_id`: whichever. `id` is the silence's. */
const silenceSchema = z.object({
  ...given,
  kind: z.literal('silence'),
  env: name.nullable(),
  service: name.nullable(),
  incident_id: name.nullable(),
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
})
const unsilenceSchema = z.object({ ...given, kind: z.literal('unsilence'), silence_id: name })

/** What people say about one incident. */
export const incidentCommandSchema = z.discriminatedUnion('kind', [
  acknowledgeSchema,
  resolveSchema,
  feedbackSchema,
  rollBackSchema,
])
export type IncidentCommand = z.infer<typeof incidentCommandSchema>
export type Feedback = z.infer<typeof feedbackSchema>
export type RollBack = z.infer<typeof rollBackSchema>

export const commandSchema = z.discriminatedUnion('kind', [
  acknowledgeSchema,
  resolveSchema,
  feedbackSchema,
  rollBackSchema,
  deleteChangeSchema,
  silenceSchema,
  unsilenceSchema,
])
export type Command = z.infer<typeof commandSchema>
