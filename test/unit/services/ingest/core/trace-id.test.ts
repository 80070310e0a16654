import { expect, test } from 'vitest'
import { BATCH_LINES, REQUEST_ID, TRACE_ID } from '../../../../../services/ingest/core/formats/line-format.ts'
import { isStoredTraceId, shortenTraceIds } from '../../../../../services/ingest/core/trace-id.ts'
import { amid, scannedLines, slotText } from './scanned-lines.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = `00-${ID}-00f067aa0ba902b7-01`

/** What is left of the trace ids of a batch. */
function shortened(ids: readonly (string | undefined)[]): (string | undefined)[] {
  const batch = scannedLines(ids.map((id) => (id === undefined ? {} : { [TRACE_ID]: id })))
  shortenTraceIds(batch.source.bytes, batch.slots, batch.lines)
  return ids.map((_, line) => slotText(batch.source, batch.slots, TRACE_ID, line))
}

test.each([
  [PARENT, ID],
  [`ff${PARENT.slice(2)}`, ID],
  [ID, ID],
  ['', ''],
  ['-', '-'],
  [`${PARENT}-x`, `${PARENT}-x`],
  [PARENT.slice(0, -1), PARENT.slice(0, -1)],
  [PARENT.replace('00-', '000'), PARENT.replace('00-', '000')],
  [PARENT.replaceAll('-', '_'), PARENT.replaceAll('-', '_')],
])('of the trace %j keeps the id', (id, kept) => {
  expect(shortened([id])).toEqual([kept])
})

test('each line of a batch for itself, and lines without a trace keep none', () => {
  const ids = Array.from({ length: BATCH_LINES }, (_, line) => [undefined, PARENT, 'abc'][line % 3])
  expect(shortened(ids)).toEqual(ids.map((id) => (id === PARENT ? ID : id)))
})

test('leaves other ids as they are', () => {
  const batch = scannedLines([{ [REQUEST_ID]: PARENT, [TRACE_ID]: PARENT }])
  shortenTraceIds(batch.source.bytes, batch.slots, batch.lines)
  expect(slotText(batch.source, batch.slots, REQUEST_ID)).toBe(PARENT)
})

test.each([
  [ID, true],
  [ID.toUpperCase(), false],
  ['0'.repeat(32), false],
  [ID.slice(1), false],
  [`${ID}0`, false],
  [ID.replace('b', 'g'), false],
  ['', false],
])('is %s an id as it is stored? %s', (id, isOne) => {
  const { source, start, end } = amid(id)
  expect(isStoredTraceId(source.bytes, start, end)).toBe(isOne)
})
