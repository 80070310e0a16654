import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BAD_FIELD,
  BAD_TIME,
  BYTES,
  COUNT,
  DURATION,
  DURATION_MS,
  faultIn,
  NO_STATUS,
  NO_TIME,
  OK,
  SKIPPED,
  START,
  STATUS,
  TIME,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createMeasureColumns, type WantedTime } from '../../../../../services/ingest/core/measure-columns.ts'
import { type Fields, scannedLines } from './scanned-lines.ts'

const FORMAT = { time: 'rfc3339-or-epoch', durationUnitMs: 0.001 } as const
const AT_MS = 1_772_323_200_000
const EVENT: Fields = { [TIME]: String(AT_MS), [STATUS]: '200' }

/** What the lines of a block measure; a line that is no event is told by its outcome. */
function createReader(wanted: WantedTime = {}) {
  const columns = createMeasureColumns(FORMAT, wanted)
  return (lines: readonly Fields[]) => {
    const { source, slots } = scannedLines(lines)
    columns.begin(2)
    let rows = 0
    const outcomes = lines.map((_, line) => {
      const outcome = columns.read(source, slots, line)
      if (outcome === OK) columns.put(rows++)
      return outcome
    })
    const counts = Array.from(columns.counts().subarray(0, rows))
    return { outcomes, rows, counts, arrays: columns.finish(), totals: columns.totals() }
  }
}

/** What a line measures that is an event. */
function measure(fields: Fields) {
  const { outcomes, arrays } = createReader()([{ ...EVENT, ...fields }])
  expect(outcomes).toEqual([OK])
  const { atMs, status, count, durationMs, bytes } = arrays
  return { atMs: atMs[0], status: status[0], count: count[0], durationMs: durationMs[0], bytes: bytes[0] }
}

test('a request that is logged by its start is counted when it ended', () => {
  const line = { [START]: '2026-03-01T00:00:59.900Z', [DURATION]: '250000' }
  expect(measure(line).atMs).toBe(Date.parse('2026-03-01T00:01:00.150Z'))
})

test.each([{}, { [DURATION]: '-' }, { [DURATION]: '-1' }, { [DURATION]: '1e300' }])(
  'with the duration %j the start is all that is known',
  (duration) => {
    const measured = measure({ [START]: '2026-03-01T00:00:59.900Z', ...duration })
    expect(measured).toMatchObject({ atMs: Date.parse('2026-03-01T00:00:59.900Z'), durationMs: Number.NaN })
  },
)

test.each([
  ['100', 100],
  ['499', 499],
  ['599', 599],
  ['0', 0],
  ['000', 0],
  ['-', 0],
])('the status %s is %i', (written, status) => {
  expect(measure({ [STATUS]: written }).status).toBe(status)
})

test.each([
  [{}, Number.NaN],
  [{ [DURATION_MS]: '12.5' }, 12.5],
  [{ [DURATION]: '2500' }, 2.5],
  [{ [DURATION]: '1.5s' }, 1_500],
  [{ [DURATION_MS]: '7', [DURATION]: '2500' }, 7],
  [{ [DURATION_MS]: '-1' }, Number.NaN],
  [{ [DURATION_MS]: '-1', [DURATION]: '2500' }, 2.5],
])('of %j the duration is %d ms', (fields, durationMs) => {
  expect(measure(fields).durationMs).toBe(durationMs)
})

test.each(['1e39', '1e300', '1'.repeat(39)])('%s ms is longer than time lasts, and says nothing', (written) => {
  expect(measure({ [DURATION_MS]: written }).durationMs).toBeNaN()
  expect(measure({ [DURATION]: written }).durationMs).toBeNaN()
})

