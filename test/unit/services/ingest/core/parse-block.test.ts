import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FormatSpec } from '../../../../../services/ingest/core/format-spec.ts'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'
import {
  MAX_LINE_BYTES,
  MAX_REJECT_CHARACTERS,
  MAX_REJECTS_KEPT,
  type ParsedBlock,
} from '../../../../../services/ingest/core/parsed-block.ts'
import { COMBINED, eventsOf, NDJSON, parseLog, readLine } from './read-log.ts'

const FORMATS: readonly FormatSpec[] = [
  NDJSON,
  COMBINED,
  { name: 'common' },
  { name: 'vhost-combined' },
  { name: 'nginx', logFormat: '$msec $status $host "$request" $upstream_addr $upstream_status $request_time' },
  { name: 'ingress-nginx' },
  { name: 'haproxy' },
  { name: 'aws-alb' },
  { name: 'aws-elb' },
  { name: 'cloudfront' },
  { name: 'iis' },
  { name: 'combined', envelope: 'syslog' },
  { name: 'combined', envelope: 'cri' },
  { name: 'ndjson', envelope: 'docker' },
]

const combined = (target: string, status = 200) =>
  `10.0.0.1 - - [01/Mar/2026:00:00:00 +0000] "GET ${target} HTTP/1.1" ${status} 5 "-" "curl/8"`

/** Lines that are nearly right, which reach deeper into a parser than noise does. */
const line = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => combined(text)),
  fc.json({ maxDepth: 3 }),
  fc
    .record({
      ts: fc.oneof(fc.constant(1772323200), fc.jsonValue()),
      status: fc.oneof(fc.constant(500), fc.jsonValue()),
      service: fc.jsonValue(),
      attributes: fc.jsonValue(),
    })
    .map((event) => JSON.stringify(event)),
  fc.tuple(fc.constant(combined('/a/b')), fc.nat(80)).map(([text, at]) => text.slice(0, at)),
  fc.constantFrom(
    '10.0.1.2:33317 [06/Feb/2026:12:14:14.655] in~ web/srv1 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/0 0/0 {a} "GET / HTTP/1.1"',
    '2026-11-21T10:00:00.1Z stdout F x',
    '{"log":"\\ud800 x\\n","stream":"stdout"}',
    '<190>1 2026-11-21T10:00:00Z h app - - [a b="]"] x',
    'https 2026-11-21T10:00:00Z app/a/1 1.1.1.1:1 - -1 -1 -1 503 - 1 2 "- http://a:80- -" "-" - - - "Root=1"',
    '2026-11-21\t10:00:00\tFRA\t1\t::1\tGET\th\t/a\t000\t-\ta%20b%',
    '2026-11-21 10:00:00 1.1.1.1 GET / "a b" 80 - 1.1.1.1 a+b - 500 0 0 15',
  ),
  fc.constant('1772323200.5 200 h "GET / HTTP/1.1" 1.1.1.1, 2.2.2.2 200, 500 0.5'),
)
const oneLine = line.map((text) => text.replaceAll(/[\r\n]/g, ' '))
const format = fc.constantFrom(...FORMATS)

function countsOf({ lines, parsed, rejected, skipped, blank, requests, rejectCounts, fromMs, toMs }: ParsedBlock) {
  return { lines, parsed, rejected, skipped, blank, requests, rejectCounts, fromMs, toMs }
}

test('never throws, and accounts for every line, whatever the bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(line, { maxLength: 12 }).map((lines) => new Uint8Array(Buffer.from(lines.join('\n')))),
  )
  fc.assert(
    fc.property(bytes, format, (log, spec) => {
      const block = parseLog(log, spec)
      const newlines = log.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0)
      expect(block.lines).toBe(newlines + (log.length > 0 && log.at(-1) !== 10 ? 1 : 0))
      expect(block.parsed + block.rejected + block.skipped + block.blank).toBe(block.lines)
      expect(block.rejects.length).toBe(block.rejected)
      expect(block.columns.rows).toBe(block.parsed)
      expect(eventsOf(block)).toHaveLength(block.parsed)
    }),
    { numRuns: 500 },
  )
})

