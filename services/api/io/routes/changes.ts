import { z } from 'zod'
import type { Bus } from '../../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import type { EnvAliases } from '../../../../shared/domain/env-aliases.ts'
import { parseChanges } from '../../../../shared/domain/parse-changes.ts'
import { InputError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'

export interface ChangesRoutesDeps {
  readonly query: Store['query']
  readonly publish: Bus['publish']
}

const LISTED_MAX = 100
const documentRow = z
  .object({ document: z.string() })
  .transform(({ document }) => z.record(z.string(), z.unknown()).parse(JSON.parse(document)))

/**
 * `POST /api/v1/changes`: one change, a JSON array of them, or one a line; all are taken or, when one is malformed, none.
 * Answers 202 with their ids once they are safe. `GET`: newest first.
 */
export function changesRoutes({ query, publish }: ChangesRoutesDeps, envAliases: EnvAliases): HttpRoutes {
  return async (server) => {
    server.post('/api/v1/changes', async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new InputError('the request has no body: send a change as JSON')
      const parsed = parseChanges(request.body.toString(), 'changes', envAliases)
      if (parsed.kind === 'malformed') throw new InputError(parsed.message)
      await publish(
        'changes',
        parsed.changes.map((change) => toJsonMessage(change.env, changeToWire(change))),
      )
      return reply.code(202).send({ accepted: parsed.changes.length, ids: parsed.changes.map(({ id }) => id) })
    })
    server.get('/api/v1/changes', async () => ({
      items: await query(
        documentRow,
        `SELECT document FROM changes FINAL WHERE status != 'deleted' ORDER BY ts DESC, id LIMIT ${LISTED_MAX} SETTINGS max_threads = 1`,
      ),
    }))
  }
}
