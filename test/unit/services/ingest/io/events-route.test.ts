import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { parseFormatArgument } from '../../../../../services/cli/format-argument.ts'
import { STRICT_PRIVACY } from '../../../../../services/ingest/core/privacy.ts'
import { eventsRoute } from '../../../../../services/ingest/io/events-route.ts'
import { createReceiver } from '../../../../../services/ingest/receive-events.ts'
import { createMemoryBus } from '../../../../../shared/bus/memory.ts'
import { createHttpServer, type HttpServer } from '../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openEventEncoder } from '../../../../support/event-encoder.ts'
import { readFixtures } from '../../../../support/format-fixtures.ts'

const MIB = 1024 * 1024
const event = (path: string) => `{"ts":"2026-10-02T11:59:59Z","path":"${path}","status":200}`

const parseFormat = (text: string) => (text === 'auto' ? ({ name: 'ndjson' } as const) : parseFormatArgument(text))

const encoder = openEventEncoder({ messageBytesMax: 900_000, nowMs: Date.now })
afterAll(encoder.close)

let server: HttpServer
let address: string
let stored: string[]
/** What the bus does with a message. */
let handle: () => Promise<void>

beforeEach(async () => {
  stored = []
  handle = async () => {}
  const bus = createMemoryBus({ pendingBytesMax: 4 * MIB })
  await bus.subscribe({
    topic: 'access-events',
    group: 'test',
    handle: async (messages) => {
      await handle()
      stored.push(...messages.map(({ value }) => Buffer.from(value).toString()))
    },
  })
  let tokens = 0
  const receive = createReceiver(
    {
      encode: encoder.encode,
      messageBytesMax: 900_000,
      publish: bus.publish,
      storeRejects: async () => {},
      nowMs: Date.now,
      newToken: () => `t${tokens++}`,
    },
    STRICT_PRIVACY,
  )
  const log = createLog({ level: 'silent', write: () => {} })
  server = await createHttpServer({ log }, [eventsRoute({ receive, parseFormat })])
  address = await server.listen({ host: '127.0.0.1', port: 0 })
})

afterEach(() => server.close())

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, query = '') {
  const response = await fetch(`${address}/api/v1/events${query}`, { method: 'POST', body, headers })
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, answer, retryAfter: response.headers.get('retry-after') }
}

const gzip = { 'content-encoding': 'gzip' }

test('takes a compressed body', async () => {
  expect(await post(gzipSync(`${event('/a')}\n${event('/b')}`), gzip)).toMatchObject({
    status: 202,
    answer: { accepted: 2, rejected: 0, errors: [] },
  })
})

test('refuses a body that is small as sent and huge once inflated, and keeps nothing of it', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from(`${event('/a')}\n`), Buffer.alloc(100 * MIB, 0x20)]))
  expect(await post(bomb, gzip)).toMatchObject({ status: 413, answer: { code: 'too_large' } })
  expect(stored).toEqual([])
  expect(await post(event('/a'))).toMatchObject({ status: 202 })
})

test('refuses a body that is too large, whether it says so or not', async () => {
  const large = Buffer.alloc(17 * MIB, 0x20)
  expect(await post(large)).toMatchObject({ status: 413 })
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < large.length; at += MIB) controller.enqueue(large.subarray(at, at + MIB))
      controller.close()
    },
  })
  const response = await fetch(`${address}/api/v1/events`, { method: 'POST', body: pieces, duplex: 'half' })
  expect(response.status).toBe(413)
})

test('refuses an encoding that it does not know, and gzip that is damaged or cut short', async () => {
  expect(await post(event('/a'), { 'content-encoding': 'br' })).toMatchObject({ status: 415 })
  expect(await post(event('/a'), gzip)).toMatchObject({ status: 400 })
  expect(await post(gzipSync(event('/a')).subarray(0, 30), gzip)).toMatchObject({ status: 400 })
  expect(await post('')).toMatchObject({ status: 400 })
  expect(stored).toEqual([])
})

test('names services by what the request says', async () => {
  await post(event('/shop/a'), {}, '?service_from=path:1')
  await post(event('/shop/a'), {}, '?service=front')
  expect(stored.join('')).toMatch(/"service":"shop".*\s.*"service":"front"/)
  expect(await post(event('/a'), {}, '?service_from=moon')).toMatchObject({
    status: 400,
    answer: { detail: expect.stringContaining('virtual_host') },
  })
})

test('many small posts are few messages', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => post(event(`/p${n}`))))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(200)
  expect(stored.length).toBeLessThan(100)
  expect(stored.join('').match(/\/p\d+"/g)).toHaveLength(200)
})

test('what cannot be stored now is refused with a time to try again, and nothing of it is kept', async () => {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  handle = () => {
    begin()
    return released
  }
  const large = Array.from({ length: 20_000 }, (_, n) => event(`/${'a'.repeat(80)}${n}`)).join('\n')
  let posts = 0
  // With a key of their own they are messages of their own.
  const postLarge = () => post(large, { 'idempotency-key': `large ${posts++}` })
  const first = postLarge()
  await begun
  await expect.poll(postLarge, { timeout: 10_000 }).toMatchObject({
    status: 503,
    retryAfter: expect.stringMatching(/^\d+$/),
    answer: { code: 'bus_full' },
  })
  expect(stored).toEqual([])
  release()
  expect(await first).toMatchObject({ status: 202, answer: { accepted: 20_000 } })
})

test.each(readFixtures())('takes $name under the name of its format', async ({ log, asked, events, rejects }) => {
  const { status, answer } = await post(new Uint8Array(log), {}, `?format=${encodeURIComponent(asked)}`)
  expect([status, answer['accepted'], answer['rejected']]).toEqual([202, events.length, rejects.length])
})