test('blocks of a log hold together what the log holds', () => {
  fc.assert(
    fc.property(fc.array(oneLine, { maxLength: 12 }), fc.nat(12), format, (lines, cut, spec) => {
      const parser = createBlockParser({ format: spec, env: 'prod' })
      const parts = [lines.slice(0, cut), lines.slice(cut)].map((part) => part.map((text) => `${text}\n`).join(''))
      const blocks = parts.map((part) => parser.parse(Buffer.from(part), { source: '', firstLine: 1, firstByte: 0 }))
      const whole = parseLog(parts.join(''), spec)
      expect(blocks.flatMap(eventsOf)).toEqual(eventsOf(whole))
      expect(blocks.reduce((sum, block) => sum + block.requests, 0)).toBe(whole.requests)
      expect(blocks.reduce((sum, block) => sum + block.rejected, 0)).toBe(whole.rejected)
    }),
  )
})

test('the end of a line is \\n or \\r\\n alike, and the last line needs none', () => {
  fc.assert(
    fc.property(fc.array(oneLine, { minLength: 1, maxLength: 12 }), format, (lines, spec) => {
      const unix = parseLog(`${lines.join('\n')}\n`, spec)
      const dos = parseLog(`${lines.join('\r\n')}\r\n`, spec)
      expect(eventsOf(dos)).toEqual(eventsOf(unix))
      expect(countsOf(dos)).toEqual(countsOf(unix))
      const cut = parseLog(lines.join('\n'), spec)
      expect(cut.parsed).toBe(unix.parsed)
    }),
  )
})

test('the order of the lines changes no sum', () => {
  fc.assert(
    fc.property(fc.array(oneLine, { maxLength: 12 }), format, (lines, spec) => {
      const forth = parseLog(lines.join('\n'), spec)
      const back = parseLog([...lines].reverse().join('\n'), spec)
      const { lines: _, blank: __, ...sums } = countsOf(forth)
      expect(countsOf(back)).toMatchObject(sums)
    }),
  )
})

test('an event says the same next to others as alone', () => {
  const lines = Array.from({ length: 500 }, (_, i) => combined(`/item/${i % 7}/${'x'.repeat(i % 90)}`, 200 + (i % 300)))
  const block = parseLog(lines.join('\n'), COMBINED)
  expect(eventsOf(block)).toEqual(lines.map((text) => readLine(text, COMBINED)))
})

test('says of a reject where it was', () => {
  const log = `${combined('/a')}\n\njunk\r\n${combined('/b')}\nmore junk`
  const parser = createBlockParser({ format: COMBINED, env: 'prod' })
  const block = parser.parse(Buffer.from(log), { source: 'a.log', firstLine: 100, firstByte: 5000 })
  const secondAt = Buffer.from(log).indexOf('more junk')
  expect(block.rejects).toEqual([
    { source: 'a.log', lineNumber: 102, byteOffset: 5000 + log.indexOf('junk'), reason: 'unmatched', text: 'junk' },
    { source: 'a.log', lineNumber: 104, byteOffset: 5000 + secondAt, reason: 'unmatched', text: 'more junk' },
  ])
})

test('bounds a line, what is kept of a reject, and how many are kept', () => {
  const long = parseLog(`${'é'.repeat(MAX_LINE_BYTES)}\n${combined('/a')}`, COMBINED)
  expect(long).toMatchObject({ parsed: 1, rejectCounts: { 'line-too-long': 1 } })
  expect(long.rejects[0]?.text).toBe('é'.repeat(MAX_REJECT_CHARACTERS))
  const many = parseLog('junk\n'.repeat(MAX_REJECTS_KEPT + 500), COMBINED)
  expect([many.rejected, many.rejects.length]).toEqual([MAX_REJECTS_KEPT + 500, MAX_REJECTS_KEPT])
})

test('bounds every text of an event', () => {
  const long = 'ä'.repeat(5_000)
  const fields = {
    service: long,
    version: long,
    route: long,
    path: `/${long}`,
    user_agent: long,
    trace_id: long,
    client: long,
  }
  const event = readLine(JSON.stringify({ ts: 1772323200, status: 200, ...fields }), NDJSON)
  for (const value of Object.values({ ...event, ts: '' })) expect(String(value).length).toBeLessThanOrEqual(2_048)
  expect(JSON.stringify(event)).not.toContain('\uFFFD')
})

