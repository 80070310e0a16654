import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from './errors.ts'
import { isLoopback } from './loopback.ts'
import type { Scope } from './scopes.ts'

/** Who may ask what. The token itself is known to its bearer alone. */
export interface ApiToken {
  readonly name: string
  /** SHA-256 of the token, hexadecimal. A token is long and drawn by chance, so no slower hash is needed. */
  readonly sha256: string
  readonly scopes: readonly Scope[]
}

export interface Access {
  /** None: whoever reaches the server may do everything. */
  readonly tokens: readonly ApiToken[]
  /** Only this machine reaches the server. */
  readonly isLocal: boolean
  /** Other sites whose pages may use it from a browser, such as `https://ops.example`; none when absent. */
  readonly origins?: readonly string[]
}

/**
 * Lets requests through whose token has the route's scope (`admin` has all, `operate` may read). Without tokens, browsers are
 * kept from being used by other sites: neither a form nor a rebound name reaches anything.
 */
export function guardRoutes(server: FastifyInstance, { tokens, isLocal, origins = [] }: Access): void {
  const known = tokens.map(({ sha256, scopes }) => ({ digest: Buffer.from(sha256, 'hex'), scopes }))
  server.addHook('onRequest', async (request, reply) => {
    const { url, config } = request.routeOptions
    if (url === undefined) return
    if (
      isWrite(request) &&
      request.headers['sec-fetch-site'] === 'cross-site' &&
      !origins.includes(request.headers.origin ?? '')
    )
      throw new HttpError('forbidden', 'another site may not do this in your name')
    const scope = config.scope ?? (isWrite(request) ? 'operate' : 'read')
    if (scope === 'public') return
    if (tokens.length === 0) {
      if (isLocal) refuseOtherNames(request)
      return
    }
    const digest = createHash('sha256').update(bearerOf(request)).digest()
    const token = known.filter((one) => timingSafeEqual(one.digest, digest))[0]
    if (token === undefined) {
      reply.header('www-authenticate', 'Bearer')
      throw new HttpError('unauthorized', 'send a token of this server: Authorization: Bearer …')
    }
    if (!mayDo(token.scopes, scope)) throw new HttpError('forbidden', `the token has no scope ${scope}`)
  })
}

function isWrite({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function mayDo(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin') || (scope === 'read' && scopes.includes('operate'))
}

function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

/** A page elsewhere may have its own name point here, and would then be taken for ours. */
function refuseOtherNames({ hostname }: FastifyRequest): void {
  if (isLoopback(hostname)) return
  throw new HttpError(
    'forbidden',
    'without tokens this server answers to localhost alone: set tokens to reach it by another name',
  )
}
