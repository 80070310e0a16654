import { expect, test } from 'vitest'
import {
  CLIENT,
  COUNT,
  DURATION,
  DURATION_MS,
  FIELD_NAMES,
  SERVICE,
  STATUS,
  slotOf,
  TIME,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import {
  isNamespace,
  JSON_KEYS,
  NESTED_KEYS,
  nestedName,
} from '../../../../../../services/ingest/core/formats/ndjson-keys.ts'

/** What the members of an object within an object are called, from the outermost. */
function nameOf(path: readonly string[]): string {
  return path.reduce(nestedName, '')
}

test("every field of the contract is read under its own name, which wins over OpenTelemetry's", () => {
  const derived = ['duration', 'start']
  for (const [field, name] of FIELD_NAMES.entries()) {
    if (derived.includes(name)) continue
    expect(JSON_KEYS.get(name)).toMatchObject({ field, slot: slotOf(field), isCanonical: true })
  }
  const canonical = [...JSON_KEYS].filter(([, key]) => key.isCanonical).map(([name]) => name)
  expect(new Set(canonical)).toEqual(new Set(FIELD_NAMES.filter((name) => !derived.includes(name))))
})

test.each([
  ['service.name', SERVICE, 'text'],
  ['@timestamp', TIME, 'text or number'],
  ['http.response.status_code', STATUS, 'text or number'],
  ['http.server.request.duration', DURATION, 'number'],
  ['client.address', CLIENT, 'text'],
  ['duration_ms', DURATION_MS, 'number'],
  ['count', COUNT, 'number'],
])('%s is field %i and a %s', (name, field, kind) => {
  expect(JSON_KEYS.get(name)).toMatchObject({
    field,
    acceptsString: kind !== 'number',
    acceptsNumber: kind !== 'text',
  })
})

test.each(['constructor', '__proto__', 'Status', 'status ', '', 'http', 'message'])('%j names no field', (name) => {
  expect(JSON_KEYS.get(name)).toBeUndefined()
})

test('a dotted name is found by its path through objects, and every object on the way is looked into', () => {
  for (const [name, key] of NESTED_KEYS) {
    const path = name.split('.')
    for (const around of [[], ['attributes'], ['resource'], ['resource', 'attributes']]) {
      expect(NESTED_KEYS.get(nameOf([...around, ...path]))).toBe(key)
      for (let length = 0; length < around.length + path.length; length++) {
        expect(isNamespace(nameOf([...around, ...path].slice(0, length)))).toBe(true)
      }
    }
  }
})

test('a plain name within an object is something else there', () => {
  for (const name of ['status', 'service', 'ts', 'path']) {
    expect(NESTED_KEYS.get(nameOf(['attributes', name]))).toBeUndefined()
    expect(NESTED_KEYS.get(nameOf(['extra', name]))).toBeUndefined()
  }
})

test.each(['extra', 'constructor', 'http.request.headers', 'service.name'])(
  'nothing that is read is under %s',
  (name) => {
    expect(isNamespace(nameOf(name.split('.')))).toBe(false)
  },
)

test.each([
  [['service', 'name'], 'service.name'],
  [['attributes', 'service', 'name'], 'service.name'],
  [['resource', 'attributes', 'service', 'name'], 'service.name'],
  [['resource.attributes', 'service.name'], 'service.name'],
  [['http', 'request', 'method'], 'http.request.method'],
  [['extra', 'attributes', 'a'], 'extra.attributes.a'],
])('%j is called %s', (path, name) => {
  expect(nameOf(path)).toBe(name)
})
