import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BAD_FIELD,
  BAD_TIME,
  BATCH_LINES,
  BYTES,
  COUNT,
  createSlots,
  DURATION,
  DURATION_MS,
  FIELD_NAMES,
  faultIn,
  faultyFieldOf,
  LINE_TOO_LONG,
  METHOD,
  NO_STATUS,
  NO_TIME,
  NOT_JSON,
  ROUTE,
  reasonOf,
  SERVICE,
  START,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  TRACE_ID,
  UNMATCHED,
  UPSTREAM_STATUS,
  USER_AGENT,
  VIRTUAL_HOST,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import { REJECT_REASONS } from '../../../../../../services/ingest/core/parsed-block.ts'

const field = fc.nat(FIELD_NAMES.length - 1)
const line = fc.nat(BATCH_LINES - 1)

test('a fault keeps its field and its reason', () => {
  fc.assert(
    fc.property(field, fc.constantFrom(BAD_TIME, BAD_FIELD), (faulty, reason) => {
      const outcome = faultIn(faulty, reason)
      expect([faultyFieldOf(outcome), reasonOf(outcome)]).toEqual([faulty, reason])
    }),
  )
})

test('no two lines or fields share a slot, and every slot is empty at first', () => {
  const slots = createSlots()
  expect(slots.every((slot) => slot === -1)).toBe(true)
  fc.assert(
    fc.property(field, line, fc.constantFrom(0, BATCH_LINES), field, line, fc.constantFrom(0, BATCH_LINES), (...at) => {
      const [left, leftLine, leftHalf, right, rightLine, rightHalf] = at
      const isSame = left === right && leftLine === rightLine && leftHalf === rightHalf
      const [first, second] = [slotOf(left) + leftHalf + leftLine, slotOf(right) + rightHalf + rightLine]
      expect(first === second).toBe(isSame)
      expect(first).toBeLessThan(slots.length)
    }),
  )
})

test.each([
  ['ts', TIME],
  ['status', STATUS],
  ['method', METHOD],
  ['path', TARGET],
  ['route', ROUTE],
  ['service', SERVICE],
  ['virtual_host', VIRTUAL_HOST],
  ['upstream_status', UPSTREAM_STATUS],
  ['user_agent', USER_AGENT],
  ['trace_id', TRACE_ID],
  ['duration_ms', DURATION_MS],
  ['duration', DURATION],
  ['bytes', BYTES],
  ['count', COUNT],
  ['start', START],
])('people read %s for the field %i', (name, field) => {
  expect(FIELD_NAMES[field]).toBe(name)
})

test.each([
  ['not-json', NOT_JSON],
  ['unmatched', UNMATCHED],
  ['no-status', NO_STATUS],
  ['no-time', NO_TIME],
  ['bad-time', BAD_TIME],
  ['bad-field', BAD_FIELD],
  ['line-too-long', LINE_TOO_LONG],
])('a line with the outcome of %s is told so', (reason, outcome) => {
  expect(REJECT_REASONS[outcome - 1]).toBe(reason)
})
