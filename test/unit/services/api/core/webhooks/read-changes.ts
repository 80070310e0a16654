import { expect } from 'vitest'
import { toDelivery } from '../../../../../../services/api/core/webhooks/read-delivery.ts'
import type { WebhookRequest } from '../../../../../../services/api/core/webhooks/sender.ts'
import {
  DEFAULT_SENDER_SETTINGS,
  type SenderSettings,
} from '../../../../../../services/api/core/webhooks/sender-settings.ts'
import { SENDERS } from '../../../../../../services/api/core/webhooks/table.ts'
import type { Change } from '../../../../../../shared/domain/change.ts'
import { changeToWire } from '../../../../../../shared/domain/change-wire.ts'
import { DEFAULT_ENV_ALIASES } from '../../../../../../shared/domain/env-aliases.ts'

export const RECEIVED_MS = Date.parse('2026-10-02T14:10:00Z')

export interface Sent {
  readonly headers?: WebhookRequest['headers']
  readonly body: unknown
  readonly settings?: Partial<SenderSettings>
}

function deliver(name: string, { headers = {}, body, settings }: Sent) {
  const sender = SENDERS.find((candidate) => candidate.name === name)
  if (sender === undefined) throw new Error(`no sender ${name}`)
  const used = { ...DEFAULT_SENDER_SETTINGS, ...settings }
  return toDelivery(sender.read({ headers, body }, used), {
    sender: name,
    settings: used,
    envAliases: DEFAULT_ENV_ALIASES,
    receivedAtMs: RECEIVED_MS,
    delivery: 'delivery-1',
  })
}

/** The changes that a delivery tells of. */
export function changesOf(sender: string, sent: Sent): readonly Change[] {
  const delivery = deliver(sender, sent)
  expect(delivery).toMatchObject({ kind: 'changes' })
  return delivery.kind === 'changes' ? delivery.changes : []
}

/** The only one, as the public interface writes it. */
export function changeOf(sender: string, sent: Sent): Record<string, unknown> {
  const changes = changesOf(sender, sent)
  expect(changes).toHaveLength(1)
  return changes[0] === undefined ? {} : changeToWire(changes[0])
}

/** Why it is no change. */
export function reasonOf(sender: string, sent: Sent): string {
  const delivery = deliver(sender, sent)
  expect(delivery).toMatchObject({ kind: 'ignored' })
  return delivery.kind === 'ignored' ? delivery.because : ''
}
