import { createHmac } from 'node:crypto'
import type { SampleDelivery } from '../../core/webhooks/samples.ts'
import type { WebhookSender } from '../../core/webhooks/sender.ts'
import { standardKeys } from './verify-proof.ts'

export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

/** The delivery as a sender that knows the secret would send it: with the first of its proofs. */
export function signDelivery(
  { headers, body }: SampleDelivery,
  { proofs: [proof] }: Pick<WebhookSender, 'proofs'>,
  { secret, nowMs }: { readonly secret: string; readonly nowMs: number },
): SignedDelivery {
  const payload = JSON.stringify(proof?.kind === 'member' ? { ...body, [proof.member]: secret } : body)
  const proven = (more: Record<string, string>) => ({ headers: { ...headers, ...more }, payload })
  const seconds = String(Math.floor(nowMs / 1_000))
  switch (proof?.kind) {
    case 'hmac': {
      const digest = createHmac(proof.algorithm, secret).update(payload).digest('hex')
      return proven({ [proof.header]: proof.prefix + digest })
    }
    case 'stamped': {
      const digest = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex')
      return proven({ [proof.header]: `timestamp=${seconds},signature=${digest}` })
    }
    case 'standard': {
      const id = 'culprit-test'
      const [key = secret] = standardKeys(secret)
      const digest = createHmac('sha256', key).update(`${id}.${seconds}.${payload}`).digest('base64')
      return proven({ 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${digest}` })
    }
    case 'token':
      return proven({ [proof.header]: secret })
    case 'bearer':
      return proven({ authorization: `Bearer ${secret}` })
    case 'member':
    case undefined:
      return proven({})
  }
}
