import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import {
  BAD_FIELD,
  createSlots,
  FAULT_KEY,
  faultIn,
  METHOD,
  NOT_JSON,
  ROUTE,
  SERVICE,
  STATUS,
  VERSION,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { NESTED_KEYS } from '../../../../../../services/ingest/core/formats/ndjson-keys.ts'
import { scanNestedObject } from '../../../../../../services/ingest/core/formats/ndjson-nested.ts'
import { amid, slotText } from '../scanned-lines.ts'

const LINE = 2

/** Scans an object within the line itself; `end` is from its start, or its outcome negated. */
function scan(text: string, after?: string) {
  const { source, start, end } = amid(text, after)
  const slots = createSlots()
  const at = scanNestedObject({ source, end, slots, line: LINE, name: '', depth: 1 }, start)
  return { end: at < 0 ? at : at - start, text: (field: number) => slotText(source, slots, field, LINE) }
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
const other = fc.record({ extra: fc.jsonValue(), status: fc.jsonValue() }, { requiredKeys: [] })

test('finds what stands under dotted names, however it is nested and spaced, and where the object ends', () => {
  fc.assert(
    fc.property(values, around, other, fc.constantFrom('', ' ', '\t'), (texts, objects, others, indent) => {
      const pairs = NAMES.map((name, i) => [name, texts[i]] as const).filter(([, text]) => text !== undefined)
      for (const fields of [nest(pairs), Object.fromEntries(pairs)]) {
        const object = objects.reduceRight<object>((inner, name) => ({ [name]: inner }), { ...others, ...fields })
        const json = JSON.stringify(object, null, indent).replaceAll('\n', '')
        const { end, text } = scan(json, ',"a":1}')
        expect(end).toBe(Buffer.byteLength(json))
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
      const json = JSON.stringify({ service: fields, attributes: fields })
      const cut = 1 + (at % (json.length - 1))
      const alone = toByteSource(Buffer.from(json.slice(0, cut)))
      const end = alone.bytes.length
      const part = { source: alone, end, slots: createSlots(), line: LINE, name: '', depth: 1 }
      expect(scanNestedObject(part, 0)).toBeLessThan(0)
      expect(scan(json.slice(0, cut), json.slice(cut)).end).toBe(scan(json.slice(0, cut), '').end)
    }),
    { numRuns: 300 },
  )
})

test('whatever the bytes: an end within the line, or an outcome', () => {
  const pieces = fc.array(
    fc.constantFrom('{', '}', '"service"', '"name"', '"http"', ':', ',', '"a"', '1', 'null', '[', ']', '"', ' ', 'é'),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = `{${parts.join('')}`
      const { end } = scan(text)
      expect(end < 0 || (text.slice(0, end).endsWith('}') && end <= Buffer.byteLength(text))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['{"service":{"name":"a"} "x":1}', -NOT_JSON],
  ['{"service":{"name":"a"},}', -NOT_JSON],
  ['{"service":{"name" "a"}}', -NOT_JSON],
  ['{service:{"name":"a"}}', -NOT_JSON],
  ['{"service":{"name":nil}}', -NOT_JSON],
  ['{"service":{"name":12}}', -faultIn(SERVICE, BAD_FIELD)],
  ['{"service":{"name":["a"]}}', -faultIn(SERVICE, BAD_FIELD)],
  ['{}', 2],
  ['{ }', 3],
  ['{"service":{}}', 14],
  ['{"service":null}', 16],
  ['{"service":{"name":null}}', 25],
])('%s ends in %i', (text, end) => {
  expect(scan(text).end).toBe(end)
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
  for (const name of ['attributes', 'resource', 'service', 'x']) {
    const open = `{"${name}":`.repeat(depth)
    expect(scan(`${open}1${'}'.repeat(depth)}`).end).toBe(open.length + 1 + depth)
    expect(scan(open).end).toBeLessThan(0)
  }
  expect(Math.max(...[...NESTED_KEYS.keys()].map((name) => name.split('.').length))).toBeLessThan(8)
})
