import type { ChangeKind, ChangeScope, ChangeStatus } from '../../../../shared/domain/change.ts'
import type { Proof } from './proof.ts'
import type { SenderSettings } from './sender-settings.ts'

/** One delivery; its proof is checked, its body parsed. Names of headers are in lower case. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
}

/** What a delivery says of one change, in the sender's own names. Times are epoch milliseconds. */
export interface ToldChange {
  /** The sender's object, the same in every delivery about it: it makes the change's id. */
  readonly object: string
  /** The object can be told of anew, and the payload does not say which time it is: the delivery's id tells them apart. */
  readonly isOneOfMany?: boolean
  readonly kind: ChangeKind
  readonly status?: ChangeStatus | undefined
  /** Absent: when the delivery came. */
  readonly startedAtMs?: number | undefined
  readonly finishedAtMs?: number | undefined
  /** What the settings' maps and templates know it by; `service` and `env` are used where they say nothing. */
  readonly names: Readonly<Record<string, string | undefined>>
  readonly version?: string | undefined
  readonly previousVersion?: string | undefined
  readonly title?: string | undefined
  readonly author?: string | undefined
  readonly url?: string | undefined
  readonly commit?: string | undefined
  readonly repo?: string | undefined
  readonly pullRequest?: string | undefined
  readonly scope?: ChangeScope | undefined
  readonly reversible?: boolean | undefined
}

export type WebhookReading =
  | { readonly kind: 'told'; readonly changes: readonly ToldChange[] }
  /** Change events as the contract writes them; times and names are the sender's business. */
  | { readonly kind: 'canonical'; readonly events: readonly unknown[] }
  | { readonly kind: 'ignored'; readonly because: string }
  /** It asks that its subscription be confirmed, by a GET of this address. */
  | { readonly kind: 'confirm'; readonly url: string }

/** One kind of sender: how it proves who it is, and what its deliveries say. */
export interface WebhookSender {
  /** The end of its path, `/webhooks/{name}`. */
  readonly name: string
  /** Any of these suffices. */
  readonly proofs: readonly Proof[]
  /** Headers of which one names the delivery, so that one sent again is known. */
  readonly deliveryHeaders: readonly string[]
  readonly bodyBytesMax?: number
  readonly read: (request: WebhookRequest, settings: SenderSettings) => WebhookReading
}

export const ignored = (because: string): WebhookReading => ({ kind: 'ignored', because })
export const told = (...changes: readonly ToldChange[]): WebhookReading => ({ kind: 'told', changes })
