import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import {
  BATCH_LINES,
  createSlots,
  DURATION,
  START,
  STATUS,
  slotOf,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createMeasureColumns } from '../../../../../services/ingest/core/measure-columns.ts'

/** The time of the event whose line says when it began and how many microseconds it took. */
function endOf(start: string, duration: string): string {
  const columns = createMeasureColumns({ time: 'rfc3339-or-epoch', durationUnitMs: 0.001 }, {})
  const slots = createSlots()
  let text = ''
  const set = (field: number, value: string) => {
    if (value === '') return
    slots[slotOf(field)] = text.length
    text += value
    slots[slotOf(field) + BATCH_LINES] = text.length
  }
  set(START, start)
  set(DURATION, duration)
  set(STATUS, '200')
  columns.begin(1)
  expect(columns.read(toByteSource(Buffer.from(text)), slots, 0)).toBe(0)
  columns.put(0)
  return new Date(columns.finish().atMs[0] ?? Number.NaN).toISOString()
}

test('a request that is logged by its start is counted when it ended', () => {
  expect(endOf('2026-03-01T00:00:59.900Z', '250000')).toBe('2026-03-01T00:01:00.150Z')
})

test.each(['', '-', '-1', '1e300'])('with the duration %j the start is all that is known', (duration) => {
  expect(endOf('2026-03-01T00:00:59.900Z', duration)).toBe('2026-03-01T00:00:59.900Z')
})