test.each<[Fields, number]>([
  [{ [STATUS]: '200' }, NO_TIME],
  [{ [TIME]: 'soon', [STATUS]: '200' }, faultIn(TIME, BAD_TIME)],
  [{ [START]: 'soon', [STATUS]: '200' }, faultIn(START, BAD_TIME)],
  [{ [TIME]: String(AT_MS) }, NO_STATUS],
  ...['99', '600', '-1', '2OO', '', '20 '].map((status): [Fields, number] => [
    { ...EVENT, [STATUS]: status },
    faultIn(STATUS, BAD_FIELD),
  ]),
  ...['0', '-1', '1.5', '4294967296', 'x', ''].map((count): [Fields, number] => [
    { ...EVENT, [COUNT]: count },
    faultIn(COUNT, BAD_FIELD),
  ]),
  [{ ...EVENT, [BYTES]: 'many' }, faultIn(BYTES, BAD_FIELD)],
  [{ ...EVENT, [BYTES]: '1e400' }, faultIn(BYTES, BAD_FIELD)],
  [{ ...EVENT, [DURATION_MS]: '5ms' }, faultIn(DURATION_MS, BAD_FIELD)],
  [{ ...EVENT, [DURATION]: 'fast' }, faultIn(DURATION, BAD_FIELD)],
])('the line of %j is no event', (fields, outcome) => {
  expect(createReader()([fields]).outcomes).toEqual([outcome])
})

const amount = fc.option(fc.integer({ min: 0, max: 2 ** 31 }), { nil: undefined })
const line = fc.record({
  atMs: fc.integer({ min: AT_MS - 1_000, max: AT_MS + 1_000 }),
  status: fc.integer({ min: 100, max: 599 }),
  count: fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: undefined }),
  durationMs: amount,
  bytes: amount,
  isBad: fc.boolean(),
})

type Line = typeof line extends fc.Arbitrary<infer Value> ? Value : never

function fieldsOf({ atMs, status, count, durationMs, bytes, isBad }: Line): Fields {
  return {
    ...{ [TIME]: String(atMs), [STATUS]: isBad ? 'bad' : String(status) },
    ...(count === undefined ? {} : { [COUNT]: String(count) }),
    ...(durationMs === undefined ? {} : { [DURATION_MS]: String(durationMs) }),
    ...(bytes === undefined ? {} : { [BYTES]: String(bytes) }),
  }
}

test('gives back what was written, more rows than it expected, block after block, and adds them up', () => {
  const blocks = fc.array(fc.array(line, { maxLength: 40 }), { maxLength: 3 })
  fc.assert(
    fc.property(blocks, (written) => {
      const wanted = { fromMs: AT_MS, toMs: AT_MS + 900 }
      const read = createReader(wanted)
      const results = written.map((lines) => read(lines.map(fieldsOf)))
      // Read only now: a later block leaves those before alone.
      for (const [i, { outcomes, rows, counts, arrays, totals }] of results.entries()) {
        const lines = written[i] ?? []
        const isWanted = ({ atMs }: { readonly atMs: number }) => atMs >= wanted.fromMs && atMs < wanted.toMs
        const kept = lines.filter((one) => !one.isBad && isWanted(one))
        expect(outcomes).toEqual(
          lines.map((one) => {
            if (one.isBad) return faultIn(STATUS, BAD_FIELD)
            return isWanted(one) ? OK : SKIPPED
          }),
        )
        const firstRows = (values: Iterable<number>) => Array.from(values).slice(0, rows)
        expect(firstRows(arrays.atMs)).toEqual(kept.map(({ atMs }) => atMs))
        expect(firstRows(arrays.status)).toEqual(kept.map(({ status }) => status))
        expect(firstRows(arrays.count)).toEqual(kept.map(({ count }) => count ?? 1))
        expect(counts).toEqual(firstRows(arrays.count))
        expect(firstRows(arrays.durationMs)).toEqual(
          kept.map(({ durationMs }) => Math.fround(durationMs ?? Number.NaN)),
        )
        expect(firstRows(arrays.bytes)).toEqual(kept.map(({ bytes }) => bytes ?? Number.NaN))
        expect(totals).toEqual({
          requests: kept.reduce((sum, { count }) => sum + (count ?? 1), 0),
          fromMs: Math.min(...kept.map(({ atMs }) => atMs)),
          toMs: Math.max(...kept.map(({ atMs }) => atMs)),
        })
      }
    }),
  )
})
