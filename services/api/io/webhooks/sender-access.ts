import type { EnvAliases } from '../../../../shared/domain/env-aliases.ts'
import { settingName } from '../../core/webhooks/map-changes.ts'
import type { WebhookSender } from '../../core/webhooks/sender.ts'
import { DEFAULT_SENDER_SETTINGS, type SenderSettings } from '../../core/webhooks/sender-settings.ts'

/** What is known of one sender. Without a secret only `allowUnsigned` lets its deliveries in. */
export interface SenderAccess {
  readonly secrets: readonly string[]
  readonly allowUnsigned: boolean
  readonly settings: SenderSettings
}

export interface WebhooksConfig {
  readonly senders: Readonly<Record<string, SenderAccess>>
  /** Of senders that nothing is said of. */
  readonly allowUnsigned: boolean
  readonly envAliases: EnvAliases
}

export function accessOf(sender: WebhookSender, { senders, allowUnsigned }: WebhooksConfig): SenderAccess {
  const name = settingName(sender.name)
  const own = Object.hasOwn(senders, name) ? senders[name] : undefined
  return own ?? { secrets: [], allowUnsigned, settings: DEFAULT_SENDER_SETTINGS }
}
