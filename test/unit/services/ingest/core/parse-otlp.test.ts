import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectFormat } from '../../../../../services/ingest/core/detect-format.ts'
import { type AccessLineReader, createAccessLineReader } from '../../../../../services/ingest/core/otlp-lines.ts'
import { decodeOtlpLogs } from '../../../../../services/ingest/core/otlp-logs.ts'
import { createOtlpParser } from '../../../../../services/ingest/core/parse-otlp.ts'
import type { ParsedBlock } from '../../../../../services/ingest/core/parsed-block.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'

const record = (second: number, status: number) => ({
  timeUnixNano: `${1_795_255_200 + second}000000000`,
  attributes: [{ key: 'http.response.status_code', value: { intValue: String(status) } }],
})
const request = (service: string, ...logRecords: readonly unknown[]) =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeLogs: [{ scope: {}, logRecords }],
      },
    ],
  })
const POSITION = { source: '', firstLine: 1, firstByte: 1_000 }
const createParser = () => createOtlpParser({ format: { name: 'otlp' }, env: 'prod' })

test('a file of OTLP requests holds an event for each record', () => {
  const lines = [
    request('cart', record(0, 200), record(1, 500)),
    '',
    request('pay', record(2, 503), { body: {} }),
    '{"cut',
  ]
  const log = Buffer.from(lines.join('\n'))
  expect(detectFormat(log)).toMatchObject({ kind: 'known', spec: { name: 'otlp' } })
  const block = createParser().parse(log, POSITION)
  expect(eventsOf(block)).toMatchObject([
    { ts: '2026-11-21T10:00:00.000Z', service: 'cart', status: 200 },
    { ts: '2026-11-21T10:00:01.000Z', service: 'cart', status: 500 },
    { ts: '2026-11-21T10:00:02.000Z', service: 'pay', status: 503 },
  ])
  expect(block).toMatchObject({ lines: 5, parsed: 3, rejected: 2 })
  expect(block.rejects).toMatchObject([
    { reason: 'no-time', lineNumber: 4, byteOffset: 1_000 + log.indexOf('{"resourceLogs"', 10) },
    { reason: 'not-json', lineNumber: 5, byteOffset: 1_000 + log.indexOf('{"cut'), text: '{"cut' },
  ])
})

const TEXTS = ['GET', '/a/b?c=1', '500', '200', '', '-', 'é', 'a"b', 'shop.example', '10.1.2.3', 'x'.repeat(5_000)]
const text = fc.constantFrom(...TEXTS)
const value = fc.oneof(
  { weight: 6, arbitrary: fc.record({ stringValue: text }) },
  {
    weight: 4,
    arbitrary: fc.record({ intValue: fc.constantFrom('200', '503', 404, '0', '007', '-1', '12345678901234567') }),
  },
  { weight: 2, arbitrary: fc.record({ doubleValue: fc.constantFrom(0.25, 12, 1e-7, '0.5', 'NaN', 1e300) }) },
  fc.constantFrom(
    { boolValue: true },
    { arrayValue: { values: [{ stringValue: 'a' }] } },
    {
      kvlistValue: {
        values: [
          { key: 'http', value: { stringValue: 'x' } },
          { key: 'route', value: { stringValue: '/r' } },
        ],
      },
    },
    {},
  ),
)
const NAMES = [
  'http.response.status_code',
  'http.status_code',
  'http.request.method',
  'url.path',
  'http.route',
  'http.server.request.duration',
  'http.response.body.size',
  'client.address',
  'trace.id',
  'service.name',
  'deployment.environment',
  'host.name',
  'http',
  'status',
  'x"y',
]
const attribute = fc.record({ key: fc.constantFrom(...NAMES), value })
const status = fc.constant({ key: 'http.response.status_code', value: { intValue: '200' } })
const attributes = fc
  .tuple(fc.array(attribute, { maxLength: 4 }), fc.option(status, { freq: 4 }))
  .map(([some, last]) => (last === null ? some : [last, ...some]))
