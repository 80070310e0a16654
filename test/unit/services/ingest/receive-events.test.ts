import { afterAll, expect, test } from 'vitest'
import type { Reject } from '../../../../services/ingest/core/parsed-block.ts'
import { STRICT_PRIVACY } from '../../../../services/ingest/core/privacy.ts'
import { createReceiver } from '../../../../services/ingest/receive-events.ts'
import type { Message } from '../../../../shared/bus/bus.ts'
import { MESSAGE_BYTES_MAX } from '../../../../shared/bus/topics.ts'
import { openEventEncoder } from '../../../support/event-encoder.ts'

const NOW_MS = Date.UTC(2026, 9, 2, 12)
const line = (ts: string, path = '/a') => `{"ts":"${ts}","service":"shop","path":"${path}","status":200}`

const encoder = openEventEncoder({ messageBytesMax: MESSAGE_BYTES_MAX, nowMs: () => NOW_MS })
afterAll(encoder.close)

function receiver(publish: (messages: readonly Message[]) => Promise<void> = async () => {}) {
  const published: Message[] = []
  const rejects: Reject[] = []
  const receive = createReceiver(
    {
      encode: encoder.encode,
      messageBytesMax: MESSAGE_BYTES_MAX,
      publish: async (_topic, messages) => {
        await publish(messages)
        published.push(...messages)
      },
      storeRejects: async (found) => {
        rejects.push(...found)
      },
      nowMs: () => NOW_MS,
      newToken: () => `made-${published.length}`,
    },
    STRICT_PRIVACY,
  )
  const take = (text: string) =>
    receive({
      bytes: Buffer.from(text),
      source: 'http',
      token: 'key-1',
      parser: { format: { name: 'ndjson' }, env: 'prod' },
    })
  const takeFew = (text: string) =>
    receive({ bytes: Buffer.from(text), source: 'http', parser: { format: { name: 'ndjson' }, env: 'prod' } })
  return { take, takeFew, receive, published, rejects }
}

test('good lines are published under the token of their origin, bad ones are kept with the reason', async () => {
  const { take, published, rejects } = receiver()
  const receipt = await take(`${line('2026-10-02T11:59:59Z')}\nno json\n`)
  expect(receipt).toMatchObject({ accepted: 1, rejected: 1, clamped: 0 })
  expect(published.map(({ headers }) => headers['token'])).toEqual(['key-1#0'])
  expect(rejects.map(({ reason, lineNumber }) => [reason, lineNumber])).toEqual([['not-json', 2]])
})

test('what is sent again comes to the same part of the topic, and what is not may come to any', async () => {
  const { take, takeFew, published } = receiver()
  for (const send of [take, take, takeFew, takeFew]) await send(line('2026-10-02T11:59:59Z'))
  expect(published.map(({ key }) => key)).toEqual(['key-1#0', 'key-1#0', 'made-2#0', 'made-3#0'])
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

const valuesOf = (messages: readonly Message[]) => messages.map(({ value }) => Buffer.from(value).toString())

test('few lines that come at once share a message, and each source is told of its own', async () => {
  const { takeFew, published, rejects } = receiver()
  const receipts = await Promise.all(
    Array.from({ length: 300 }, (_, n) => takeFew(n === 7 ? 'no json' : line('2026-10-02T11:59:59Z', `/p${n}`))),
  )
  expect(receipts.filter(({ accepted }) => accepted === 1)).toHaveLength(299)
  expect(receipts[7]).toMatchObject({ accepted: 0, rejected: 1 })
  expect(published).toHaveLength(1)
  expect(valuesOf(published)[0]?.match(/"path":"\/p\d+"/g)).toHaveLength(299)
  expect(rejects.map(({ reason }) => reason)).toEqual(['not-json'])
})

test('lines that shared a message are refused together', async () => {
  const { takeFew } = receiver(() => Promise.reject(new Error('bus is full')))
  const [first, second] = await Promise.allSettled([takeFew('{"a":1}'), takeFew(line('2026-10-02T11:59:59Z'))])
  expect([first?.status, second?.status]).toEqual(['rejected', 'rejected'])
})

test('many lines are the same messages each time, none larger than a broker takes', async () => {
  const text = Array.from({ length: 15_000 }, (_, n) => line('2026-10-02T11:59:59Z', `/page${n}/edit`)).join('\n')
  const first = receiver()
  expect(await first.take(`${text}\nno json`)).toMatchObject({ accepted: 15_000, rejected: 1 })
  const second = receiver()
  await second.take(`${text}\nno json`)
  expect(first.published.length).toBeGreaterThan(1)
  expect(Math.max(...first.published.map(({ value }) => value.length))).toBeLessThanOrEqual(MESSAGE_BYTES_MAX)
  expect(second.published.map(({ headers }) => headers)).toEqual(first.published.map(({ headers }) => headers))
  expect(valuesOf(second.published)).toEqual(valuesOf(first.published))
  expect(first.rejects).toMatchObject([{ lineNumber: 15_001, byteOffset: text.length + 1 }])
})

test('other work has its turn while many lines are read', async () => {
  const { take } = receiver()
  let turns = 0
  const ticking = setInterval(() => turns++, 0)
  await take(`${line('2026-10-02T11:59:59Z')}\n`.repeat(40_000))
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(5)
})

test('lines before these say how to read them', async () => {
  const { receive } = receiver()
  const fields = '#Fields: date time cs-method cs-uri-stem sc-status\n'
  const sent = { bytes: Buffer.from('2026-10-02 11:59:59 GET /a 200\n'), source: 'file', token: 'f' }
  const parser = { format: { name: 'iis' }, env: 'prod' } as const
  expect(await receive({ ...sent, parser, directives: fields })).toMatchObject({ accepted: 1, rejected: 0 })
  expect(await receive({ ...sent, parser })).toMatchObject({ accepted: 0 })
})

test('what the privacy settings drop never reaches the bus', async () => {
  const { take, published } = receiver()
  await take(line('2026-10-02T11:59:59Z', '/a?token=secret'))
  expect(Buffer.from(published[0]?.value ?? []).toString()).not.toContain('secret')
})
