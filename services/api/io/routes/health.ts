import { z } from 'zod'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'

export interface HealthDeps {
  readonly query: Store['query']
  readonly notReady: () => string | undefined
}

/** `/healthz`: the process lives. `/readyz`: it takes work, and its store answers. */
export function healthRoutes({ query, notReady }: HealthDeps): HttpRoutes {
  return async (server) => {
    server.get('/healthz', async () => ({ status: 'ok' }))
    server.get('/readyz', async (_request, reply) => {
      const reason = notReady() ?? (await storeProblem(query))
      return reply.code(reason === undefined ? 200 : 503).send({ status: reason ?? 'ready' })
    })
  }
}

async function storeProblem(query: Store['query']): Promise<string | undefined> {
  try {
    await query(z.object({ one: z.number() }), 'SELECT 1 AS one')
    return undefined
  } catch {
    return 'the store does not answer'
  }
}