const nanos = fc.constantFrom(
  '1795255200120456789',
  '1795255201000000000',
  '',
  '0',
  1795255200120456700,
  '9'.repeat(19),
  'soon',
)
const logRecord = fc.record(
  {
    timeUnixNano: fc.oneof({ weight: 5, arbitrary: fc.constant('1795255203120999999') }, nanos),
    observedTimeUnixNano: nanos,
    severityNumber: fc.constantFrom<unknown>(9, null, { a: '}' }),
    severityText: fc.constantFrom('INFO', 'a\\"b'),
    body: fc.constantFrom<unknown>({ stringValue: 'served' }, {}, { intValue: 7 }, null),
    attributes,
    traceId: fc.constantFrom(
      '',
      '5b8efff798038103d269b633813fc60c',
      '5B8EFFF798038103D269B633813FC60C',
      '0'.repeat(32),
      'x',
    ),
    spanId: fc.constant(''),
  },
  { requiredKeys: [] },
)
const scopeLogs = fc.record(
  { scope: fc.constant({ name: 'http' }), logRecords: fc.array(logRecord, { maxLength: 3 }) },
  { requiredKeys: [] },
)
const resourceLogs = fc.oneof(
  fc.record(
    { resource: fc.record({ attributes }, { requiredKeys: [] }), scopeLogs: fc.array(scopeLogs, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
  fc.record({ scopeLogs: fc.array(scopeLogs, { maxLength: 2 }), resource: fc.record({ attributes }) }),
)
const otlpRequest = fc.record({ resourceLogs: fc.array(resourceLogs, { maxLength: 3 }) })

/** What people see of a block. */
function shown(block: ParsedBlock) {
  const rejects = block.rejects.map(({ lineNumber, reason, text: line, detail }) => ({
    lineNumber,
    reason,
    line,
    detail,
  }))
  return { events: eventsOf(block), rejects, lines: block.lines, parsed: block.parsed, origins: block.serviceOrigins }
}

/** The same by way of NDJSON. */
function readRewritten(requests: readonly string[], lines: AccessLineReader): ParsedBlock {
  const pieces = requests.map((line) => {
    const decoded = decodeOtlpLogs(Buffer.from(line), { encoding: 'json', lines })
    return decoded.kind === 'decoded' ? decoded.ndjson : Buffer.from(`${line}\n`)
  })
  return parseLog(Buffer.concat(pieces), NDJSON)
}

test('requests are read where they are as they would be rewritten', () => {
  const parser = createParser()
  const reader = createAccessLineReader({})
  fc.assert(
    fc.property(fc.array(otlpRequest, { minLength: 1, maxLength: 4 }), (requests) => {
      const lines = requests.map((one) => JSON.stringify(one))
      expect(shown(parser.parse(Buffer.from(lines.join('\n')), POSITION))).toEqual(shown(readRewritten(lines, reader)))
    }),
    { numRuns: 100 },
  )
})

const TIMES = ['21/Nov/2026:10:00:05 +0000', '21/Nov/2026:10:00:06 +0330', '31/Feb/2026:10:00:05 +0000', 'soon']
const REQUESTS = [
  'GET /pay/7?card=1&n=2 HTTP/1.1',
  'POST /a"b\\c HTTP/2',
  '/',
  '-',
  '\\x16\\x03\\x01',
  'GET /\\x22q\\x22 HTTP/1.1',
]
const AGENTS = ['curl/8', '-', 'a \\"b\\" & <c>', 'é\\\\', '']
const accessLine = fc
  .record({
    client: fc.constantFrom('203.0.113.9', '2001:db8::7', 'edge.example', '-'),
    time: fc.oneof({ weight: 8, arbitrary: fc.constant('21/Nov/2026:10:00:05 +0000') }, fc.constantFrom(...TIMES)),
    request: fc.constantFrom(...REQUESTS),
    status: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('200', '503') }, fc.constantFrom('000', '-', '999', 'x')),
    size: fc.constantFrom('150', '-', '0', '007'),
    rest: fc.oneof(
      fc.constantFrom(...AGENTS).map((agent) => ` "-" "${agent}"`),
      fc.constantFrom('', ' "-"', '\n', '\tx'),
    ),
  })
  .map(
    ({ client, time, request: asked, status: code, size, rest }) =>
      `${client} - - [${time}] "${asked}" ${code} ${size}${rest}`,
  )
const textRecord = fc.record(
  {
    timeUnixNano: fc.constantFrom('1795255203120999999', '0'),
    body: fc.record({ stringValue: fc.oneof({ weight: 9, arbitrary: accessLine }, fc.constantFrom('', 'cache miss')) }),
    attributes: fc.array(attribute, { maxLength: 2 }),
    traceId: fc.constantFrom('', '5b8efff798038103d269b633813fc60c'),
  },
  { requiredKeys: ['body'] },
)
const textRequest = fc
  .tuple(fc.array(attribute, { maxLength: 3 }), fc.array(textRecord, { minLength: 1, maxLength: 3 }))
  .map(([some, logRecords]) => ({ resourceLogs: [{ resource: { attributes: some }, scopeLogs: [{ logRecords }] }] }))

test('so are those whose bodies are lines of an access log', () => {
  const parser = createParser()
  const reader = createAccessLineReader({})
  fc.assert(
    fc.property(fc.array(textRequest, { minLength: 1, maxLength: 3 }), fc.boolean(), (requests, isEscaped) => {
      // Some exporters write what means something in HTML as other characters.
      const written = (json: string) => (isEscaped ? json.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c') : json)
      const lines = requests.map((one) => written(JSON.stringify(one)))
      expect(shown(parser.parse(Buffer.from(lines.join('\n')), POSITION))).toEqual(shown(readRewritten(lines, reader)))
    }),
    { numRuns: 50 },
  )
})

test('what neither the line nor its resource names is named by the options', () => {
  const line = '203.0.113.9 - - [21/Nov/2026:10:00:05 +0000] "GET /pay/7 HTTP/1.1" 502 150 "-" "curl/8"'
  const log = Buffer.from(`${request('', { body: { stringValue: line } })}\n`.repeat(3))
  const options = { format: { name: 'otlp' }, env: 'staging', serviceFrom: { pathSegment: 1 } } as const
  const events = eventsOf(createOtlpParser(options).parse(log, POSITION))
  expect(events.map(({ service, env }) => `${service} ${env}`)).toEqual(Array<string>(3).fill('pay staging'))
})
