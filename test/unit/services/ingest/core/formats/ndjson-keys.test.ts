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
import { JSON_FIELDS } from '../../../../../../services/ingest/core/formats/ndjson-keys.ts'
import { entryOf, keyOf } from '../json-keys.ts'

test("every field of the contract is read under its own name, which wins over OpenTelemetry's", () => {
  const derived = ['duration', 'start']
  for (const [field, name] of FIELD_NAMES.entries()) {
    if (derived.includes(name)) continue
    expect(keyOf(name)).toMatchObject({ field, slot: slotOf(field), isPreferred: true })
  }
  const preferred = [...JSON_FIELDS.keys()].filter((name) => keyOf(name)?.isPreferred)
  expect(new Set(preferred)).toEqual(new Set(FIELD_NAMES.filter((name) => !derived.includes(name))))
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
  expect(keyOf(name)).toMatchObject({ field, acceptsString: kind !== 'number', acceptsNumber: kind !== 'text' })
})

test.each(['constructor', '__proto__', 'Status', 'status ', '', 'http', 'message'])('%j names no field', (name) => {
  expect(keyOf(name)).toBeUndefined()
})

test('a dotted name is found however objects stand for its dots, in the line and in attributes and resource', () => {
  for (const [name, field] of JSON_FIELDS) {
    if (!name.includes('.')) continue
    for (const around of [[], ['attributes'], ['resource'], ['resource', 'attributes'], ['resource.attributes']]) {
      for (const path of splits(name)) expect(entryOf([...around, ...path])?.key?.field).toBe(field)
    }
  }
})

/** `a.b.c` → a.b.c, a + b.c, a.b + c, a + b + c. */
function splits(name: string): string[][] {
  const ways = [[name]]
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    ways.push(...splits(name.slice(dot + 1)).map((rest) => [name.slice(0, dot), ...rest]))
  }
  return ways
}

test('a plain name within an object is something else there', () => {
  for (const name of ['status', 'service', 'ts', 'path']) {
    expect(entryOf(['attributes', name])?.key).toBeUndefined()
    expect(entryOf(['extra', name])?.key).toBeUndefined()
  }
})

test.each(['extra', 'constructor', 'http.request.headers', 'service.name'])(
  'nothing that is read is under %s',
  (name) => {
    expect(entryOf(name.split('.'))?.object ?? -1).toBe(-1)
  },
)
