import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { HttpError } from './errors.ts'

/**
 * Answers are data: a browser may show them and run nothing of them, in nobody's frame. Each client may ask so many times a
 * minute; what takes events in says itself when it is too much.
 */
export async function limitClients(server: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Whoever ends TLS before us says this.
    strictTransportSecurity: false,
  })
  await server.register(fastifyRateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    allowList: (request) => request.routeOptions.config.scope === 'ingest',
    errorResponseBuilder: (_request, { max }) =>
      new HttpError('too_many_requests', `more than ${max} requests within a minute`),
  })
}
