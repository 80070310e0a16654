import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoderFor } from '../../../../../services/ingest/core/decode-value.ts'
import { REQUEST_ID, TRACE_ID } from '../../../../../services/ingest/core/formats/line-format.ts'
import { createIdColumn, type IdColumn } from '../../../../../services/ingest/core/id-column.ts'
import { MAX_ID_BYTES } from '../../../../../services/ingest/core/value-bounds.ts'
import { columnRows, type Fields, scannedLines } from './scanned-lines.ts'

/** Appends batches of ids as JSON writes them, undefined being absent, as a block, and hands it out. */
function readBlock(column: IdColumn, batches: readonly (readonly (string | undefined)[])[]) {
  column.begin()
  let rows = 0
  for (const batch of batches) {
    const fields = batch.map(
      (id): Fields => (id === undefined ? { [TRACE_ID]: 'other' } : { [REQUEST_ID]: JSON.stringify(id).slice(1, -1) }),
    )
    const { source, slots, lines } = scannedLines(fields)
    column.put(rows, source, slots, lines)
    rows += lines
  }
  return column.finish(rows)
}

const id = fc.oneof(
  fc.uuid(),
  fc.string({ unit: fc.constantFrom('a', '7', '"', '\\', '\n', 'é', '😀'), maxLength: 12 }),
)
const batches = fc.array(fc.array(fc.option(id, { nil: undefined }), { maxLength: 20 }), { maxLength: 4 })

test('gives back the ids that were appended, their escapes undone, block after block', () => {
  fc.assert(
    fc.property(fc.array(batches, { maxLength: 3 }), (blocks) => {
      const column = createIdColumn(REQUEST_ID, decoderFor('json'))
      const columns = blocks.map((parts) => readBlock(column, parts))
      // Read only now: a later block leaves those before alone.
      for (const [i, read] of columns.entries()) {
        const expected = (blocks[i] ?? []).flat().map((text) => text ?? '')
        expect(columnRows(read, expected.length)).toEqual(expected)
        expect(read.used).toBe(expected.some((text) => text !== ''))
      }
    }),
    { numRuns: 300 },
  )
})

test('bounds an id, and one that grows when it is decoded', () => {
  const column = createIdColumn(REQUEST_ID, decoderFor('backslash'))
  const { source, slots, lines } = scannedLines([
    { [REQUEST_ID]: 'x'.repeat(10_000) },
    { [REQUEST_ID]: 'é'.repeat(10_000) },
    { [REQUEST_ID]: Buffer.concat([Buffer.alloc(10_000, 0xff), Buffer.from('\\')]) },
    { [REQUEST_ID]: Buffer.concat([Buffer.from('\\'), Buffer.alloc(10_000, 0xff)]) },
    { [REQUEST_ID]: 'last' },
  ])
  column.begin()
  column.put(0, source, slots, lines)
  const [ascii, accented, , grown, last] = columnRows(column.finish(lines), lines)
  expect(ascii).toBe('x'.repeat(MAX_ID_BYTES))
  expect(accented).toBe('é'.repeat(MAX_ID_BYTES / 2))
  expect(grown).toBe(`\\${'\ufffd'.repeat(MAX_ID_BYTES - 1)}`)
  expect(last).toBe('last')
})

test('says of a column that no line fills that it is not used', () => {
  const column = createIdColumn(REQUEST_ID, decoderFor('none'))
  const { used, bytes, ends } = readBlock(column, [[undefined, undefined], [undefined]])
  expect([used, bytes.length, ends.length]).toEqual([false, 0, 0])
})
