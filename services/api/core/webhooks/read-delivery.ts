import type { Change } from '../../../../shared/domain/change.ts'
import { readChanges } from '../../../../shared/domain/parse-changes.ts'
import { type MapOptions, mapChanges } from './map-changes.ts'
import type { WebhookReading } from './sender.ts'

/** What a delivery comes to. */
export type Delivery =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'ignored'; readonly because: string }
  | { readonly kind: 'confirm'; readonly url: string }
  | { readonly kind: 'malformed'; readonly message: string }

/** The changes that an adapter's reading makes, in our names. */
export function toDelivery(reading: WebhookReading, options: MapOptions): Delivery {
  switch (reading.kind) {
    case 'ignored':
    case 'confirm':
      return reading
    case 'canonical': {
      const events = reading.events.map((event) => withDefaults(event, options))
      const parsed = readChanges(events, options.sender, options.envAliases)
      return parsed.kind === 'ok'
        ? { kind: 'changes', changes: parsed.changes }
        : { kind: 'malformed', message: parsed.message }
    }
    case 'told': {
      const { changes, left } = mapChanges(reading.changes, options)
      return changes.length > 0
        ? { kind: 'changes', changes }
        : { kind: 'ignored', because: left[0] ?? 'it tells of no change' }
    }
  }
}

function withDefaults(event: unknown, { sender }: MapOptions): unknown {
  return typeof event === 'object' && event !== null && !Array.isArray(event) ? { source: sender, ...event } : event
}
