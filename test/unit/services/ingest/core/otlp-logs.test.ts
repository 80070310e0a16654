import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeOtlpLogs } from '../../../../../services/ingest/core/otlp-logs.ts'
import type { WireEvent } from '../../../../../services/ingest/core/wire-event.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'

const AT_NANOS = '1795255200123456789'
const AT = '2026-11-21T10:00:00.123Z'
const TRACE_ID = '5b8efff798038103d269b633813fc60c'
const LINE = '203.0.113.9 - - [21/Nov/2026:10:00:05 +0000] "GET /pay/7?x=1 HTTP/1.1" 502 150 "-" "curl/8"'

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const integer = (key: string, intValue: string | number) => ({ key, value: { intValue } })
const map = (...values: readonly unknown[]) => ({ kvlistValue: { values } })
const request = (resource: readonly unknown[], ...logRecords: readonly unknown[]) => ({
  resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: { name: 'x' }, logRecords }] }],
})
const RESOURCE = [
  text('service.name', 'checkout'),
  text('k8s.pod.name', 'pod-1'),
  text('deployment.environment.name', 'staging'),
]

function decodeJson(message: unknown): { events: WireEvent[]; rejected: number } {
  const decoded = decodeOtlpLogs(Buffer.from(JSON.stringify(message)), { encoding: 'json' })
  if (decoded.kind === 'malformed') throw new Error(decoded.because)
  const block = parseLog(decoded.ndjson, NDJSON)
  expect(block.lines).toBe(decoded.records)
  return { events: eventsOf(block), rejected: block.rejected }
}

test('a record with the attributes of an HTTP request is an event of its resource', () => {
  const record = {
    timeUnixNano: AT_NANOS,
    traceId: TRACE_ID.toUpperCase(),
    spanId: 'eee19b7ec3c1b174',
    body: { stringValue: 'served a request' },
    attributes: [
      text('http.request.method', 'POST'),
      text('url.path', '/pay/7'),
      text('http.route', '/pay/{id}'),
      integer('http.response.status_code', '503'),
      { key: 'http.server.request.duration', value: { doubleValue: 0.25 } },
      text('client.address', '203.0.113.9'),
    ],
  }
  expect(decodeJson(request(RESOURCE, record)).events).toMatchObject([
    {
      ts: AT,
      service: 'checkout',
      env: 'staging',
      host: 'pod-1',
      method: 'POST',
      path: '/pay/7',
      route: '/pay/{id}',
      status: 503,
      duration_ms: 250,
      client: '203.0.113.0',
      trace_id: TRACE_ID,
    },
  ])
})

test('a record whose body is a map is an event by its fields, nested ones too', () => {
  const flat = map(
    text('ts', '2026-11-21T10:00:07Z'),
    integer('status', 500),
    text('path', '/a'),
    text('service', 'cart'),
  )
  const nested = map({ key: 'http', value: map({ key: 'response', value: map(integer('status_code', 404)) }) })
  const { events } = decodeJson(
    request(RESOURCE, { timeUnixNano: AT_NANOS, body: flat }, { observedTimeUnixNano: AT_NANOS, body: nested }),
  )
  expect(events).toMatchObject([
    { ts: '2026-11-21T10:00:07.000Z', status: 500, path: '/a', service: 'cart', host: 'pod-1' },
    { ts: AT, status: 404, service: 'checkout' },
  ])
})

test('a record whose body is a line of an access log is read as one, and named by its resource', () => {
  const { events, rejected } = decodeJson(
    request(RESOURCE, { body: { stringValue: `${LINE}\n` }, traceId: TRACE_ID }, { body: { stringValue: LINE } }),
  )
  expect(events).toMatchObject([
    {
      ts: '2026-11-21T10:00:05.000Z',
      service: 'checkout',
      env: 'staging',
      host: 'pod-1',
      status: 502,
      path: '/pay/7',
      client: '203.0.113.0',
      trace_id: TRACE_ID,
    },
    { status: 502, trace_id: undefined },
  ])
  expect(rejected).toBe(0)
})

