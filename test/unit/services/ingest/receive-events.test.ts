import { expect, test } from 'vitest'
import type { Reject } from '../../../../services/ingest/core/parsed-block.ts'
import { createReceiver } from '../../../../services/ingest/receive-events.ts'
import type { Message } from '../../../../shared/bus/bus.ts'

const NOW_MS = Date.UTC(2026, 9, 2, 12)
const line = (ts: string, path = '/a') => `{"ts":"${ts}","service":"shop","path":"${path}","status":200}`

function receiver(publish: (messages: readonly Message[]) => Promise<void> = async () => {}) {
  const published: Message[] = []
  const rejects: Reject[] = []
  const receive = createReceiver({
    publish: async (_topic, messages) => {
      await publish(messages)
      published.push(...messages)
    },
    storeRejects: async (found) => {
      rejects.push(...found)
    },
    nowMs: () => NOW_MS,
  })
  const take = (text: string) =>
    receive({
      bytes: Buffer.from(text),
      source: 'http',
      token: 'key-1',
      parser: { format: { name: 'ndjson' }, env: 'prod' },
    })
  return { take, published, rejects }
}

test('good lines are published under the token of their origin, bad ones are kept with the reason', async () => {
  const { take, published, rejects } = receiver()
  const receipt = await take(`${line('2026-10-02T11:59:59Z')}\nno json\n`)
  expect(receipt).toMatchObject({ accepted: 1, rejected: 1, clamped: 0 })
  expect(published.map(({ headers }) => headers['token'])).toEqual(['key-1#0'])
  expect(rejects.map(({ reason, lineNumber }) => [reason, lineNumber])).toEqual([['not-json', 2]])
})

test('an event from a clock ten minutes ahead counts as of now', async () => {
  const { take, published } = receiver()
  expect(await take(line('2026-10-02T12:10:00Z'))).toMatchObject({ accepted: 1, clamped: 1 })
  expect(Buffer.from(published[0]?.value ?? []).toString()).toContain('"ts":"2026-10-02T12:00:02.000Z"')
})

test('gives no receipt for events that are not safe', async () => {
  const { take, rejects } = receiver(() => Promise.reject(new Error('broker is down')))
  await expect(take(`${line('2026-10-02T11:59:59Z')}\nno json\n`)).rejects.toThrow('broker is down')
  expect(rejects).toEqual([])
})
