import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { HttpError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { EventLog } from '../../core/event-log.ts'

export interface StreamRoutesDeps {
  readonly stream: EventLog
}

const READERS_MAX = 500
/** Of one reader, written and not yet taken. */
const WAITING_BYTES_MAX = 1024 * 1024
const HEARTBEAT_MS = 15_000

const DOCUMENTATION = {
  summary: 'Incidents as they happen, as server-sent events',
  description: `Each \`incident\` event bears the incident as it is now. With \`Last-Event-ID\` what came since is sent first.
A \`gap\` event says that some were missed, because they are no longer known or were not taken in time: read the list again.
A \`hello\` event comes first, a comment every ${HEARTBEAT_MS / 1_000} seconds.`,
  tags: ['incidents'],
  produces: ['text/event-stream'],
  headers: z.object({ 'last-event-id': z.string().max(200).optional() }),
  response: { 200: z.string() },
}

/** `GET /api/v1/stream`. */
export function streamRoutes({ stream }: StreamRoutesDeps): HttpRoutes {
  return async (server) => {
    const readers = new Set<ServerResponse>()
    server.addHook('preClose', async () => {
      for (const reader of readers) reader.end()
    })
    server.get('/api/v1/stream', { config: { scope: 'read' }, schema: DOCUMENTATION }, async (request, reply) => {
      if (readers.size >= READERS_MAX) throw new HttpError('too_busy', `more than ${READERS_MAX} listen already`)
      const response = reply.hijack().raw
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) response.setHeader(name, value)
      readers.add(response)
      response.on('close', () => readers.delete(response))
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // A proxy that waits for more would hold incidents back.
        'x-accel-buffering': 'no',
      })
      tell(response, stream, request.headers['last-event-id'])
    })
  }
}

function tell(response: ServerResponse, stream: EventLog, lastId: string | undefined): void {
  let isBehind = false
  const write = (frame: string): void => {
    if (isBehind) return
    response.write(frame)
    isBehind = response.writableLength > WAITING_BYTES_MAX
  }
  const tellGap = () => write(`event: gap\nid: ${stream.newestId()}\ndata: {}\n\n`)
  const missed = lastId === undefined ? [] : stream.after(lastId)
  write(`retry: 2000\nevent: hello\nid: ${lastId ?? stream.newestId()}\ndata: {}\n\n`)
  if (missed === undefined) tellGap()
  else for (const { frame } of missed) write(frame)
  const stopListening = stream.listen(({ frame }) => write(frame))
  response.on('drain', () => {
    if (!isBehind) return
    isBehind = false
    tellGap()
  })
  const heartbeat = setInterval(() => write(': alive\n\n'), HEARTBEAT_MS)
  response.on('close', () => {
    clearInterval(heartbeat)
    stopListening()
  })
}
