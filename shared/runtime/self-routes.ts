import { z } from 'zod'
import type { HttpRoutes } from './http-server.ts'
import type { Metrics } from './metrics.ts'

export interface SelfRoutesDeps {
  /** Why this process can't do its work now; undefined when it can. */
  readonly notReady: () => Promise<string | undefined>
  readonly metrics: Metrics
}

const statusSchema = z.object({ status: z.string() })

/** What every process says of itself: `/healthz` that it lives, `/readyz` that it takes work, `/metrics` for Prometheus. */
export function selfRoutes({ notReady, metrics }: SelfRoutesDeps): HttpRoutes {
  return async (server) => {
    server.get(
      '/healthz',
      {
        config: { scope: 'public' },
        schema: { summary: 'Whether this process lives', tags: ['self'], response: { 200: statusSchema } },
      },
      async () => ({ status: 'ok' }),
    )
    server.get(
      '/readyz',
      {
        config: { scope: 'public' },
        schema: {
          summary: 'Whether this process takes work',
          tags: ['self'],
          response: { 200: statusSchema, 503: statusSchema.describe('It does not, and why.') },
        },
      },
      async (_request, reply) => {
        const reason = await notReady()
        return reply.code(reason === undefined ? 200 : 503).send({ status: reason ?? 'ready' })
      },
    )
    server.get(
      '/metrics',
      {
        config: { scope: 'read' },
        schema: { summary: 'For Prometheus', tags: ['self'], produces: ['text/plain'], response: { 200: z.string() } },
      },
      async (_request, reply) => {
        const { contentType, text } = await metrics.render()
        return reply.type(contentType).serializer(String).send(text)
      },
    )
  }
}
