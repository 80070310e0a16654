import { Webhook } from 'standardwebhooks'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { postJson } from './http-post.ts'

export interface SignedRequest {
  readonly url: string
  /** `whsec_` and base64. */
  readonly secret: string
  /** Of the message: one that comes twice has the same. */
  readonly id: string
  readonly body: string
  readonly nowMs: number
}

/** Posts JSON signed as Standard Webhooks says. Rejects with a DeliveryError named for `who`. */
export async function postSigned(
  fetch: GuardedFetch,
  who: string,
  { url, secret, id, body, nowMs }: SignedRequest,
): Promise<void> {
  const sentAt = new Date(nowMs)
  await postJson(fetch, who, {
    url,
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(nowMs / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
    },
  })
}
