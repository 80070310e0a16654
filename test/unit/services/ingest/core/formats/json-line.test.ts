import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonScanner } from '../../../../../../services/ingest/core/formats/json-line.ts'
import { createJsonTable } from '../../../../../../services/ingest/core/formats/json-table.ts'
import {
  BAD_FIELD,
  createSlots,
  FAULT_KEY,
  faultIn,
  METHOD,
  NOT_JSON,
  OK,
  ROUTE,
  SERVICE,
  STATUS,
  VERSION,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { NDJSON_TABLE } from '../../../../../../services/ingest/core/formats/ndjson-keys.ts'
import { amid, slotText } from '../scanned-lines.ts'

const LINE = 2

/** Scans an object that is a line, as the first of its log. */
function scan(text: string, after?: string, table = NDJSON_TABLE) {
  const { source, start, end } = amid(text, after)
  const slots = createSlots()
  const outcome = createJsonScanner(table)(source, start, end, slots, LINE)
  return { outcome, text: (field: number) => slotText(source, slots, field, LINE) }
}

/** `service.name` = v → `{service: {name: v}}`. */
function nest(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const nested: Record<string, unknown> = {}
  for (const [name, value] of pairs) {
    const [head = '', ...rest] = name.split('.')
    const inner = pairs.filter(([other]) => other.startsWith(`${head}.`))
    const within = inner.map(([other, otherValue]) => [other.slice(head.length + 1), otherValue] as const)
    nested[head] = rest.length === 0 ? value : nest(within)
  }
  return nested
}

// A name that is the beginning of another can't stand beside it when nested.
const NAMES = ['service.name', 'service.version', 'http.request.method', 'http.route', 'http.response.status_code']
const FIELDS = [SERVICE, VERSION, METHOD, ROUTE, STATUS]
const value = fc.string({ unit: fc.constantFrom('a', 'é', '{', '}', '"', '\\', ',', ':'), minLength: 1, maxLength: 8 })
const values = fc.array(fc.option(value, { nil: undefined }), { minLength: 5, maxLength: 5 })
const around = fc.constantFrom<readonly string[]>([], ['attributes'], ['resource'], ['resource', 'attributes'])
// In the line itself a status would be its status.
const other = fc.record({ extra: fc.jsonValue() }, { requiredKeys: [] })

test('finds what stands under dotted names, however it is nested and spaced', () => {
  fc.assert(
    fc.property(values, around, other, fc.constantFrom('', ' ', '\t'), (texts, objects, others, indent) => {
      const pairs = NAMES.map((name, i) => [name, texts[i]] as const).filter(([, text]) => text !== undefined)
      for (const fields of [nest(pairs), Object.fromEntries(pairs)]) {
        const object = objects.reduceRight<object>((inner, name) => ({ [name]: inner }), { ...others, ...fields })
        const json = JSON.stringify(object, null, indent).replaceAll('\n', '')
        const { outcome, text } = scan(json, ',"a":1}')
        expect(outcome).toBe(OK)
        expect(FIELDS.map((field) => text(field))).toEqual(
          texts.map((written) => (written === undefined ? undefined : JSON.stringify(written).slice(1, -1))),
        )
      }
    }),
    { numRuns: 300 },
  )
})

test('an object that is cut short is no JSON, and nothing past the end is read', () => {
  const object = fc.dictionary(
    fc.constantFrom('service', 'http', 'name', 'request', 'x'),
    fc.jsonValue({ maxDepth: 3 }),
  )
  fc.assert(
    fc.property(object, fc.nat(), (fields, at) => {
      const json = JSON.stringify({ extra: fields, attributes: fields })
      const cut = 1 + (at % (json.length - 1))
      expect(scan(json.slice(0, cut), '').outcome).not.toBe(OK)
      expect(scan(json.slice(0, cut), json.slice(cut)).outcome).toBe(scan(json.slice(0, cut), '').outcome)
    }),
    { numRuns: 300 },
  )
})

const pieces = fc
  .array(
    fc.constantFrom('{', '}', '"service"', '"name"', '"http"', ':', ',', '"a"', '1', 'null', '[', ']', '"', ' ', 'é'),
    { maxLength: 20 },
  )
  .map((parts) => `{${parts.join('')}`)

test('whatever the bytes: what is read is JSON, but for what is inside of values', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      const { outcome } = scan(text)
      expect(outcome === OK ? text.trimEnd().at(-1) : '}').toBe('}')
    }),
    { numRuns: 1_000 },
  )
})

