import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

const MAX_AGE_SECONDS = 600

/** Lets pages of these sites, and of no other, ask this server from a browser: with a token, and never with a cookie. */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await server.register(fastifyCors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id'],
    exposedHeaders: ['etag', 'retry-after'],
    maxAge: MAX_AGE_SECONDS,
  })
}
