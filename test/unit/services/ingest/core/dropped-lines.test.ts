import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDroppedLines } from '../../../../../services/ingest/core/dropped-lines.ts'
import {
  BAD_FIELD,
  BAD_TIME,
  BATCH_LINES,
  BYTES,
  COUNT,
  DURATION,
  DURATION_MS,
  FAULT_KEY,
  faultIn,
  LINE_TOO_LONG,
  NO_STATUS,
  NO_TIME,
  NOT_JSON,
  SERVICE,
  SKIPPED,
  START,
  STATUS,
  slotOf,
  TIME,
  UNMATCHED,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createLineBatch } from '../../../../../services/ingest/core/line-batch.ts'
import {
  MAX_REJECT_CHARACTERS,
  MAX_REJECTS_KEPT,
  REJECT_REASONS,
} from '../../../../../services/ingest/core/parsed-block.ts'

const POSITION = { source: 'a.log', firstLine: 100, firstByte: 5_000 }

/** A batch of lines; `fields` says of the first where a field's text stands in it. */
function dropper(lines: readonly string[], fields: Readonly<Record<number, string>> = {}) {
  const bytes = Buffer.from(lines.join('\n'))
  const batch = createLineBatch()
  let at = 0
  for (const [i, line] of lines.entries()) {
    batch.starts[i] = at
    at += Buffer.byteLength(line)
    batch.ends[i] = at
    batch.lineIndexes[i] = i
    at += 1
  }
  for (const [field, text] of Object.entries(fields)) {
    const start = bytes.indexOf(text)
    batch.slots[slotOf(Number(field))] = start
    batch.slots[slotOf(Number(field)) + BATCH_LINES] = start + Buffer.byteLength(text)
  }
  return createDroppedLines({ block: bytes, text: bytes, batch }, POSITION, (line) => line)
}

/** What people are told of a line. */
function detailOf(outcome: number, line: string, fields: Readonly<Record<number, string>>): string | undefined {
  const dropped = dropper([line], fields)
  dropped.add(outcome, 0)
  return dropped.finish().rejects[0]?.detail
}

test.each([
  [NOT_JSON, 'not-json'],
  [UNMATCHED, 'unmatched'],
  [NO_STATUS, 'no-status'],
  [NO_TIME, 'no-time'],
  [BAD_TIME, 'bad-time'],
  [BAD_FIELD, 'bad-field'],
  [LINE_TOO_LONG, 'line-too-long'],
  [faultIn(STATUS, BAD_FIELD), 'bad-field'],
  [faultIn(TIME, BAD_TIME), 'bad-time'],
])('the outcome %i is counted and kept as %s', (outcome, reason) => {
  const dropped = dropper(['a line'])
  dropped.add(outcome, 0)
  expect(dropped.finish()).toMatchObject({
    rejected: 1,
    skipped: 0,
    rejectCounts: { [reason]: 1 },
    rejects: [{ reason }],
  })
})

test('counts every line once, by its reason, and says where it was', () => {
  const outcome = fc.integer({ min: NOT_JSON, max: SKIPPED })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'é', '😀') }), outcome)), (dropping) => {
      const lines = dropping.map(([text]) => text)
      const dropped = dropper(lines)
      for (const [line, [, reason]] of dropping.entries()) dropped.add(reason, line)
      const { rejected, skipped, rejects, rejectCounts } = dropped.finish()
      const wrong = dropping.map(([, reason], line) => ({ reason, line })).filter(({ reason }) => reason !== SKIPPED)
      expect([rejected, skipped]).toEqual([wrong.length, dropping.length - wrong.length])
      expect(Object.values(rejectCounts).reduce((sum, count) => sum + count, 0)).toBe(rejected)
      expect(rejects).toEqual(
        wrong.map(({ reason, line }) =>
          expect.objectContaining({
            source: 'a.log',
            lineNumber: 100 + line,
            byteOffset:
              5_000 +
              Buffer.byteLength(
                lines
                  .slice(0, line)
                  .map((text) => `${text}\n`)
                  .join(''),
              ),
            reason: REJECT_REASONS[reason - 1],
            text: lines[line],
          }),
        ),
      )
    }),
  )
})

test('an event outside the wanted time is skipped, not rejected', () => {
  const dropped = dropper(['a line'])
  dropped.add(SKIPPED, 0)
  expect(dropped.finish()).toEqual({ rejected: 0, skipped: 1, rejects: [], rejectCounts: {} })
})

test.each([
  [TIME, BAD_TIME, 'soon', 'ts: expected a time, found soon'],
  [START, BAD_TIME, 'soon', 'start: expected a time, found soon'],
  [STATUS, BAD_FIELD, '777', 'status: expected a status from 100 to 599, found 777'],
  [COUNT, BAD_FIELD, '0', 'count: expected a whole number from 1, found 0'],
  [DURATION_MS, BAD_FIELD, 'fast', 'duration_ms: expected a number, found fast'],
  [DURATION, BAD_FIELD, 'fast', 'duration: expected a duration, found fast'],
  [BYTES, BAD_FIELD, 'many', 'bytes: expected a number, found many'],
  [SERVICE, BAD_FIELD, '["a"]', 'service: expected a text, found ["a"]'],
])('says of field %i what was wrong with it', (field, reason, value, detail) => {
  expect(detailOf(faultIn(field, reason), `x ${value} y`, { [field]: value })).toBe(detail)
})

test('calls a field by the name that the line has for it', () => {
  const fields = { [STATUS]: '777', [FAULT_KEY]: 'http.status_code' }
  expect(detailOf(faultIn(STATUS, BAD_FIELD), '{"http.status_code":777}', fields)).toBe(
    'http.status_code: expected a status from 100 to 599, found 777',
  )
})

test('explains only what is wrong with a field', () => {
  expect(detailOf(NOT_JSON, 'x 777', { [STATUS]: '777' })).toBeUndefined()
  expect(detailOf(NO_STATUS, 'x 777', { [STATUS]: '777' })).toBeUndefined()
})

test('bounds what it keeps and what it tells of a line, however long its texts are', () => {
  const unit = fc.constantFrom('a', 'é', '€', '😀')
  fc.assert(
    fc.property(unit, unit, (keyUnit, valueUnit) => {
      const [key, value] = [`k${keyUnit.repeat(5_000)}`, `v${valueUnit.repeat(5_000)}`]
      const line = `${key} ${value}`
      const dropped = dropper([line], { [STATUS]: value, [FAULT_KEY]: key })
      dropped.add(faultIn(STATUS, BAD_FIELD), 0)
      const { text = '', detail = '' } = dropped.finish().rejects[0] ?? {}
      expect(text).toBe(line.slice(0, MAX_REJECT_CHARACTERS))
      expect(detail.length).toBeLessThan(200)
      expect(detail).toContain(key.slice(0, 20))
      expect(detail).toContain(value.slice(0, 20))
    }),
  )
})

test('keeps the first rejects and counts the others', () => {
  const dropped = dropper(['first', 'other'])
  dropped.add(UNMATCHED, 0)
  for (let i = 0; i < MAX_REJECTS_KEPT + 50; i++) dropped.add(NOT_JSON, 1)
  const { rejected, rejects, rejectCounts } = dropped.finish()
  expect([rejected, rejects.length]).toEqual([MAX_REJECTS_KEPT + 51, MAX_REJECTS_KEPT])
  expect(rejectCounts).toEqual({ unmatched: 1, 'not-json': MAX_REJECTS_KEPT + 50 })
  expect(rejects[0]?.text).toBe('first')
})
