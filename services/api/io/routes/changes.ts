import { z } from 'zod'
import type { Bus } from '../../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '../../../../shared/domain/change.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import type { EnvAliases } from '../../../../shared/domain/env-aliases.ts'
import { parseChanges } from '../../../../shared/domain/parse-changes.ts'
import { stableHash } from '../../../../shared/domain/stable-hash.ts'
import { HttpError, InputError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import { changeViewSchema } from '../../core/change-view.ts'
import { END_OF_TIME_MS, instantText, nameFilter, pageOf, pageQuery, someOf, toPage } from '../../core/list-query.ts'
import { isCloudEvent, readCloudEvents } from '../../core/webhooks/cloudevents.ts'
import type { MapOptions } from '../../core/webhooks/map-changes.ts'
import { toDelivery } from '../../core/webhooks/read-delivery.ts'
import type { WebhookRequest } from '../../core/webhooks/sender.ts'
import { DEFAULT_SENDER_SETTINGS } from '../../core/webhooks/sender-settings.ts'
import { SETTINGS } from '../cell-queries.ts'
import { keepFindings } from '../keep-findings.ts'
import { CHANGE_COLUMNS, changeRow, withOutcomes } from '../read-changes.ts'
import type { OutcomeDeps } from '../read-outcomes.ts'
import { headersOf, parseBody } from '../webhooks/request-parts.ts'

export interface ChangesRoutesDeps extends OutcomeDeps {
  readonly publish: Bus['publish']
}

const receiptSchema = z.object({
  accepted: z.number().describe('How many changes they come to: those of one id are one.'),
  ids: z.array(z.string()),
  ignored: z.string().optional().describe('Why CloudEvents that are no changes are none: nothing was lost.'),
})
const keySchema = z.object({
  'idempotency-key': z
    .string()
    .max(200)
    .optional()
    .describe('Changes without an id of their own are the same under the same key.'),
})
const listQuery = z.object({
  kind: someOf(CHANGE_KINDS),
  status: someOf(CHANGE_STATUSES),
  service: nameFilter,
  env: nameFilter,
  author: nameFilter,
  from: instantText.optional().describe('Only those that were not over before.'),
  to: instantText.optional().describe('Only those that began before.'),
  ...pageQuery,
})
const pageSchema = pageOf(changeViewSchema)

/** Documents are read of the few that are answered. */
const LIST = `SELECT ${CHANGE_COLUMNS} FROM changes FINAL PREWHERE id IN (
  SELECT id FROM changes FINAL
  WHERE status != 'deleted' AND (empty({kinds:Array(String)}) OR has({kinds:Array(String)}, toString(kind)))
    AND (empty({statuses:Array(String)}) OR has({statuses:Array(String)}, toString(status)))
    AND ({service:String} = '' OR service = {service:String}) AND ({env:String} = '' OR env = {env:String})
    AND ({author:String} = '' OR JSONExtractString(document, 'author') = {author:String})
    AND toUnixTimestamp64Milli(ts) < {to:Int64} AND toUnixTimestamp64Milli(coalesce(finished_at, ts)) >= {from:Int64}
    AND (toUnixTimestamp64Milli(ts) < {cursorMs:Int64} OR (toUnixTimestamp64Milli(ts) = {cursorMs:Int64} AND id > {cursorId:String}))
  ORDER BY ts DESC, id LIMIT {rows:UInt32})
ORDER BY at_ms DESC, id ${SETTINGS}`

const ONE = `SELECT ${CHANGE_COLUMNS} FROM changes FINAL WHERE id = {id:String} AND status != 'deleted'`

/**
 * `POST /api/v1/changes`: one change, a JSON array of them, or one a line; all are taken or, when one is malformed, none.
 * Answers 202 with their ids once they are safe. `GET`: newest first; `GET /api/v1/changes/{id}`: one of them.
 */
export function changesRoutes(
  { publish, ...deps }: ChangesRoutesDeps,
  { envAliases, blameAt }: { readonly envAliases: EnvAliases; readonly blameAt: number },
): HttpRoutes {
  const { query, nowMs } = deps
  const keepPages = keepFindings<z.infer<typeof pageSchema>>(deps, ['changes', 'incidents'])
  return async (server) => {
    server.post(
      '/api/v1/changes',
      {
        config: { scope: 'changes' },
        schema: {
          summary: 'Tell of changes',
          description:
            'One change, a JSON array of them, or one a line; or CloudEvents, structured, batched or binary, that hold CDEvents or changes as their data. All are taken or, when one is malformed, none.',
          tags: ['changes'],
          consumes: [
            'application/json',
            'application/x-ndjson',
            'application/cloudevents+json',
            'application/cloudevents-batch+json',
          ],
          headers: keySchema,
          body: z.unknown(),
          response: { 202: receiptSchema },
        },
      },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body)) throw new InputError('the request has no body: send a change as JSON')
        const headers = headersOf(request)
        const parsed = isCloudEvent(headers)
          ? readEvents(
              { headers, body: parseBody({ headers, body: request.body }) },
              { envAliases, receivedAtMs: nowMs() },
            )
          : parseChanges(request.body.toString(), 'changes', envAliases)
        if (parsed.kind === 'malformed') throw new InputError(parsed.message)
        if (parsed.kind === 'ignored') return reply.code(202).send({ accepted: 0, ids: [], ignored: parsed.because })
        const changes = nameByKey(parsed.changes, request.headers['idempotency-key'])
        await publish(
          'changes',
          changes.map((change) => toJsonMessage(change.env, changeToWire(change))),
        )
        return reply.code(202).send({ accepted: changes.length, ids: changes.map(({ id }) => id) })
      },
    )
    server.get(
      '/api/v1/changes',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Changes, newest first',
          tags: ['changes'],
          querystring: listQuery,
          response: { 200: pageSchema },
        },
      },
      ({ query: asked }) =>
        keepPages(JSON.stringify(asked), async () => {
          const { kind, status, service, env, author, from = 0, to = END_OF_TIME_MS, limit, cursor } = asked
          const filters = { kinds: kind, statuses: status, service, env, author, from, to }
          const place = { cursorMs: cursor.atMs, cursorId: cursor.id, rows: limit + 1 }
          const rows = await query(changeRow, LIST, { ...filters, ...place })
          return toPage(await withOutcomes(deps, rows, blameAt), limit)
        }),
    )
    server.get(
      '/api/v1/changes/:id',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'One change, and how it turned out',
          tags: ['changes'],
          params: z.object({ id: z.string() }),
          response: { 200: changeViewSchema },
        },
      },
      async (request) => {
        const { id } = request.params
        const [found] = await withOutcomes(deps, await query(changeRow, ONE, { id }), blameAt)
        if (found === undefined) throw new HttpError('no_change', `no change has the id ${id}`)
        return found.item
      },
    )
  }
}

function readEvents(request: WebhookRequest, at: Pick<MapOptions, 'envAliases' | 'receivedAtMs'>) {
  const reading = readCloudEvents(request, DEFAULT_SENDER_SETTINGS)
  const delivery = toDelivery(reading, { sender: 'cloudevents', settings: DEFAULT_SENDER_SETTINGS, ...at })
  if (delivery.kind === 'changes') return { kind: 'ok', changes: delivery.changes } as const
  // Nothing of a CloudEvent asks for confirmation.
  return delivery.kind === 'confirm' ? ({ kind: 'ignored', because: 'no change' } as const) : delivery
}

/** What a change is called that was not given a name. */
const NAMELESS = /^chg_[0-9a-f]+$/

/** A sender that tries again may say the time anew: under one key that is no other change. */
function nameByKey(changes: readonly Change[], key: string | undefined): readonly Change[] {
  if (key === undefined) return changes
  return changes.map((change, at) => {
    return NAMELESS.test(change.id) ? { ...change, id: `chg_${stableHash(`${key}\n${at}`)}` } : change
  })
}
