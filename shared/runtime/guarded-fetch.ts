import { Agent, buildConnector, fetch } from 'undici'
import { type AddressGuardOptions, bareHost, createAddressGuard, refusal } from './address-guard.ts'
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

const CONNECT_MS_MAX = 5_000
const REQUEST_MS_MAX = 15_000

/**
 * Makes requests to public addresses over TLS alone: never to this machine, a private network or a cloud's metadata, whatever
 * a name resolves to at that moment, and never on along a redirect. Rejects with an OperationError; `address_refused` is for good.
 */
export function createGuardedFetch(options: AddressGuardOptions): GuardedFetch {
  const guard = createAddressGuard(options)
  const connectAnywhere = buildConnector({ timeout: CONNECT_MS_MAX })
  const connectGuarded = buildConnector({ timeout: CONNECT_MS_MAX, lookup: guard.lookup })
  const agent = new Agent({
    connect(target, callback) {
      if (guard.isAllowedByName(target.hostname)) return connectAnywhere(target, callback)
      const refused = guard.refusalOf(target.hostname)
      return refused === undefined ? connectGuarded(target, callback) : callback(refused, null)
    },
  })
  return async (url, request = {}) => {
    const target = new URL(url)
    const host = bareHost(target.hostname)
    const isTrusted = guard.isAllowedByName(host)
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

/** The address stays out of the words: it may hold a secret. */
function toFailure(cause: unknown, host: string): OperationError {
  for (let inner = cause; inner instanceof Error; inner = inner.cause) if (inner instanceof OperationError) return inner
  return new OperationError(`${host.slice(0, 100)} can't be reached`, { code: 'unreachable', retryable: true, cause })
}
