import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOtlpBodyReader } from '../../../../../services/ingest/core/otlp-body.ts'
import { decodeOtlpLogs } from '../../../../../services/ingest/core/otlp-logs.ts'
import type { OtlpEncoding } from '../../../../../services/ingest/core/otlp-request.ts'
import {
  encodeOtlpRequest,
  type OtlpAnyValue,
  type OtlpKeyValue,
  type OtlpLogRecord,
  type OtlpLogsRequest,
} from '../../../../support/otlp-protobuf.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'

const LINE = '203.0.113.9 - - [21/Nov/2026:10:00:05 +0000] "GET /pay/7?x=1 HTTP/1.1" 502 150 "-" "curl/8 \\x22"'
const text = (key: string, stringValue: string): OtlpKeyValue => ({ key, value: { stringValue } })
const RECORD: OtlpLogRecord = {
  timeUnixNano: '1795255200123456789',
  severityNumber: 9,
  body: { stringValue: 'served a request' },
  attributes: [
    text('http.request.method', 'POST'),
    text('url.path', '/pay/7'),
    text('log.file.name', 'a.log'),
    { key: 'http.response.status_code', value: { intValue: 503 } },
    { key: 'http.server.request.duration', value: { doubleValue: 0.25 } },
  ],
  traceId: '5b8efff798038103d269b633813fc60c',
  observedTimeUnixNano: '1795255200999000000',
}
const requestOf = (...logRecords: OtlpLogRecord[]): OtlpLogsRequest => ({
  resourceLogs: [{ resource: { attributes: [text('service.name', 'checkout')] }, scopeLogs: [{ logRecords }] }],
})
const toBody = (request: OtlpLogsRequest, encoding: OtlpEncoding) =>
  encoding === 'json' ? Buffer.from(JSON.stringify(request)) : encodeOtlpRequest(request)

/** What becomes of a body's records; undefined when it is malformed. */
function readBody(read: ReturnType<typeof createOtlpBodyReader>, body: Buffer, encoding: OtlpEncoding) {
  const decoded = read(body, encoding)
  if (decoded.kind === 'malformed') return undefined
  const block = parseLog(decoded.lines, { name: decoded.format })
  return { events: eventsOf(block), lines: block.lines, rejected: block.rejected }
}

/** The same, decoded. */
function readDecoded(body: Buffer, encoding: OtlpEncoding) {
  const decoded = decodeOtlpLogs(body, { encoding })
  if (decoded.kind === 'malformed') return undefined
  const block = parseLog(decoded.ndjson, NDJSON)
  return { events: eventsOf(block), lines: block.lines, rejected: block.rejected }
}

test.each(['json', 'protobuf'] as const)('a request in %s as exporters write it is not decoded', (encoding) => {
  const read = createOtlpBodyReader()
  const body = toBody(requestOf(RECORD, RECORD), encoding)
  expect(read(body, encoding)).toMatchObject({ kind: 'lines', format: 'otlp' })
  const expected = {
    ts: '2026-11-21T10:00:00.123Z',
    service: 'checkout',
    method: 'POST',
    path: '/pay/7',
    status: 503,
    duration_ms: 250,
    trace_id: '5b8efff798038103d269b633813fc60c',
  }
  expect(readBody(read, body, encoding)).toMatchObject({ events: [expected, expected], lines: 2, rejected: 0 })
})

test('a large request in protobuf is lines that can be cut apart, with all of its records', () => {
  const body = encodeOtlpRequest(requestOf(...Array<OtlpLogRecord>(5_000).fill(RECORD)))
  const read = createOtlpBodyReader()(body, 'protobuf')
  const lines = read.kind === 'lines' ? Buffer.from(read.lines).toString().trimEnd().split('\n') : []
  expect(lines.length).toBeGreaterThan(5)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(256 * 1024)
  expect(parseLog(lines.join('\n'), { name: 'otlp' })).toMatchObject({ lines: 5_000, parsed: 5_000 })
})

