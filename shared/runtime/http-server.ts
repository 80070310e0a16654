import { type FastifyInstance, fastify } from 'fastify'
import { type FastifyPluginAsyncZod, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { OperationError } from './errors.ts'
import { type Access, guardRoutes } from './http-access.ts'
import { allowOrigins } from './http-cors.ts'
import { answerFailures, sendProblem } from './http-errors.ts'
import { tagAnswers } from './http-etag.ts'
import { limitClients } from './http-limits.ts'
import { documentRoutes } from './http-openapi.ts'
import type { Log } from './log.ts'
import type { Scope } from './scopes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask this: a token with that scope; `public`: anybody, as the route itself makes sure of who it is. */
    readonly scope?: Scope | 'public'
  }
}

/**
 * A service's routes: given the server, adds them. What a route takes and answers is said once, in zod, in its `schema`: what
 * comes is checked against it and typed by it, and `/openapi.json` documents it. Answers are typed by it, not checked.
 */
export type HttpRoutes = FastifyPluginAsyncZod
export type HttpRoutesServer = Parameters<HttpRoutes>[0]

export interface HttpServer {
  /** Resolves to the address listened on, e.g. `http://127.0.0.1:8080`. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>
  /** Answers a request without a port, for tests. */
  readonly inject: FastifyInstance['inject']
  /** Takes no new request and resolves once those under way are answered, or have had some seconds. */
  close(): Promise<void>
}

export interface HttpServerSettings {
  /** To this machine alone, and open to it, when absent. */
  readonly access?: Access
  /** Of one client; events are not counted. */
  readonly requestsPerMinute?: number
}

const OPEN: Access = { tokens: [], isLocal: true }
const REQUESTS_PER_MINUTE = 6_000

/** As sent, compressed or not. */
const BODY_BYTES_MAX = 32 * 1024 * 1024
const JSON_BODY_BYTES_MAX = 1024 * 1024
const REQUEST_MS_MAX = 60_000
const HEADERS_MS_MAX = 10_000
/** Of a name in a path, e.g. a service's. */
const PARAMETER_LENGTH_MAX = 500
/** A body that comes slowly must not keep a process from ending. */
const CLOSE_MS_MAX = 5_000

/**
 * The one HTTP server of a process; services hand it their routes. A failure is answered as `application/problem+json`
 * (RFC 9457) with a code of `problems.ts`: an InputError with 400, an OperationError that may pass with 503 and Retry-After,
 * anything else with 500.
 */
export async function createHttpServer(
  deps: { readonly log: Log },
  routes: readonly HttpRoutes[],
  { access = OPEN, requestsPerMinute = REQUESTS_PER_MINUTE }: HttpServerSettings = {},
): Promise<HttpServer> {
  const onFailure = answerFailures(deps.log)
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    return503OnClosing: true,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    frameworkErrors: onFailure,
  }).withTypeProvider<ZodTypeProvider>()
  server.server.headersTimeout = HEADERS_MS_MAX
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  // Every body arrives as bytes: whoever takes it knows what it is, and a signature is over the bytes.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, { code: 'not_found', detail: `nothing answers ${request.method} here` }),
  )
  server.setErrorHandler(onFailure)
  // First, so that who is refused is told in the same headers, and tries no token more often than that.
  await limitClients(server, requestsPerMinute)
  // Before a token is asked for: a browser asks first whether it may send one.
  await allowOrigins(server, access.origins ?? [])
  guardRoutes(server, access)
  tagAnswers(server)
  await documentRoutes(server)
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

/** Bodies of the routes added to `server` are JSON, whatever the content type says: a `schema.body` has something to check. */
export function takeJson(server: HttpRoutesServer): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser<string>(
    '*',
    { parseAs: 'string', bodyLimit: JSON_BODY_BYTES_MAX },
    (request, text, done) => (text === '' ? done(null, undefined) : parse(request, text, done)),
  )
}
