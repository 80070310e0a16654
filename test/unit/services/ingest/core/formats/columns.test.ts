import { expect, test } from 'vitest'
import { scanColumns, toColumnSlots } from '../../../../../../services/ingest/core/formats/columns.ts'
import {
  CLIENT,
  createSlots,
  METHOD,
  REQUEST_ID,
  STATUS,
  TARGET,
  TIME,
  USER_AGENT,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { IGNORED, REQUEST_LINE } from '../../../../../../services/ingest/core/formats/pattern.ts'
import { amid, slotText } from '../scanned-lines.ts'

const SPACE = 0x20
const TAB = 0x09

function scan(text: string, fields: readonly number[], separator = SPACE) {
  const { source, start, end } = amid(text, ' 7" ')
  const slots = createSlots()
  const count = scanColumns(toColumnSlots(fields), separator, source, start, end, slots, 2)
  return { count, text: (field: number) => slotText(source, slots, field, 2) }
}

test.each([
  ['a b', ['a', 'b'], 2],
  ['"a b" c', ['a b', 'c'], 2],
  ['"a \\"b\\" c" d', ['a \\"b\\" c', 'd'], 2],
  // Quotes that no separator follows are the client's own.
  ['"a "b"c" d', ['a "b"c', 'd'], 2],
  ['"a b', ['"a', 'b'], 2],
  ['"" b', [undefined, 'b'], 2],
  ['- b', [undefined, 'b'], 2],
  ['"-" b', [undefined, 'b'], 2],
  ['-- b', ['--', 'b'], 2],
  [' b', [undefined, 'b'], 2],
  ['a ', ['a', undefined], 2],
  ['a b c', ['a', 'b'], 3],
  ['a b c d', ['a', 'b'], 3],
  ['a', ['a', undefined], 1],
  ['a"b c', ['a"b', 'c'], 2],
] as const)('%s: what each column holds, and how many there are, up to one too many', (text, expected, count) => {
  const found = scan(text, [CLIENT, USER_AGENT])
  expect([found.text(CLIENT), found.text(USER_AGENT)]).toEqual(expected)
  expect(found.count).toBe(count)
})

test('a tab separates where it is told to, and spaces are then of a value', () => {
  const found = scan('curl 8\t200', [USER_AGENT, STATUS], TAB)
  expect([found.text(USER_AGENT), found.text(STATUS)]).toEqual(['curl 8', '200'])
})

test('columns of one field next to one another are one value', () => {
  const found = scan('2026-11-21 10:00:00 x', [TIME, TIME, REQUEST_ID])
  expect([found.text(TIME), found.text(REQUEST_ID)]).toEqual(['2026-11-21 10:00:00', 'x'])
})

test('a hyphen as status says that there was none, and is kept', () => {
  expect(scan('-', [STATUS]).text(STATUS)).toBe('-')
})

test('a request line is split, and columns that nobody asked for are passed over', () => {
  const found = scan('x "GET /a b HTTP/1.1" 200', [IGNORED, REQUEST_LINE, STATUS])
  expect([found.text(METHOD), found.text(TARGET), found.text(STATUS)]).toEqual(['GET', '/a b', '200'])
})
