import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createAdmission } from '../../../../services/ingest/core/admission.ts'
import { STRICT_PRIVACY } from '../../../../services/ingest/core/privacy.ts'
import { createEventEncoder } from '../../../../services/ingest/encode-events.ts'
import { createParsePool, type ParsePool } from '../../../../services/ingest/io/parse-pool.ts'
import { openStoredMessages } from '../../../../services/ingest/io/stored-messages.ts'
import { createEventWriter, type EventWriterDeps } from '../../../../services/ingest/write-events.ts'
import type { Message } from '../../../../shared/bus/bus.ts'
import { FORM_HEADER, NATIVE_FORM, TOKEN_HEADER } from '../../../../shared/bus/topics.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'

const NOW_MS = Date.UTC(2026, 9, 2, 12)
const ROUTES_MAX = 4

let directory: string
let store: Store
let pool: ParsePool

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-encode-events-'))
  store = await openEmbeddedStore({ path: directory })
  pool = createParsePool(1)
})

afterAll(async () => {
  await pool.close()
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const encoder = (messageBytesMax: number, parsers = pool) =>
  createEventEncoder(
    {
      pool: parsers,
      messageBytesMax,
      nowMs: () => NOW_MS,
      admission: createAdmission({ maxServices: 10, maxRoutesPerService: ROUTES_MAX }),
    },
    STRICT_PRIVACY,
  )

const encode = (text: string, messageBytesMax: number) =>
  encoder(messageBytesMax)({
    bytes: Buffer.from(text),
    source: 'http',
    parser: { format: { name: 'ndjson' }, env: 'prod' },
  })

const toMessages = (values: readonly Uint8Array[], token: string): Message[] =>
  values.map((value, index) => ({
    key: 'http',
    value,
    headers: { [TOKEN_HEADER]: `${token}#${index}`, [FORM_HEADER]: NATIVE_FORM },
  }))

function writer(deps: Partial<EventWriterDeps> = {}) {
  const admission = createAdmission({ maxServices: 10, maxRoutesPerService: 500 })
  return createEventWriter(
    { pool, admission, insertNative: store.insertNative, storeRejects: async () => {}, ...deps },
    STRICT_PRIVACY,
  )
}

const storedOf = (service: string) =>
  store.query(
    z.object({ events: z.coerce.number(), paths: z.coerce.number(), routes: z.coerce.number(), latest: z.string() }),
    `SELECT count() AS events, uniqExact(path) AS paths, uniqExact(route) AS routes, toString(max(ts)) AS latest
     FROM access_events WHERE service = {service:String}`,
    { service },
  )

test('blocks of many lines are stored whole and once, their routes bounded and their clocks ours at the latest', async () => {
  const line = (n: number) =>
    JSON.stringify({
      ts: NOW_MS + (n === 9 ? 600_000 : 0),
      service: 'many',
      path: `/page${n}/edit?token=${n}`,
      status: 200,
    })
  const text = Array.from({ length: 9_000 }, (_, n) => (n % 1_000 === 500 ? 'no json' : line(n))).join('\n')
  const { values, receipt } = await encode(text, 300_000)
  expect(receipt).toMatchObject({ accepted: 8_991, rejected: 9, clamped: 1 })
  expect(receipt.rejects.map(({ lineNumber }) => lineNumber)).toEqual(
    Array.from({ length: 9 }, (_, i) => 501 + 1_000 * i),
  )
  expect(values.length).toBeGreaterThan(1)
  for (let times = 0; times < 2; times++) await writer()(toMessages(values, 'many'))
  const [stored] = await storedOf('many')
  expect(stored).toMatchObject({ events: 8_991, paths: 8_991, latest: '2026-10-02 12:00:02.000' })
  expect(stored?.routes).toBeLessThanOrEqual(ROUTES_MAX + 1)
})

test('lines so short that they grow are cut again, until a message takes them', async () => {
  const text = '{"ts":1790942000,"status":200}\n'.repeat(2_000)
  const { values, receipt } = await encode(text, 40_000)
  expect(receipt).toMatchObject({ accepted: 2_000, rejected: 0 })
  expect(Math.max(...values.map(({ length }) => length))).toBeLessThanOrEqual(40_000)
  await writer()(toMessages(values, 'short'))
  expect(await storedOf('web')).toMatchObject([{ events: 2_000 }])
})

test('a line of many events that is more than a message takes stays whole', async () => {
  const attribute = { key: 'http.response.status_code', value: { intValue: '200' } }
  const logRecord = { timeUnixNano: `${NOW_MS}000000`, attributes: [attribute] }
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords: Array.from({ length: 100 }, () => logRecord) }] }] }
  // A pool knows the parsers of one encoder.
  const parsers = createParsePool(1)
  const { values, receipt } = await encoder(
    1_000,
    parsers,
  )({
    bytes: Buffer.from(JSON.stringify(request)),
    source: 'http',
    parser: { format: { name: 'otlp' }, env: 'prod' },
  }).finally(() => parsers.close())
  expect([values.length, receipt.accepted]).toEqual([1, 100])
})

