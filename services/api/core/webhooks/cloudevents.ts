// CloudEvents over HTTP, structured, batched and binary: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
// What they hold: CDEvents (https://cdevents.dev), or a change event of ours as `data`.
import { isCdEvent, readCdEvent } from './cdevents.ts'
import { at, textAt } from './payload.ts'
import { bearer } from './proof.ts'
import { ignored, type ToldChange, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

const PROOFS = [{ kind: 'standard' }, bearer] as const

export const cloudevents: WebhookSender = {
  name: 'cloudevents',
  proofs: PROOFS,
  deliveryHeaders: [],
  read: readCloudEvents,
}
export const cdevents: WebhookSender = { ...cloudevents, name: 'cdevents' }

const EVENTS_MAX = 1_000

/** Whether a request is a CloudEvent by its headers. */
export function isCloudEvent(headers: WebhookRequest['headers']): boolean {
  return headers['ce-specversion'] !== undefined || /^application\/cloudevents/i.test(headers['content-type'] ?? '')
}

export function readCloudEvents({ headers, body }: WebhookRequest, settings: SenderSettings): WebhookReading {
  if (headers['ce-specversion'] !== undefined) return joined([readOne(fromHeaders(headers), body, settings)])
  const events = Array.isArray(body) ? body : [body]
  if (events.length > EVENTS_MAX) return ignored(`a batch of more than ${EVENTS_MAX} events`)
  return joined(events.map((event) => readOne(event, dataOf(event), settings)))
}

function fromHeaders(headers: WebhookRequest['headers']): unknown {
  const decode = (name: string) => headers[`ce-${name}`]
  return {
    id: decode('id'),
    source: decode('source'),
    type: decode('type'),
    time: decode('time'),
    subject: decode('subject'),
  }
}

/** Without an envelope it is what it holds. */
function dataOf(event: unknown): unknown {
  const data = at(event, 'data')
  if (typeof data !== 'string') return data ?? (isCdEvent(event) ? event : undefined)
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

function readOne(envelope: unknown, data: unknown, settings: SenderSettings): WebhookReading {
  if (isCdEvent(data)) return readCdEvent(data, settings)
  const type = textAt(envelope, 'type') ?? 'unknown'
  if (typeof data !== 'object' || data === null) return ignored(`${type.slice(0, 100)}: its data is no change event`)
  const known = ['kind', 'service', 'version', 'title'].some((name) => textAt(data, name) !== undefined)
  if (!known) return ignored(`${type.slice(0, 100)}: its data is no change event`)
  const [id, source] = [textAt(envelope, 'id'), textAt(envelope, 'source')]
  return {
    kind: 'canonical',
    events: [
      {
        ts: textAt(envelope, 'time'),
        source: 'cloudevents',
        ...(id !== undefined && { id: `${source ?? ''}#${id}` }),
        ...data,
      },
    ],
  }
}

/** What several events say; why they were ignored, when all were. */
function joined(readings: readonly WebhookReading[]): WebhookReading {
  const canonical = readings.flatMap((reading) => (reading.kind === 'canonical' ? reading.events : []))
  if (canonical.length > 0) return { kind: 'canonical', events: canonical }
  const changes: ToldChange[] = readings.flatMap((reading) => (reading.kind === 'told' ? reading.changes : []))
  if (changes.length > 0) return { kind: 'told', changes }
  const first = readings.find((reading) => reading.kind === 'ignored')
  return first ?? ignored('an empty batch')
}
