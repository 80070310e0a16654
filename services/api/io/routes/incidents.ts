import { z } from 'zod'
import { incidentSchema } from '../../../../shared/domain/incident-schema.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../../shared/domain/incident-wire.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { END_OF_TIME_MS, instantText, nameFilter, pageOf, pageQuery, someOf, toPage } from '../../core/list-query.ts'
import { SETTINGS } from '../cell-queries.ts'
import { keepFindings } from '../keep-findings.ts'

/** What an incident holds is documented whole; of what was once written, only what everybody relies on is asked for again. */
const answerSchema = incidentDocumentSchema.meta({ id: 'Incident', ...z.toJSONSchema(incidentSchema, { io: 'input' }) })
const pageSchema = pageOf(answerSchema)
const row = z
  .object({ id: z.string(), at_ms: z.coerce.number(), document: z.string() })
  .transform(({ id, at_ms: atMs, document }) => ({ id, atMs, item: readDocument(document) }))

const listQuery = z.object({
  state: someOf(['open', 'acknowledged', 'resolved']),
  severity: someOf(['critical', 'major', 'minor']),
  service: nameFilter,
  env: nameFilter,
  from: instantText.optional().describe('Only those that were not over before.'),
  to: instantText.optional().describe('Only those that began before.'),
  ...pageQuery,
})

/** Documents are read of the few that are answered. */
const LIST = `SELECT id, toUnixTimestamp64Milli(started_at) AS at_ms, document FROM incidents FINAL PREWHERE id IN (
SELECT id FROM incidents FINAL
WHERE (empty({states:Array(String)}) OR has({states:Array(String)}, toString(state)))
  AND (empty({severities:Array(String)}) OR has({severities:Array(String)}, JSONExtractString(document, 'severity')))
  AND ({service:String} = '' OR service = {service:String}) AND ({env:String} = '' OR env = {env:String})
  AND toUnixTimestamp64Milli(started_at) < {to:Int64} AND (resolved_at IS NULL OR toUnixTimestamp64Milli(assumeNotNull(resolved_at)) >= {from:Int64})
  AND (toUnixTimestamp64Milli(started_at) < {cursorMs:Int64} OR (toUnixTimestamp64Milli(started_at) = {cursorMs:Int64} AND id > {cursorId:String}))
ORDER BY started_at DESC, id LIMIT {rows:UInt32})
ORDER BY at_ms DESC, id ${SETTINGS}`

/** `GET /api/v1/incidents`, newest first, and one by its id. */
export function incidentsRoutes(deps: { readonly query: Store['query']; readonly nowMs: () => number }): HttpRoutes {
  const { query } = deps
  const keepPages = keepFindings<z.infer<typeof pageSchema>>(deps, ['incidents', 'notices'])
  return async (server) => {
    server.get(
      '/api/v1/incidents',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'Incidents, newest first',
          tags: ['incidents'],
          querystring: listQuery,
          response: { 200: pageSchema },
        },
      },
      ({ query: asked }) =>
        keepPages(JSON.stringify(asked), async () => {
          const { state, severity, service, env, from = 0, to = END_OF_TIME_MS, limit, cursor } = asked
          const filters = { states: state, severities: severity, service, env, from, to }
          const place = { cursorMs: cursor.atMs, cursorId: cursor.id, rows: limit + 1 }
          const page = toPage(await query(row, LIST, { ...filters, ...place }), limit)
          return { ...page, items: await withNotifiedAt(query, page.items) }
        }),
    )
    server.get(
      '/api/v1/incidents/:id',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'One incident',
          tags: ['incidents'],
          params: z.object({ id: z.string() }),
          response: { 200: answerSchema },
        },
      },
      async ({ params: { id } }) => {
        const [found] = await query(
          row,
          'SELECT id, 0 AS at_ms, document FROM incidents FINAL WHERE id = {id:String} SETTINGS max_threads = 1',
          { id },
        )
        if (found === undefined) throw new HttpError('no_incident', `no incident has the id ${id.slice(0, 100)}`)
        const [item = found.item] = await withNotifiedAt(query, [found.item])
        return item
      },
    )
  }
}

const NOTIFIED = `SELECT incident_id, toUnixTimestamp64Milli(min(assumeNotNull(sent_at))) AS at_ms FROM notices FINAL
WHERE has({ids:Array(String)}, incident_id) AND sent_at IS NOT NULL AND target != 'rollback'
GROUP BY incident_id SETTINGS max_threads = 1`

/** With the moment that the first message about each left. */
async function withNotifiedAt(query: Store['query'], items: readonly IncidentDocument[]): Promise<IncidentDocument[]> {
  if (items.length === 0) return []
  const rows = await query(z.object({ incident_id: z.string(), at_ms: z.coerce.number() }), NOTIFIED, {
    ids: items.map(({ id }) => id),
  })
  const notified = new Map(rows.map(({ incident_id, at_ms }) => [incident_id, new Date(at_ms).toISOString()]))
  return items.map((item) => {
    const at = notified.get(item.id)
    return at === undefined ? item : { ...item, notified_at: at }
  })
}

function readDocument(document: string): IncidentDocument {
  return incidentDocumentSchema.parse(JSON.parse(document))
}
