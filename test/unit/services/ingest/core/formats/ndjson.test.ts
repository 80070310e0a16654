import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NDJSON, parseLog, readLine } from '../read-log.ts'

const json = (fields: object) => JSON.stringify({ ts: '2026-03-01T00:00:10Z', status: 200, ...fields })

test('reads every field of the contract', () => {
  const event = {
    ts: '2026-03-01T00:00:10.500Z',
    service: 'checkout',
    env: 'staging',
    method: 'POST',
    path: '/pay/9',
    route: '/pay/{id}',
    status: 503,
    duration_ms: 12.5,
    bytes: 1234,
    version: 'v41',
    region: 'eu',
    host: 'pod-7',
    virtual_host: 'shop.example',
    client: '10.1.2.0',
    upstream: 'payments',
    upstream_status: '500',
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    user_agent: 'curl/8',
    count: 37,
  }
  expect(readLine(JSON.stringify(event), NDJSON)).toEqual(event)
})

const OTEL = {
  timestamp: '2026-03-01T00:00:10Z',
  'service.name': 'checkout',
  'service.version': 'v41',
  'deployment.environment.name': 'staging',
  'http.request.method': 'POST',
  'url.path': '/pay/9',
  'http.route': '/pay/{id}',
  'http.response.status_code': 503,
  'client.address': '10.1.2.3',
  'server.address': 'shop.example',
  'k8s.pod.name': 'pod-7',
  'cloud.region': 'eu',
  'user_agent.original': 'curl/8',
  'http.server.request.duration': 0.0125,
  trace_id: '4bf92f35',
}

/** `{'a.b': 1}` → `{a: {b: 1}}`. */
function nest(flat: object): object {
  const nested: Record<string, unknown> = {}
  const heads = new Set(Object.keys(flat).map((name) => name.split('.')[0] ?? ''))
  for (const head of heads) {
    const under = Object.entries(flat).filter(([name]) => name.startsWith(`${head}.`))
    const inner = Object.fromEntries(under.map(([name, value]) => [name.slice(head.length + 1), value]))
    nested[head] = under.length > 0 ? nest(inner) : (flat as Record<string, unknown>)[head]
  }
  return nested
}

const { timestamp, trace_id, ...attributes } = OTEL

test.each([
  ['flat', OTEL],
  ['nested', nest(OTEL)],
  ['under attributes', { timestamp, trace_id, attributes }],
  ['nested under attributes', { timestamp, trace_id, attributes: nest(attributes) }],
  ['under resource.attributes', { timestamp, trace_id, resource: { attributes } }],
])("reads OpenTelemetry's names, %s", (_, line) => {
  expect(readLine(JSON.stringify(line), NDJSON)).toEqual({
    ts: '2026-03-01T00:00:10.000Z',
    service: 'checkout',
    env: 'staging',
    method: 'POST',
    path: '/pay/9',
    route: '/pay/{id}',
    status: 503,
    duration_ms: 12.5,
    version: 'v41',
    region: 'eu',
    host: 'pod-7',
    virtual_host: 'shop.example',
    client: '10.1.2.0',
    trace_id: '4bf92f35',
    user_agent: 'curl/8',
    count: 1,
  })
})

test("the contract's own name wins over another for the same thing, in any order", () => {
  expect(readLine(json({ service: 'a', 'service.name': 'b' }), NDJSON).service).toBe('a')
  expect(readLine(json({ 'service.name': 'b', service: 'a' }), NDJSON).service).toBe('a')
  expect(readLine(json({ 'service.name': 'b', service: null }), NDJSON).service).toBe('b')
})

test('a field inside some other object is not of the event', () => {
  const line = json({
    service: 'a',
    attributes: { status: 'fine', service: 'b' },
    extra: { ts: 0, status: 500 },
    list: [{ status: 1 }],
  })
  expect(readLine(line, NDJSON)).toMatchObject({ service: 'a', status: 200 })
})

test.each([
  ['1772323210', '2026-03-01T00:00:10.000Z'],
  ['1772323210.25', '2026-03-01T00:00:10.250Z'],
  ['1772323210250', '2026-03-01T00:00:10.250Z'],
  ['1772323210250999', '2026-03-01T00:00:10.250Z'],
  ['1772323210250999888', '2026-03-01T00:00:10.250Z'],
  ['"1772323210"', '2026-03-01T00:00:10.000Z'],
  ['1.77232321e9', '2026-03-01T00:00:10.000Z'],
  ['"2026-03-01T01:00:10+01:00"', '2026-03-01T00:00:10.000Z'],
])('reads the time %s', (written, ts) => {
  expect(readLine(`{"ts":${written},"status":200}`, NDJSON).ts).toBe(ts)
})

