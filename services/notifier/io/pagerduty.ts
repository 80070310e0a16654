import type { Change } from '../../../shared/domain/change.ts'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { toPagerDutyChange, toPagerDutyEvent } from '../core/pagerduty-event.ts'
import type { Channel } from './channel.ts'
import { postJson } from './http-post.ts'

export interface PagerDutyOptions {
  readonly routingKey: string
  /** `https://events.pagerduty.com`. */
  readonly apiUrl: string
}

export function createPagerDuty(fetch: GuardedFetch, { routingKey, apiUrl }: PagerDutyOptions): Channel {
  return {
    async send({ message, notices }) {
      const event = toPagerDutyEvent(message, notices, routingKey)
      if (event === undefined) return {}
      await postJson(fetch, 'PagerDuty', { url: `${apiUrl}/v2/enqueue`, body: JSON.stringify(event) })
      return { dedup_key: message.incidentId }
    },
  }
}

/** Tells PagerDuty of a change, beside the incidents of its service. */
export async function sendPagerDutyChange(
  fetch: GuardedFetch,
  { routingKey, apiUrl }: PagerDutyOptions,
  change: Change,
): Promise<void> {
  const body = JSON.stringify(toPagerDutyChange(change, routingKey))
  await postJson(fetch, 'PagerDuty', { url: `${apiUrl}/v2/change/enqueue`, body })
}
