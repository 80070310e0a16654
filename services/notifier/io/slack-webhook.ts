import { IncomingWebhook, IncomingWebhookHTTPError, IncomingWebhookRequestError } from '@slack/webhook'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { toSlackMessage } from '../core/slack-blocks.ts'
import type { Channel } from './channel.ts'
import { statusFailure, toDeliveryError, toGuardedRequest } from './http-post.ts'

const WHO = 'Slack'

/** An incoming webhook can only post: each telling is a message of its own, with links instead of buttons. */
export function createSlackWebhook(fetch: GuardedFetch, { url }: { readonly url: string }): Channel {
  let retryAfter: string | null = null
  const webhook = new IncomingWebhook(url, {
    fetch: async (address, init = {}) => {
      const response = await fetch(address, toGuardedRequest(init))
      // Its error has the status and not the headers.
      retryAfter = response.headers.get('retry-after')
      return response
    },
    retryConfig: { retries: 0 },
  })
  return {
    async send({ message, notices }) {
      if (notices.length === 0) return {}
      try {
        await webhook.send({
          ...toSlackMessage(message, { isInteractive: false, chartFileId: null }),
          unfurl_links: false,
        })
      } catch (cause) {
        if (cause instanceof IncomingWebhookHTTPError) throw statusFailure(WHO, cause.statusCode, retryAfter)
        throw toDeliveryError(WHO, cause instanceof IncomingWebhookRequestError ? cause.original : cause)
      }
      return {}
    },
  }
}
