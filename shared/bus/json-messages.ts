import type { z } from 'zod'
import type { Message } from './bus.ts'

export function toJsonMessage(key: string, value: unknown): Message {
  return { key, value: Buffer.from(JSON.stringify(value)), headers: {} }
}

/** What the messages say, each checked against `schema`; those that can't be read go to `onUnreadable` and are left out. */
export function readJsonMessages<Value>(
  messages: readonly Message[],
  schema: z.ZodType<Value>,
  onUnreadable: (message: Message, reason: string) => void,
): Value[] {
  return messages.flatMap((message) => {
    const json = parseJson(message.value)
    const parsed = json.kind === 'json' ? schema.safeParse(json.value) : undefined
    if (parsed?.success === true) return [parsed.data]
    onUnreadable(message, parsed?.error.issues[0]?.message ?? 'not JSON')
    return []
  })
}

function parseJson(
  bytes: Uint8Array,
): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'broken' } {
  try {
    return { kind: 'json', value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) }
  } catch {
    return { kind: 'broken' }
  }
}
