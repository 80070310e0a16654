import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector, fetch } from 'undici'
import { OperationError } from './errors.ts'

/** What a request is made of, and what comes back: the part of `fetch` that clients of services need. */
export interface GuardedRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

export interface GuardedResponse {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: { get(name: string): string | null; entries(): Iterable<[string, string]> }
  arrayBuffer(): Promise<ArrayBuffer>
  json(): Promise<unknown>
  text(): Promise<string>
}

export type GuardedFetch = (url: string | URL, request?: GuardedRequest) => Promise<GuardedResponse>

export interface GuardedFetchOptions {
  /** Host names or addresses that may be reached wherever they are, and without TLS. */
  readonly allowedHosts: readonly string[]
  /** Finds a name's addresses; the system's resolver when absent. */
  readonly resolve?: typeof resolveName
}

const CONNECT_MS_MAX = 5_000
const REQUEST_MS_MAX = 15_000

/**
 * Makes requests to public addresses over TLS alone: never to this machine, a private network or a cloud's metadata, whatever
 * a name resolves to at that moment, and never on along a redirect. Rejects with an OperationError; `address_refused` is for good.
 */
export function createGuardedFetch({ allowedHosts, resolve = resolveName }: GuardedFetchOptions): GuardedFetch {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const refused = addresses.find(({ address }) => !isPublicAddress(address))
      const [first] = addresses
      if (first === undefined || refused !== undefined) return callback(refusal(hostname), '', 0)
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
  const connectAnywhere = buildConnector({ timeout: CONNECT_MS_MAX })
  const connectGuarded = buildConnector({ timeout: CONNECT_MS_MAX, lookup: guardedLookup })
  const agent = new Agent({
    connect(options, callback) {
      const host = bareHost(options.hostname)
      if (allowed.has(host)) return connectAnywhere(options, callback)
      // An address is connected to without being looked up.
      if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(refusal(host), null)
      return connectGuarded(options, callback)
    },
  })
  return async (url, request = {}) => {
    const target = new URL(url)
    const host = bareHost(target.hostname)
    const isTrusted = allowed.has(host)
    const isSafe = target.protocol === 'https:' || (isTrusted && target.protocol === 'http:')
    // Nobody sends names and passwords in an address any more, and it ends up in logs.
    if (!isSafe || target.username !== '' || target.password !== '') throw refusal(host)
    const { signal = AbortSignal.timeout(REQUEST_MS_MAX), ...rest } = request
    try {
      return await fetch(target, { ...rest, signal, redirect: 'manual', dispatcher: agent })
    } catch (cause) {
      throw toFailure(cause, host)
    }
  }
}

/** All that is given out of IPv6 (RFC 4291, section 2.4); what is outside may hold an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

/** Whether an address is on the public internet; an address within another (mapped, 6to4, NAT64) is not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST)
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

function refusal(host: string): OperationError {
  return new OperationError(
    `${host.slice(0, 100)} is refused: only public addresses over https are called, unless notify.allowed_hosts names the host`,
    { code: 'address_refused', retryable: false },
  )
}

/** The address stays out of the words: it may hold a secret. */
function toFailure(cause: unknown, host: string): OperationError {
  for (let inner = cause; inner instanceof Error; inner = inner.cause) if (inner instanceof OperationError) return inner
  return new OperationError(`${host.slice(0, 100)} can't be reached`, { code: 'unreachable', retryable: true, cause })
}
