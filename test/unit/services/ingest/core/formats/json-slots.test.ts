import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setKeySlot, setValueSlot } from '../../../../../../services/ingest/core/formats/json-slots.ts'
import {
  BAD_FIELD,
  createSlots,
  FAULT_KEY,
  faultIn,
  OK,
  SERVICE,
  STATUS,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { JSON_FIELDS } from '../../../../../../services/ingest/core/formats/ndjson-keys.ts'
import { keyOf } from '../json-keys.ts'
import { amid, slotText } from '../scanned-lines.ts'

const LINE = 9

/** A batch in which members, name and value as JSON writes it, are set one after the other. */
function createLine() {
  const slots = createSlots()
  let source = amid('').source
  const set = (name: string, json: string): number => {
    const key = keyOf(name)
    if (key === undefined) throw new Error(`${name} is no field`)
    const piece = amid(json)
    source = piece.source
    const quote = json.startsWith('"') ? 1 : 0
    return setValueSlot(source, piece.start + quote, piece.end - quote, key, slots, LINE)
  }
  return { slots, set, text: (field: number) => slotText(source, slots, field, LINE) }
}

test.each([
  ['service', SERVICE, '"checkout"', 'checkout'],
  ['status', STATUS, '200', '200'],
  ['status', STATUS, '"200"', '200'],
  ['status', STATUS, '"-"', '-'],
  ['service', SERVICE, '"-"', undefined],
  ['service', SERVICE, '""', undefined],
  ['service', SERVICE, 'null', undefined],
  ['status', STATUS, 'null', undefined],
  ['service', SERVICE, '"n"', 'n'],
])('%s (%i) written as %s is %j', (name, field, json, expected) => {
  const { set, text } = createLine()
  expect(set(name, json)).toBe(OK)
  expect(text(field)).toBe(expected)
})

test.each([
  ['service', '12'],
  ['service', 'true'],
  ['service', '["a"]'],
  ['service', '{"a":1}'],
  ['status', 'false'],
  ['status', '[200]'],
  ['count', '"7"'],
  ['duration_ms', '"12.5"'],
])('a wrong type is told with its value as it is written, quotes and all: %s %s', (name, json) => {
  const { set, text } = createLine()
  const field = JSON_FIELDS.get(name) ?? -1
  expect(set(name, json)).toBe(faultIn(field, BAD_FIELD))
  expect(text(field)).toBe(json)
})

test("the contract's own name wins, whichever comes first; of others the first", () => {
  const line = createLine()
  line.set('service.name', '"other"')
  line.set('service', '"own"')
  expect(line.text(SERVICE)).toBe('own')
  const { slots, set } = createLine()
  set('service', '"a"')
  const before = Array.from(slots)
  set('service.name', '"bb"')
  expect(Array.from(slots)).toEqual(before)
})

test('touches the slots of its line and field alone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...JSON_FIELDS.keys()),
      fc.constantFrom('"a"', '7', 'null', 'true', '"-"', '""'),
      (...member) => {
        const { slots, set, text } = createLine()
        set(...member)
        const field = JSON_FIELDS.get(member[0]) ?? -1
        const others = createSlots()
        expect(slots.filter((slot, i) => slot !== others[i]).length).toBeLessThanOrEqual(2)
        expect([undefined, '7', 'a', '-', 'true', '"a"', '"-"', '""']).toContain(text(field))
      },
    ),
  )
})

test('keeps the name of a member', () => {
  const slots = createSlots()
  const { source, start, end } = amid('http.status_code')
  setKeySlot(start, end, slots, LINE)
  expect(slotText(source, slots, FAULT_KEY, LINE)).toBe('http.status_code')
})
