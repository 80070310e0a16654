import type { HttpRoutes } from './http-server.ts'
import type { Metrics } from './metrics.ts'

export interface SelfRoutesDeps {
  /** Why this process can't do its work now; undefined when it can. */
  readonly notReady: () => Promise<string | undefined>
  readonly metrics: Metrics
}

/** What every process says of itself: `/healthz` that it lives, `/readyz` that it takes work, `/metrics` for Prometheus. */
export function selfRoutes({ notReady, metrics }: SelfRoutesDeps): HttpRoutes {
  return async (server) => {
    server.get('/healthz', async () => ({ status: 'ok' }))
    server.get('/readyz', async (_request, reply) => {
      const reason = await notReady()
      return reply.code(reason === undefined ? 200 : 503).send({ status: reason ?? 'ready' })
    })
    server.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await metrics.render()
      return reply.type(contentType).send(text)
    })
  }
}
