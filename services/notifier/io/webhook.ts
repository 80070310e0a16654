import { Webhook } from 'standardwebhooks'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import type { Channel } from './channel.ts'
import { postJson } from './http-post.ts'

export interface WebhookOptions {
  readonly url: string
  /** `whsec_` and base64. */
  readonly secret: string
  readonly nowMs: () => number
}

/**
 * Any other receiver: each notice as JSON, `{type: "incident.opened", timestamp, data: {text, incident}}`, signed as Standard
 * Webhooks says. The notice's id is the message's, so a receiver knows one that comes twice.
 */
export function createWebhook(fetch: GuardedFetch, { url, secret, nowMs }: WebhookOptions): Channel {
  const signer = new Webhook(secret)
  return {
    async send({ notices, document }) {
      for (const { id, reason, text, createdAtMs } of notices) {
        const body = JSON.stringify({
          type: `incident.${reason}`,
          timestamp: new Date(createdAtMs).toISOString(),
          data: { text, incident: document },
        })
        const sentAt = new Date(nowMs())
        await postJson(fetch, 'webhook', {
          url,
          body,
          headers: {
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
            'webhook-signature': signer.sign(id, sentAt, body),
          },
        })
      }
      return {}
    },
  }
}