describe('messages that are handed out together', () => {
  const lines = (service: string, token: string): Message => ({
    key: token,
    value: Buffer.from(`{"ts":1790942000,"status":200,"service":"${service}","path":"/${token}"}`),
    headers: { [TOKEN_HEADER]: token },
  })
  const pathsOf = async (service: string) => {
    const [stored] = await storedOf(service)
    return { events: stored?.events, paths: stored?.paths }
  }

  test('are one insert, lines and blocks alike', async () => {
    let inserts = 0
    const insertNative: Store['insertNative'] = (...insert) => {
      inserts += 1
      return store.insertNative(...insert)
    }
    const { values } = await encode('{"ts":1790942000,"status":200,"service":"one","path":"/block"}', 10_000)
    const messages = [lines('one', 'one-1'), ...toMessages(values, 'one-2'), lines('one', 'one-3')]
    const handle = writer({ insertNative })
    await handle(messages)
    await handle(messages)
    expect(await pathsOf('one')).toEqual({ events: 3, paths: 3 })
    expect(inserts).toBe(2)
  })

  test('are stored once though some were published twice, and though a crash came before that was noted', async () => {
    const stored = openStoredMessages(store, () => NOW_MS)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((token) => lines('twice', token))
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('no messages')
    const crashing = { ...stored, add: () => Promise.reject(new Error('killed')) }
    await expect(writer({ stored: crashing })([a, b])).rejects.toThrow('killed')
    await writer({ stored })([a, b])
    await writer({ stored })([c, b, c])
    await writer({ stored })([b, a, d])
    await writer({ stored })([d])
    expect(await pathsOf('twice')).toEqual({ events: 4, paths: 4 })
  })

  test('are stored once whatever is published twice, however they are grouped, and wherever a crash comes', async () => {
    const crashes = ['before the insert', 'after the insert', 'after it was noted', 'never'] as const
    const groups = fc.array(fc.record({ size: fc.integer({ min: 1, max: 4 }), crash: fc.constantFrom(...crashes) }), {
      minLength: 1,
      maxLength: 5,
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 4, maxLength: 12 }),
        groups,
        async (published, plan) => {
          const service = `run-${run++}`
          const messages = published.map((number) => lines(service, `${service}-${number}`))
          for (let [at, turn] = [0, 0]; at < messages.length; turn++) {
            const { size, crash } = plan[turn % plan.length] ?? { size: 1, crash: 'never' }
            const group = messages.slice(at, at + size)
            if (crash !== 'never') await crashingWriter(crash)(group).catch(() => {})
            await writer({ stored: openStoredMessages(store, () => NOW_MS) })(group)
            at += size
          }
          const distinct = new Set(published).size
          expect(await pathsOf(service)).toEqual({ events: distinct, paths: distinct })
        },
      ),
      { numRuns: 10 },
    )
  })

  function crashingWriter(crash: 'before the insert' | 'after the insert' | 'after it was noted') {
    const stored = openStoredMessages(store, () => NOW_MS)
    const killed = () => Promise.reject(new Error('killed'))
    return writer({
      ...(crash === 'before the insert' && { insertNative: killed }),
      stored: {
        find: stored.find,
        add: async (tokens) => {
          if (crash === 'after it was noted') await stored.add(tokens)
          await killed()
        },
      },
    })
  }
})

test('events of a form that is not known are not taken for others', async () => {
  const message = { key: 'a', value: Buffer.from('{}'), headers: { [FORM_HEADER]: 'native/99' } }
  await expect(writer()([message])).rejects.toMatchObject({ code: 'unknown_form', retryable: false })
})
