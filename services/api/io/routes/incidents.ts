import { z } from 'zod'
import { incidentDocumentSchema } from '../../../../shared/domain/incident-wire.ts'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'

const LISTED_MAX = 100
const documentRow = z
  .object({ document: z.string() })
  .transform(({ document }) => incidentDocumentSchema.parse(JSON.parse(document)))

/** `GET /api/v1/incidents`, newest first, and one by its id. */
export function incidentsRoutes({ query }: { readonly query: Store['query'] }): HttpRoutes {
  return async (server) => {
    server.get('/api/v1/incidents', async () => ({
      items: await query(
        documentRow,
        `SELECT document FROM incidents FINAL ORDER BY started_at DESC, id LIMIT ${LISTED_MAX} SETTINGS max_threads = 1`,
      ),
    }))
    server.get<{ Params: { id: string } }>('/api/v1/incidents/:id', async (request) => {
      const [incident] = await query(
        documentRow,
        'SELECT document FROM incidents FINAL WHERE id = {id:String} SETTINGS max_threads = 1',
        { id: request.params.id },
      )
      if (incident === undefined) throw new HttpError(404, 'no_incident', `no incident has the id ${request.params.id}`)
      return incident
    })
  }
}