test('a record that is no access event is a reject, and none is lost', () => {
  const { events, rejected } = decodeJson({
    resourceLogs: [
      ...request([], { body: { stringValue: 'cache miss\nfor key 7' } }, { timeUnixNano: AT_NANOS }).resourceLogs,
      ...request([], { timeUnixNano: AT_NANOS, attributes: [integer('http.response.status_code', 200)] }).resourceLogs,
    ],
  })
  expect(events).toMatchObject([{ ts: AT, status: 200, service: 'web' }])
  expect(rejected).toBe(2)
})

// The same request as protobuf's encoder of another language writes it: one record of status 503 at AT_NANOS.
const PROTOBUF = Buffer.concat([
  message(
    1,
    message(1, message(1, string(1, 'service.name'), message(2, string(1, 'checkout')))),
    message(
      2,
      message(
        2,
        Buffer.from([0x09]),
        fixed64(BigInt(AT_NANOS)),
        message(5, string(1, 'served a request')),
        message(6, string(1, 'http.response.status_code'), message(2, Buffer.from([0x18, 0xf7, 0x03]))),
        message(
          6,
          string(1, 'http'),
          message(2, message(6, message(1, string(1, 'route'), message(2, string(1, '/pay/{id}'))))),
        ),
        bytes(9, Buffer.from(TRACE_ID, 'hex')),
        bytes(10, Buffer.from('eee19b7ec3c1b174', 'hex')),
      ),
    ),
  ),
])

test('protobuf says the same as JSON', () => {
  const decoded = decodeOtlpLogs(PROTOBUF, { encoding: 'protobuf' })
  if (decoded.kind === 'malformed') throw new Error(decoded.because)
  const expected = { ts: AT, status: 503, service: 'checkout', route: '/pay/{id}', trace_id: TRACE_ID }
  expect(eventsOf(parseLog(decoded.ndjson, NDJSON))).toMatchObject([expected])
})

test('a body that is no request is told so', () => {
  const malformed = (body: string, encoding: 'json' | 'protobuf' = 'json') =>
    decodeOtlpLogs(Buffer.from(body), { encoding })
  expect(malformed('{"resourceLogs":')).toMatchObject({ kind: 'malformed', because: 'it is no OTLP request in json' })
  expect(malformed('{"resourceLogs":7}')).toMatchObject({ kind: 'malformed' })
  expect(malformed('hello', 'protobuf')).toMatchObject({ kind: 'malformed' })
  expect(malformed('{}')).toMatchObject({ kind: 'decoded', records: 0 })
  const deep = `${'{"kvlistValue":{"values":[{"key":"a","value":'.repeat(50_000)}{}${'}]}}'.repeat(50_000)}`
  expect(malformed(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${deep}}]}]}]}`).kind).toMatch(
    /malformed|decoded/,
  )
})

test('never throws, whatever the bytes', () => {
  const damage = fc.record({ at: fc.nat(PROTOBUF.length), put: fc.uint8Array({ maxLength: 6 }), cut: fc.nat(6) })
  fc.assert(
    fc.property(damage, ({ at, put, cut }) => {
      const body = Buffer.concat([PROTOBUF.subarray(0, at), put, PROTOBUF.subarray(at + cut)])
      expect(decodeOtlpLogs(body, { encoding: 'protobuf' }).kind).toMatch(/malformed|decoded/)
    }),
    { numRuns: 1_000 },
  )
  fc.assert(
    fc.property(fc.json(), (body) => {
      expect(decodeOtlpLogs(Buffer.from(body), { encoding: 'json' }).kind).toMatch(/malformed|decoded/)
    }),
  )
})

/** Fields of the wire format, written by hand: nothing here comes from the library that reads them. */
function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

function message(field: number, ...fields: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(fields))
}

function string(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value))
}

function fixed64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(value)
  return buffer
}

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 0x7f) | 0x80]), varint(value >> 7)])
}