test.each([
  ['"404"', 404],
  ['404', 404],
  ['"-"', 0],
  ['0', 0],
  ['499', 499],
])('reads the status %s as %i', (written, status) => {
  expect(readLine(`{"ts":1772323210,"status":${written}}`, NDJSON).status).toBe(status)
})

test.each([
  ['{"ts":1772323210,"status":200,"service":12}', 'bad-field', 'service: expected a text, found 12'],
  ['{"ts":1772323210,"status":200,"service":["a"]}', 'bad-field', 'service: expected a text, found ["a"]'],
  [
    '{"ts":1772323210,"status":{"code":200}}',
    'bad-field',
    'status: expected a status from 100 to 599, found {"code":200}',
  ],
  ['{"ts":1772323210,"status":"OK"}', 'bad-field', 'status: expected a status from 100 to 599, found OK'],
  [
    '{"ts":1772323210,"http.status_code":true}',
    'bad-field',
    'http.status_code: expected a status from 100 to 599, found true',
  ],
  [
    '{"ts":1772323210,"http":{"status_code":true}}',
    'bad-field',
    'status_code: expected a status from 100 to 599, found true',
  ],
  ['{"ts":1772323210,"status":200,"count":0}', 'bad-field', 'count: expected a whole number from 1, found 0'],
  ['{"ts":1772323210,"status":200,"count":1.5}', 'bad-field', 'count: expected a whole number from 1, found 1.5'],
  ['{"ts":1772323210,"status":200,"count":"7"}', 'bad-field', 'count: expected a whole number from 1, found "7"'],
  ['{"ts":1772323210,"status":200,"bytes":1-2}', 'bad-field', 'bytes: expected a number, found 1-2'],
  ['{"ts":"soon","status":200}', 'bad-time', 'ts: expected a time, found soon'],
  ['{"ts":true,"status":200}', 'bad-field', 'ts: expected a time, found true'],
  ['{"status":200}', 'no-time', undefined],
  ['{"ts":1772323210}', 'no-status', undefined],
  ['{"ts":1772323210,"status":null}', 'no-status', undefined],
  ['{"ts":1772323210,"status":200', 'not-json', undefined],
  ['{"ts":1772323210,"status":200}}', 'not-json', undefined],
  ['{"ts":1772323210 "status":200}', 'not-json', undefined],
  ['{"ts":1772323210,"status":200,}', 'not-json', undefined],
  ['{"ts":1772323210","status":200}', 'not-json', undefined],
  ['{"ts":1772323210,"status":200,"a":nil}', 'not-json', undefined],
  ['[{"ts":1772323210,"status":200}]', 'not-json', undefined],
  ['ts 1772323210 status 200', 'not-json', undefined],
])('rejects %s as %s', (line, reason, detail) => {
  const { detail: found, ...reject } = parseLog(line, NDJSON).rejects[0] ?? {}
  expect(reject).toMatchObject({ reason, text: line })
  expect(found).toBe(detail)
})

test('what one line was like does not change how the next is read', () => {
  const lines = [
    '{"ts":1772323210,"status":200,"service":"a"}',
    '{"ts":1772323210,"status":"201","service":"b"}',
    '{ "ts" : 1772323210 , "service" : "c" , "status" : 202 }',
    '{"status":203,"ts":"1772323210","version":"v\\"1","service":"d"}',
    '{"ts":1772323210,"status":200,"service":{"name":"e"}}',
    '{"ts":1772323210,"status":200,"service":"a"}',
  ]
  const whole = parseLog(lines.join('\n'), NDJSON)
  expect(whole.rejected).toBe(0)
  const services = Array.from(
    whole.columns.service.codes.subarray(0, whole.columns.rows),
    (code) => whole.columns.service.values[code],
  )
  expect(services).toEqual(['a', 'b', 'c', 'd', 'e', 'a'])
})

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((value) => value !== '-')

test('reads whatever JSON.stringify writes', () => {
  const event = fc.record(
    {
      version: text,
      region: text,
      upstream: text,
      trace_id: text,
      extra: fc.jsonValue(),
      user_agent: text,
      count: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      bytes: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    },
    { requiredKeys: [] },
  )
  const space = fc.constantFrom(undefined, ' ')
  fc.assert(
    fc.property(fc.array(fc.tuple(event, space), { minLength: 1, maxLength: 5 }), (events) => {
      for (const [fields, indent] of events) {
        const { extra, ...known } = fields
        const written = JSON.stringify({ ts: 1772323200, status: 200, ...fields }, null, indent).replaceAll('\n', '')
        expect(readLine(written, NDJSON)).toMatchObject(known)
      }
    }),
  )
})