const member = fc.constantFrom(
  '"service":"a"',
  '"service":{"name":"b","x":[1]}',
  '"status":500',
  '"status":"404"',
  '"attributes":{"http":{"route":"/x"},"status":1}',
  '"attributes":{}',
  '"x":{"service.name":"no"}',
  '"x":1',
  '"scheme":"https"',
  '"http.route":"/y"',
)
const line = fc.oneof(
  fc.uniqueArray(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`),
  pieces,
)

/** Fails unless the lines of a log are read as each would be alone. */
function expectAsAlone(lines: readonly string[], table = NDJSON_TABLE): void {
  const together = createJsonScanner(table)
  for (const text of lines) {
    const { source, start, end } = amid(text)
    const slots = createSlots()
    const outcome = together(source, start, end, slots, LINE)
    const alone = scan(text, undefined, table)
    expect(outcome).toBe(alone.outcome)
    for (const field of [...FIELDS, FAULT_KEY]) expect(slotText(source, slots, field, LINE)).toBe(alone.text(field))
  }
}

test('a line is read as it would be alone, whatever came before it', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (texts) => expectAsAlone(texts)),
    { numRuns: 500 },
  )
})

test('a line is read as it would be alone after many that were the same', () => {
  const SAME = 70
  fc.assert(
    fc.property(line, fc.array(line, { maxLength: 6 }), (first, others) =>
      expectAsAlone([...Array<string>(SAME).fill(first), ...others]),
    ),
    { numRuns: 15 },
  )
})

const listed = fc
  .array(fc.constantFrom('"a"', '""', '1', '23', 'null', '{"b":1}', '["c"]'), { maxLength: 4 })
  .chain((items) => fc.constantFrom(`"tags":[${items.join(',')}]`, `"http":{"tags":[${items.join(', ')}]}`))
const lineWithLists = fc
  .uniqueArray(fc.oneof(listed, fc.constantFrom('"status":500', '"x":[1,2]', '"x":"y"')), { maxLength: 4 })
  .map((members) => `{${members.join(',')}}`)
const LISTS = createJsonTable(
  [
    ['tags[]', SERVICE, 'string-or-number'],
    ['http.tags[]', VERSION, 'string-or-number'],
    ['status', STATUS, 'number'],
  ],
  [],
)

test('a line with lists is read as it would be alone, whatever came before it', () => {
  const lines = fc.array(lineWithLists, { maxLength: 12 })
  fc.assert(
    fc.property(lines, (texts) => expectAsAlone(texts, LISTS)),
    { numRuns: 500 },
  )
})

test('the name of a wrong value is told behind values that were always the same', () => {
  const text = (value: string) => `{"scheme":"https","secure":true,"attributes":{"kind":1,"http.route":${value}}}`
  expectAsAlone([...Array<string>(100).fill(text('"/a"')), text('12'), text('"/b"')])
})

test('a list may be empty where it was not before', () => {
  const scanHosts = createJsonScanner(createJsonTable([['hosts[]', STATUS, 'number']], []))
  for (const text of ['{"hosts":[200,1]}', '{"hosts":[]}', '{"hosts":[404]}']) {
    const { source, start, end } = amid(text)
    expect(scanHosts(source, start, end, createSlots(), LINE)).toBe(OK)
  }
})

test.each([
  ['{"service":{"name":"a"} "x":1}', NOT_JSON],
  ['{"service":{"name":"a"},}', NOT_JSON],
  ['{"service":{"name" "a"}}', NOT_JSON],
  ['{service:{"name":"a"}}', NOT_JSON],
  ['{"service":{"name":nil}}', NOT_JSON],
  ['{"service":{"name":12}}', faultIn(SERVICE, BAD_FIELD)],
  ['{"service":{"name":["a"]}}', faultIn(SERVICE, BAD_FIELD)],
  ['{}', OK],
  ['{ }', OK],
  ['{"service":{}}', OK],
  ['{"service":null}', OK],
  ['{"service":{"name":null}}', OK],
])('the outcome of %s is %i', (text, outcome) => {
  expect(scan(text).outcome).toBe(outcome)
})

test('says which member was wrong, by the name that the line has for it', () => {
  const { text } = scan('{"http":{"response":{"status_code":true}}}')
  expect([text(FAULT_KEY), text(STATUS)]).toEqual(['status_code', 'true'])
})

test('a plain name within an object is no field of the event', () => {
  const { text } = scan('{"attributes":{"status":500,"service":"a"},"extra":{"http":{"route":"/x"}}}')
  expect([STATUS, SERVICE, ROUTE].map((field) => text(field))).toEqual([undefined, undefined, undefined])
})

test('objects nested without end exhaust nothing', () => {
  const depth = 20_000
  for (const name of ['attributes', 'resource', 'http', 'x']) {
    const open = `{"${name}":`.repeat(depth)
    expect(scan(`${open}1${'}'.repeat(depth)}`).outcome).toBe(OK)
    expect(scan(open).outcome).toBe(NOT_JSON)
  }
})
