import { type FastifyInstance, type FastifyPluginAsync, fastify } from 'fastify'
import { HttpError, InputError, OperationError } from './errors.ts'
import type { Log } from './log.ts'

/** A service's routes: given the server, adds them. */
export type HttpRoutes = FastifyPluginAsync

export interface HttpServer {
  /** Resolves to the address listened on, e.g. `http://127.0.0.1:8080`. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>
  /** Answers a request without a port, for tests. */
  readonly inject: FastifyInstance['inject']
  /** Takes no new request and resolves once those under way are answered, or have had some seconds. */
  close(): Promise<void>
}

/** As sent, compressed or not. */
const BODY_BYTES_MAX = 32 * 1024 * 1024
const REQUEST_MS_MAX = 60_000
const HEADERS_MS_MAX = 10_000
/** A body that comes slowly must not keep a process from ending. */
const CLOSE_MS_MAX = 5_000

/**
 * The one HTTP server of a process; services hand it their routes. A failure is answered as `application/problem+json`
 * (RFC 9457): an InputError with 400, an OperationError that may pass with 503 and Retry-After, anything else with 500.
 */
export async function createHttpServer(
  deps: { readonly log: Log },
  routes: readonly HttpRoutes[],
): Promise<HttpServer> {
  const server = fastify({ bodyLimit: BODY_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, return503OnClosing: true })
  server.server.headersTimeout = HEADERS_MS_MAX
  // Every body arrives as bytes: whoever takes it knows what it is, and a signature is over the bytes.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type(PROBLEM)
      .send(problem(404, 'not_found', `nothing answers ${request.method} here`)),
  )
  server.setErrorHandler((error, _request, reply) => {
    const { status, code, detail, retryAfterSeconds } = describe(error)
    if (status >= 500) deps.log.error({ error }, 'a request failed')
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    return reply
      .code(status)
      .type(PROBLEM)
      .send(problem(status, code, detail))
  })
  for (const plugin of routes) await server.register(plugin)
  return {
    async listen(address) {
      try {
        return await server.listen(address)
      } catch (cause) {
        throw new OperationError(
          `can't listen on ${address.host}:${address.port}: ${cause instanceof Error ? cause.message : String(cause)}: set listen.host and listen.port`,
          { code: 'cannot_listen', retryable: false, cause },
        )
      }
    },
    inject: server.inject.bind(server) as FastifyInstance['inject'],
    async close() {
      const deadline = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS_MAX)
      await server.close()
      clearTimeout(deadline)
    },
  }
}

const PROBLEM = 'application/problem+json'

function problem(status: number, code: string, detail: string): Readonly<Record<string, unknown>> {
  return { type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail }
}

interface Answer {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly retryAfterSeconds?: number
}

const RETRY_AFTER_SECONDS = 5

function describe(error: unknown): Answer {
  if (error instanceof HttpError) return { status: error.status, code: error.code, detail: error.message }
  if (error instanceof InputError) return { status: 400, code: 'bad_input', detail: error.message }
  if (error instanceof OperationError && error.retryable)
    return { status: 503, code: error.code, detail: 'try again shortly', retryAfterSeconds: RETRY_AFTER_SECONDS }
  const status = statusOf(error)
  if (status !== undefined && status >= 400 && status < 500 && error instanceof Error)
    return { status, code: 'bad_request', detail: error.message }
  return { status: 500, code: 'internal', detail: 'this failed on our side; the log says why' }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}
