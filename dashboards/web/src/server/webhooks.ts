import { z } from 'zod'
import type { Change } from '../../../../shared/domain/change.ts'
import { readChanges } from './answers.ts'

const sendersSchema = z.object({
  items: z.array(z.object({ name: z.string(), secret: z.string(), state: z.enum(['ready', 'open', 'closed']) })),
})

/** Who can send webhooks, and whether it would be believed. */
export type WebhookSender = z.output<typeof sendersSchema>['items'][number]

export function readSenders(answer: unknown): readonly WebhookSender[] {
  return sendersSchema.parse(answer).items
}

export interface WebhookTest {
  readonly outcome: 'recorded' | 'ignored' | 'refused'
  readonly because: string | null
  readonly changes: readonly Change[]
}

const testSchema = z.object({
  outcome: z.enum(['recorded', 'ignored', 'refused']),
  because: z.string().nullable(),
  changes: z.array(z.unknown()),
})

export function readWebhookTest(answer: unknown): WebhookTest {
  const { changes, ...test } = testSchema.parse(answer)
  return { ...test, changes: readChanges({ items: changes }) }
}