test('a body that is no request is told so', () => {
  const read = createOtlpBodyReader()
  for (const encoding of ['json', 'protobuf'] as const) {
    for (const text of ['{"resourceLogs":', '{"resourceLogs":7}', 'hello', '\n']) {
      expect(read(Buffer.from(text), encoding).kind).toBe('malformed')
    }
  }
})

const value = fc.oneof(
  fc.constantFrom('GET', '/a/7?q=1', '-', '', 'a"b\\c', 'é\n', 'x'.repeat(300)).map((stringValue) => ({ stringValue })),
  fc.constantFrom<string | number>(200, '503', 0, -1, '9007199254740993').map((intValue) => ({ intValue })),
  fc.constantFrom(0, 0.25, 1e-9, 12.5, -1).map((doubleValue) => ({ doubleValue })),
  fc.constantFrom<OtlpAnyValue>({ boolValue: true }, {}, { kvlistValue: { values: [text('route', '/x')] } }),
)
const status = fc.constantFrom<OtlpAnyValue>({ intValue: 200 }, { intValue: '503' }, { stringValue: '404' })
const attributes = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: status.map((of): OtlpKeyValue => ({ key: 'http.response.status_code', value: of })) },
    fc.record({
      key: fc.constantFrom('url.path', 'http.route', 'service.name', 'http.server.request.duration', 'http', 'x', ''),
      value,
    }),
    fc.constantFrom<OtlpKeyValue>({ key: 'url.path' }),
  ),
  { maxLength: 5 },
)
const nanos = fc.constantFrom('0', '1795255203120999999', '999999', '18446744073709551615', '1700000000000000001')
const record = fc.record(
  {
    timeUnixNano: fc.oneof({ weight: 4, arbitrary: fc.constant('1795255203120999999') }, nanos),
    observedTimeUnixNano: nanos,
    severityNumber: fc.constantFrom(9, 17),
    body: fc.oneof(
      value,
      fc.constantFrom(LINE, `${LINE}\n`).map((stringValue) => ({ stringValue })),
    ),
    attributes,
    traceId: fc.constantFrom('', '5b8efff798038103d269b633813fc60c', '0'.repeat(32), 'ab'),
  },
  { requiredKeys: [] },
)
const resourceLogs = fc.record(
  {
    resource: fc.record({ attributes }, { requiredKeys: [] }),
    scopeLogs: fc.array(fc.record({ logRecords: fc.array(record, { maxLength: 3 }) }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
)
const request = fc.record({ resourceLogs: fc.array(resourceLogs, { maxLength: 3 }) })

test('a request says in protobuf and in JSON what it says when it is decoded', () => {
  const read = createOtlpBodyReader()
  fc.assert(
    fc.property(request, (generated) => {
      const isUsual = JSON.stringify(generated)
      for (const encoding of ['json', 'protobuf'] as const) {
        const body = toBody(generated as OtlpLogsRequest, encoding)
        expect(readBody(read, body, encoding), isUsual).toEqual(readDecoded(body, encoding))
      }
    }),
    { numRuns: 60 },
  )
})

test('a damaged request says what it says when it is decoded, or is refused', () => {
  const read = createOtlpBodyReader()
  const whole = encodeOtlpRequest(requestOf(RECORD, { ...RECORD, body: { stringValue: LINE }, attributes: [] }))
  const damage = fc.record({ at: fc.nat(whole.length), put: fc.uint8Array({ maxLength: 4 }), cut: fc.nat(4) })
  fc.assert(
    fc.property(damage, ({ at, put, cut }) => {
      const body = Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + cut)])
      const decoded = readDecoded(body, 'protobuf')
      // What nobody reads of a record may be malformed.
      if (decoded !== undefined) expect(readBody(read, body, 'protobuf')).toEqual(decoded)
      else expect(() => read(body, 'protobuf')).not.toThrow()
    }),
    { numRuns: 200 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (body) => read(body, 'protobuf').kind !== undefined))
})
