import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { STRICT_PRIVACY } from '../../../../../services/ingest/core/privacy.ts'
import { otlpRoute } from '../../../../../services/ingest/io/otlp-route.ts'
import { createReceiver } from '../../../../../services/ingest/receive-events.ts'
import { OperationError } from '../../../../../shared/runtime/errors.ts'
import { createHttpServer, type HttpServer } from '../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openEventEncoder } from '../../../../support/event-encoder.ts'

let server: HttpServer
let stored: string
let publish: () => Promise<void>

beforeEach(async () => {
  stored = ''
  publish = async () => {}
  const receive = createReceiver(
    {
      encode: openEventEncoder({ messageBytesMax: 900_000, nowMs: () => Date.UTC(2026, 10, 21) }).encode,
      messageBytesMax: 900_000,
      publish: async (_topic, messages) => {
        await publish()
        stored += messages.map(({ value }) => Buffer.from(value).toString()).join('')
      },
      storeRejects: async () => {},
      nowMs: () => Date.UTC(2026, 10, 21),
      newToken: () => 't',
    },
    STRICT_PRIVACY,
  )
  server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [otlpRoute({ receive })])
})

afterEach(() => server.close())

const attribute = (key: string, value: object) => ({ key, value })
const request = (path: string) => ({
  timeUnixNano: '1790000000000000000',
  attributes: [
    attribute('http.request.method', { stringValue: 'GET' }),
    attribute('url.path', { stringValue: path }),
    attribute('http.response.status_code', { intValue: '503' }),
  ],
})
const exported = (...logRecords: object[]) =>
  JSON.stringify({
    resourceLogs: [
      { resource: { attributes: [attribute('service.name', { stringValue: 'cart' })] }, scopeLogs: [{ logRecords }] },
    ],
  })

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  server.inject({
    method: 'POST',
    url: '/v1/logs',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })

test('takes records as JSON, compressed or not, and says nothing when all were taken', async () => {
  const answer = await post(exported(request('/pay')))
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'application/json', '{}'])
  expect(stored).toMatch(/"service":"cart".*"path":"\/pay".*"status":503/)
  expect((await post(gzipSync(exported(request('/b'))), { 'content-encoding': 'gzip' })).statusCode).toBe(200)
  expect(stored).toContain('"path":"/b"')
})

test('says how many records were no access events, and why', async () => {
  const answer = await post(exported(request('/pay'), { body: { stringValue: 'started' } }))
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({
    partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringMatching(/^record 2 is no access event: /) },
  })
})

test('takes protobuf and answers in it', async () => {
  const type = { 'content-type': 'application/x-protobuf' }
  const empty = await post(Buffer.alloc(0), type)
  expect([empty.statusCode, empty.headers['content-type'], empty.rawPayload.length]).toEqual([
    200,
    'application/x-protobuf',
    0,
  ])
  // resource_logs { scope_logs { log_records { body { string_value: "x" } } } }
  const record = Buffer.from('0a09120712052a030a0178', 'hex')
  const partial = await post(record, type)
  expect(partial.statusCode).toBe(200)
  // partial_success { rejected_log_records: 1, error_message: … }
  expect(partial.rawPayload[0]).toBe(0x0a)
  expect(partial.rawPayload.subarray(2, 5)).toEqual(Buffer.from([0x08, 0x01, 0x12]))
  const broken = await post(Buffer.from([0xff, 0xff]), type)
  expect([broken.statusCode, broken.rawPayload[0]]).toEqual([400, 0x12])
})

test('refuses what is no request with a reason, and another content type', async () => {
  const answer = await post('{"resourceLogs": 3}')
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({ message: expect.any(String) })
  expect((await post('a', { 'content-type': 'text/plain' })).statusCode).toBe(415)
})

test('asks to send again what is not taken now', async () => {
  publish = () => Promise.reject(new OperationError('full', { code: 'bus_full', retryable: true }))
  const answer = await post(exported(request('/pay')))
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
})
