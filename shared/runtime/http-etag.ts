import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** Answers to GET bear an `ETag` of their content; whoever has that content already is told so with 304. */
export function tagAnswers(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`
    reply.header('etag', tag)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache')
    const known = request.headers['if-none-match']?.split(',').map((one) => one.trim())
    if (known?.includes(tag) !== true) return payload
    reply.code(304)
    return ''
  })
}