test('skips the zeros of a truncated file, a byte order mark and blank lines', () => {
  const log = `\uFEFF${combined('/a')}\n  \n\0\0\0\0${combined('/b')}\n\0\0\n`
  expect(parseLog(log, COMBINED)).toMatchObject({ lines: 4, parsed: 2, rejected: 0, blank: 2 })
})

test('keeps what is at or after the start and before the end that was asked for', () => {
  const at = (second: number) => `{"ts":${second},"status":200,"count":2}`
  const log = [at(1_772_323_199), at(1_772_323_200), at(1_772_323_209), at(1_772_323_210)].join('\n')
  const wanted = { fromMs: 1_772_323_200_000, toMs: 1_772_323_210_000 }
  expect(parseLog(log, NDJSON, wanted)).toMatchObject({
    parsed: 2,
    skipped: 2,
    requests: 4,
    ...wanted,
    toMs: 1_772_323_209_000,
  })
})

test.each([
  [{}, 'field', 'checkout'],
  [{ service: 'shop' }, 'constant', 'shop'],
] as const)('the field names the service, and the constant given wins over it: %o', (options, origin, service) => {
  const block = parseLog(
    '{"ts":1772323200,"status":200,"service":"checkout","virtual_host":"a.example"}',
    NDJSON,
    options,
  )
  expect(block.serviceOrigins).toEqual({ [origin]: 1 })
  expect(eventsOf(block)[0]?.service).toBe(service)
})

test.each([
  ['virtual_host', 'service_from', 'a.example'],
  ['upstream', 'service_from', 'backend'],
  [{ pathSegment: 1 }, 'service_from', 'cart'],
  [{ pathSegment: 3 }, 'virtual_host', 'a.example'],
  [undefined, 'virtual_host', 'a.example'],
] as const)('service_from %j names the service by its %s', (serviceFrom, origin, service) => {
  const log = '{"ts":1772323200,"status":200,"virtual_host":"A.example:80","upstream":"backend","path":"/cart/items/7"}'
  const block = parseLog(log, NDJSON, serviceFrom === undefined ? {} : { serviceFrom })
  expect(block.serviceOrigins).toEqual({ [origin]: 1 })
  expect(eventsOf(block)[0]).toMatchObject({ service, route: '/cart/items/{id}' })
})

test('without any name the service is web', () => {
  expect(parseLog('{"ts":1772323200,"status":200}', NDJSON).serviceOrigins).toEqual({ default: 1 })
  expect(readLine('{"ts":1772323200,"status":200}', NDJSON).service).toBe('web')
})

test('counts the requests of each service and route', () => {
  const event = (service: string, path: string, count: number) =>
    JSON.stringify({ ts: 1772323200, status: 200, service, path, count })
  const log = [event('a', '/x/1', 2), event('b', '/x/2', 3), event('a', '/x/3', 5), event('a', '/y', 7)].join('\n')
  const { service, route } = parseLog(log, NDJSON).columns
  const entries = route.values.map((name, code) => [
    service.values[route.services[code] ?? -1],
    name,
    route.requests[code],
  ])
  expect(entries).toEqual([
    ['a', '/x/{id}', 7],
    ['b', '/x/{id}', 3],
    ['a', '/y', 7],
  ])
})

test('names stay right when a flood of paths makes the parser forget what it remembered', () => {
  const parser = createBlockParser({ format: COMBINED, env: 'prod' })
  const known = combined('/users/7/orders', 503)
  for (let block = 0; block < 24; block++) {
    const flood = Array.from({ length: 1_000 }, (_, i) => combined(`/${block}/${i}/${'x'.repeat(1_900)}`))
    const log = [known, ...flood, known].join('\n')
    const parsed = parser.parse(Buffer.from(log), { source: '', firstLine: 1, firstByte: 0 })
    const events = eventsOf(parsed)
    expect([events[0], events.at(-1)]).toEqual([readLine(known, COMBINED), readLine(known, COMBINED)])
    expect(events).toHaveLength(1_002)
  }
})
