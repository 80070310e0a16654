// Change events of our own, signed as https://www.standardwebhooks.com says; for whatever has no adapter.
import { at, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { ignored, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const standard: WebhookSender = {
  name: 'standard',
  proofs: [{ kind: 'standard' }, bearer],
  deliveryHeaders: ['webhook-id'],
  read: readStandard,
}

function readStandard({ body }: WebhookRequest): WebhookReading {
  if (Array.isArray(body)) return { kind: 'canonical', events: body }
  if (typeof body !== 'object' || body === null) return ignored('the body is no change event')
  const data = at(body, 'data')
  // The specification's own envelope, `{type, timestamp, data}`.
  if (typeof data === 'object' && data !== null && textAt(body, 'type') !== undefined)
    return { kind: 'canonical', events: Array.isArray(data) ? data : [{ ts: textAt(body, 'timestamp'), ...data }] }
  return { kind: 'canonical', events: [body] }
}
