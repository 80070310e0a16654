import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoderFor } from '../../../../../services/ingest/core/decode-value.ts'
import { BATCH_LINES, REGION, VERSION } from '../../../../../services/ingest/core/formats/line-format.ts'
import { createStringColumn, type StringColumn } from '../../../../../services/ingest/core/string-column.ts'
import { type Fields, scannedLines, stringRows } from './scanned-lines.ts'

const MAX_BYTES = 16
const plain = decoderFor('none')

/** Appends batches of values of a field, undefined being absent, as a block, and hands it out. */
function readBlock(column: StringColumn, batches: readonly (readonly (string | undefined)[])[], absentId = 0) {
  const ids = new Int32Array(BATCH_LINES)
  column.begin(2)
  let rows = 0
  for (const batch of batches) {
    const fields = batch.map((value): Fields => (value === undefined ? {} : { [VERSION]: value }))
    const { source, slots, lines } = scannedLines(fields)
    const isThere = column.readIds(source, slots, VERSION, lines, ids, absentId)
    expect(isThere).toBe(batch.some((value) => value !== undefined))
    if (isThere || absentId !== 0) column.put(rows, ids, lines)
    rows += lines
  }
  return column.finish(rows)
}

const value = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', '', 'v1.2.3', 'v1.2.4', 'v1.2.3-beta', 'v1.2.3-betb'),
  fc.string({ unit: fc.constantFrom('a', 'é', '😀'), maxLength: 4 }),
)
const batches = fc.array(fc.array(fc.option(value, { nil: undefined }), { maxLength: 12 }), { maxLength: 3 })

test('gives back the texts that were appended, block after block, the absent ones as what stands for them', () => {
  fc.assert(
    fc.property(fc.array(batches, { maxLength: 3 }), fc.constantFrom('', 'prod'), (blocks, absent) => {
      const column = createStringColumn(MAX_BYTES, plain)
      const absentId = column.idOfText(absent)
      const dictionaries = blocks.map((parts) => readBlock(column, parts, absentId))
      // Read only now: a later block leaves those before alone.
      for (const [i, dictionary] of dictionaries.entries()) {
        const expected = (blocks[i] ?? []).flat().map((text) => text ?? absent)
        expect(stringRows(dictionary, expected.length)).toEqual(expected)
        expect(dictionary.values).toEqual([...new Set(['', ...expected])])
      }
    }),
    { numRuns: 300 },
  )
})

test('makes a text once, however many lines and blocks have it', () => {
  const made: string[] = []
  const column = createStringColumn(MAX_BYTES, (bytes, start, end) => {
    const text = plain(bytes, start, end)
    made.push(text)
    return text
  })
  for (let block = 0; block < 3; block++)
    readBlock(column, [['a', 'long-enough-text', 'a', undefined, 'long-enough-text']])
  expect(made).toEqual(['a', 'long-enough-text'])
})

test('never lets more of a value be read than it may have, and cuts it between characters', () => {
  const column = createStringColumn(5, plain)
  const dictionary = readBlock(column, [['abcdefgh', 'abcde', 'ééé', 'abc😀']])
  expect(stringRows(dictionary, 4)).toEqual(['abcde', 'abcde', 'éé', 'abc'])
})

test('what is written differently and means the same is one text', () => {
  const column = createStringColumn(MAX_BYTES, (...range) => plain(...range).toLowerCase())
  const dictionary = readBlock(column, [['A', 'a', 'B'], ['b']])
  expect(stringRows(dictionary, 4)).toEqual(['a', 'a', 'b', 'b'])
  expect(dictionary.values).toEqual(['', 'a', 'b'])
})

test('numbers a text for good, the empty one 0, whether it came as text or as bytes', () => {
  const column = createStringColumn(MAX_BYTES, plain)
  const id = column.idOfText('eu')
  const { source, slots, lines } = scannedLines([{ [REGION]: 'eu' }, { [REGION]: '' }, { [REGION]: 'us' }])
  const ids = new Int32Array(BATCH_LINES)
  column.begin(0)
  column.readIds(source, slots, REGION, lines, ids, 0)
  expect(Array.from(ids.subarray(0, 3))).toEqual([id, 0, column.idOfText('us')])
  expect([id, 0, ids[2] ?? -1].map(column.textOf)).toEqual(['eu', '', 'us'])
  expect(column.codeOf(id)).toBe(column.codeOf(id))
  expect(column.finish(0).values[column.codeOf(id)]).toBe('eu')
})

test('weighs more with every new text, and no more with one that it knows', () => {
  const column = createStringColumn(MAX_BYTES, plain)
  const weights = [['a'], ['a'], ['b'], ['a', 'b']].map((texts) => {
    readBlock(column, [texts])
    return column.weight()
  })
  const [first = 0, again, second = 0, both] = weights
  expect([again, both]).toEqual([first, second])
  expect(second).toBeGreaterThan(first)
})
