import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Bus } from '../../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import { type SilenceWire, silenceListSchema } from '../../../../shared/domain/silence-wire.ts'
import { parseDuration } from '../../../../shared/runtime/duration.ts'
import { HttpError, InputError } from '../../../../shared/runtime/errors.ts'
import { type HttpRoutes, takeJson } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'

export interface SilencesRoutesDeps {
  readonly query: Store['query']
  readonly publish: Bus['publish']
  /** The maintenance windows of the configuration: each under way, or its next. */
  readonly plannedSilences: () => readonly SilenceWire[]
  readonly nowMs: () => number
}

const SILENCE_MS_MAX = 90 * 24 * 3_600_000
const LISTED_MAX = 1_000

const name = z.string().trim().min(1).max(200)
const silenceSchema = z.object({
  author: name.describe('Who mutes.'),
  note: z.string().trim().max(2_000).nullish().describe('Why.'),
  env: name.nullish().describe('In this environment; in any when absent.'),
  service: name.nullish().describe('Incidents of this service; of any when absent.'),
  incident_id: name.nullish().describe('This incident alone.'),
  starts_at: z.iso.datetime({ offset: true }).nullish().describe('Now when absent.'),
  ends_at: z.iso.datetime({ offset: true }).nullish(),
  duration: z.string().nullish().describe('Instead of `ends_at`: 90m, 2h, 7d.'),
})

const nullIfEmpty = z.string().transform((text) => (text === '' ? null : text))
const utc = z.coerce.number().transform((atMs) => new Date(atMs).toISOString())
const silenceRow = z.object({
  id: z.string(),
  author: nullIfEmpty,
  note: nullIfEmpty,
  env: nullIfEmpty,
  service: nullIfEmpty,
  incident_id: nullIfEmpty,
  starts_at: utc,
  ends_at: utc,
  origin: z.literal('people').default('people'),
})

const receiptSchema = z.object({ accepted: z.number(), id: z.string().describe('Of the silence.') })
const byWhom = z.object({ author: name.nullish(), note: z.string().trim().max(2_000).nullish() })
const operate = { scope: 'operate' } as const

const COLUMNS = `id, author, note, env, service, incident_id,
  toUnixTimestamp64Milli(silences.starts_at) AS starts_at, toUnixTimestamp64Milli(silences.ends_at) AS ends_at`

/**
 * `GET /api/v1/silences`: those that have not ended, by their end, with the maintenance windows of the configuration. `POST` mutes, with an author and an end; `DELETE /{id}`
 * ends one now. Both answer 202 once that is safe.
 */
export function silencesRoutes({ query, publish, plannedSilences, nowMs }: SilencesRoutesDeps): HttpRoutes {
  return async (server) => {
    takeJson(server)
    const list = { summary: 'What is muted now or will be', tags: ['silences'], response: { 200: silenceListSchema } }
    server.get('/api/v1/silences', { config: { scope: 'read' }, schema: list }, async () => {
      const ofPeople = await query(
        silenceRow,
        `SELECT ${COLUMNS} FROM silences FINAL
         WHERE silences.ends_at > fromUnixTimestamp64Milli({now:Int64}, 'UTC') ORDER BY silences.ends_at, id LIMIT ${LISTED_MAX}`,
        { now: Math.floor(nowMs()) },
      )
      const all: SilenceWire[] = [...ofPeople, ...plannedSilences()]
      return { items: all.toSorted((a, b) => Date.parse(a.ends_at) - Date.parse(b.ends_at)) }
    })
    const post = { summary: 'Mute', tags: ['silences'], body: silenceSchema, response: { 202: receiptSchema } }
    server.post('/api/v1/silences', { config: operate, schema: post }, async (request, reply) => {
      const { author, note, env, service, incident_id } = request.body
      const { startsAtMs, endsAtMs } = readSpan(request.body, nowMs())
      const id = `sil_${randomUUID()}`
      const command = {
        kind: 'silence',
        id,
        at: new Date(nowMs()).toISOString(),
        author,
        note: note || null,
        env: env ?? null,
        service: service ?? null,
        incident_id: incident_id ?? null,
        starts_at: new Date(startsAtMs).toISOString(),
        ends_at: new Date(endsAtMs).toISOString(),
      }
      await publish('commands', [toJsonMessage(incident_id ?? id, command)])
      return reply.code(202).send({ accepted: 1, id })
    })
    const end = {
      summary: 'Speak again',
      tags: ['silences'],
      params: z.object({ id: z.string() }),
      body: byWhom.nullish().transform((said) => said ?? {}),
      response: { 202: receiptSchema },
    }
    server.delete('/api/v1/silences/:id', { config: operate, schema: end }, async (request, reply) => {
      const { id } = request.params
      if (plannedSilences().some((planned) => planned.id === id))
        throw new HttpError('silence_from_configuration', `${id} is a maintenance window of the configuration`)
      const [known] = await query(
        z.object({ incident_id: z.string() }),
        'SELECT incident_id FROM silences FINAL WHERE id = {id:String}',
        { id },
      )
      if (known === undefined) throw new HttpError('no_silence', `no silence has the id ${id}`)
      const { author, note } = request.body
      const command = {
        kind: 'unsilence',
        id: `cmd_${randomUUID()}`,
        at: new Date(nowMs()).toISOString(),
        author: author ?? null,
        note: note || null,
        silence_id: id,
      }
      // Under the key of what began it, so that it comes after.
      await publish('commands', [toJsonMessage(known.incident_id || id, command)])
      return reply.code(202).send({ accepted: 1, id })
    })
  }
}

/** @throws InputError where a silence would have no end, or none to come. */
function readSpan(
  { starts_at, ends_at, duration }: z.infer<typeof silenceSchema>,
  nowMs: number,
): { startsAtMs: number; endsAtMs: number } {
  const startsAtMs = starts_at == null ? nowMs : Date.parse(starts_at)
  const lengthMs = duration == null ? undefined : parseDuration(duration)
  if (duration != null && lengthMs === undefined) throw new InputError('duration: write it like 90m, 2h or 7d')
  if (ends_at == null && lengthMs === undefined)
    throw new InputError('ends_at: a silence has an end: give ends_at or duration')
  const endsAtMs = ends_at == null ? startsAtMs + (lengthMs ?? 0) : Date.parse(ends_at)
  if (endsAtMs <= Math.max(startsAtMs, nowMs)) throw new InputError('ends_at: must be after starts_at, and to come')
  if (endsAtMs - startsAtMs > SILENCE_MS_MAX) throw new InputError('ends_at: a silence lasts 90 days at most')
  return { startsAtMs, endsAtMs }
}
