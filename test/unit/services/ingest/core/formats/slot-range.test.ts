import { expect, test } from 'vitest'
import {
  BATCH_LINES,
  createSlots,
  HOST,
  SERVICE,
  START,
  TIME,
  VERSION,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import {
  clearLine,
  clearRange,
  cutAt,
  endOf,
  moveRange,
  setRange,
  startOf,
} from '../../../../../../services/ingest/core/formats/slot-range.ts'
import { scannedLines, slotText } from '../scanned-lines.ts'

const AT = 0x40

test.each([0, 7, BATCH_LINES - 1])('a field of line %d is set and cleared alone', (line) => {
  const slots = createSlots()
  setRange(slots, SERVICE, line, 3, 9)
  expect([startOf(slots, SERVICE, line), endOf(slots, SERVICE, line)]).toEqual([3, 9])
  expect(slots.filter((value) => value !== -1)).toHaveLength(2)
  clearRange(slots, SERVICE, line)
  expect(slots).toEqual(createSlots())
})

test('a field that moves is absent where it was', () => {
  const slots = createSlots()
  setRange(slots, TIME, 1, 3, 9)
  moveRange(slots, TIME, START, 1)
  expect([startOf(slots, START, 1), endOf(slots, START, 1), startOf(slots, TIME, 1)]).toEqual([3, 9, -1])
  moveRange(slots, TIME, START, 1)
  expect(startOf(slots, START, 1)).toBe(-1)
})

test.each([
  ['checkout@docker', 'checkout'],
  ['a@b@c', 'a'],
  ['checkout', 'checkout'],
  ['@docker', ''],
])('%s ends before the first @', (service, expected) => {
  const { source, slots } = scannedLines([{ [SERVICE]: service, [HOST]: 'a@b' }])
  cutAt(source, AT, slots, SERVICE, 0)
  cutAt(source, AT, slots, VERSION, 0)
  expect([SERVICE, HOST, VERSION].map((field) => slotText(source, slots, field))).toEqual([expected, 'a@b', undefined])
})

test('a line that is cleared has no fields, and its neighbours keep theirs', () => {
  const lines = ['a', 'b', 'c'].map((service) => ({ [SERVICE]: service, [HOST]: service }))
  const { source, slots } = scannedLines(lines)
  clearLine(slots, 1)
  const rows = [0, 1, 2].map((line) => [SERVICE, HOST].map((field) => slotText(source, slots, field, line)))
  expect(rows).toEqual([
    ['a', 'a'],
    [undefined, undefined],
    ['c', 'c'],
  ])
  expect([endOf(slots, SERVICE, 1), endOf(slots, HOST, 1)]).toEqual([-1, -1])
})
