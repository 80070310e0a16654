import { OperationError } from '../../../shared/runtime/errors.ts'
import type { GuardedFetch, GuardedRequest, GuardedResponse } from '../../../shared/runtime/guarded-fetch.ts'
import { DeliveryError } from './channel.ts'

/** Made out of `call`: the same, but calls begin at least `gapMs` apart. */
export function createPaced<Arguments extends unknown[], Result>(
  call: (...given: Arguments) => Promise<Result>,
  { gapMs, nowMs, sleep }: { gapMs: number; nowMs: () => number; sleep: (ms: number) => Promise<void> },
): (...given: Arguments) => Promise<Result> {
  let freeAtMs = 0
  return async (...given) => {
    const startMs = Math.max(nowMs(), freeAtMs)
    freeAtMs = startMs + gapMs
    const waitMs = startMs - nowMs()
    if (waitMs > 0) await sleep(waitMs)
    return call(...given)
  }
}

interface JsonRequest {
  readonly url: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: 'POST' | 'PATCH'
}

/** Posts JSON and resolves to the answer when it is 2xx. Rejects with a DeliveryError named for `who`. */
export async function postJson(
  fetch: GuardedFetch,
  who: string,
  { url, body, headers = {}, method = 'POST' }: JsonRequest,
): Promise<GuardedResponse> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }).catch((cause: unknown) => {
    throw toDeliveryError(who, cause)
  })
  if (!response.ok) throw statusFailure(who, response.status, response.headers.get('retry-after'))
  return response
}

/** A failure to reach the other side; neither the address nor the answer is in its words, as both may hold a secret. */
export function toDeliveryError(who: string, cause: unknown): DeliveryError {
  if (cause instanceof DeliveryError) return cause
  if (cause instanceof OperationError)
    return new DeliveryError(`${who}: ${cause.message}`, { code: cause.code, retryable: cause.retryable, cause })
  return new DeliveryError(`${who}: can't be reached`, { code: 'unreachable', retryable: true, cause })
}

const TOO_MANY = 429

export function statusFailure(who: string, status: number, retryAfter: string | null): DeliveryError {
  const retryable = status === TOO_MANY || status === 408 || status >= 500
  return new DeliveryError(`${who}: answers ${status}`, {
    code: `http_${status}`,
    retryable,
    retryAfterMs: parseRetryAfter(retryAfter),
  })
}

const RETRY_AFTER_MS_MAX = 3_600_000

/** Seconds, as `Retry-After` has them; undefined where it says nothing of use. */
export function parseRetryAfter(text: string | null): number | undefined {
  if (text === null || !/^\d{1,6}$/.test(text.trim())) return undefined
  return Math.min(Number(text) * 1000, RETRY_AFTER_MS_MAX)
}

/** A request as Slack's clients make it, as ours takes it: they send text, but for uploads, which go another way. */
export function toGuardedRequest(init: {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}): GuardedRequest {
  const { method, headers, body, signal } = init
  return {
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
    ...(typeof body === 'string' && { body }),
    ...(signal !== undefined && { signal }),
  }
}
