import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import type { Channel } from './channel.ts'
import { postSigned } from './post-signed.ts'

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
  return {
    async send({ notices, document }) {
      for (const { id, reason, text, createdAtMs } of notices) {
        const body = JSON.stringify({
          type: `incident.${reason}`,
          timestamp: new Date(createdAtMs).toISOString(),
          data: { text, incident: document },
        })
        await postSigned(fetch, 'webhook', { url, secret, id, body, nowMs: nowMs() })
      }
      return {}
    },
  }
}
