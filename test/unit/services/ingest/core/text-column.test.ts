import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoderFor } from '../../../../../services/ingest/core/decode-value.ts'
import { BATCH_LINES, TARGET } from '../../../../../services/ingest/core/formats/line-format.ts'
import {
  createTextDictionaryColumn,
  type TextDictionaryColumn,
} from '../../../../../services/ingest/core/text-column.ts'
import { type Fields, scannedLines, textRows } from './scanned-lines.ts'

const MAX_BYTES = 40
const plain = decoderFor('none')

type Batches = readonly (readonly (string | undefined)[])[]

/** Appends batches of values of a field, undefined being absent, as a block, and hands it out. */
function readBlock(column: TextDictionaryColumn, batches: Batches) {
  const entries = new Int32Array(BATCH_LINES)
  column.begin(2)
  let rows = 0
  for (const batch of batches) {
    const fields = batch.map((value): Fields => (value === undefined ? {} : { [TARGET]: value }))
    const { source, slots, lines } = scannedLines(fields)
    column.readEntries(source, slots, TARGET, lines, entries)
    expect(batch.map((_, i) => (entries[i] === -1 ? undefined : column.textOf(entries[i] ?? -1)))).toEqual(batch)
    column.put(rows, entries, lines)
    rows += lines
  }
  return column.finish(rows)
}

const value = fc.oneof(
  fc.constantFrom('/', '/a', '', '/a/long/path/1', '/a/long/path/2'),
  fc.string({ unit: fc.constantFrom('/', 'a', 'é', '😀'), maxLength: 10 }),
)
const batches = fc.array(fc.array(fc.option(value, { nil: undefined }), { maxLength: 12 }), { maxLength: 3 })

test('gives back the texts that were appended, block after block, the absent ones empty', () => {
  fc.assert(
    fc.property(fc.array(batches, { maxLength: 3 }), (blocks) => {
      const column = createTextDictionaryColumn(MAX_BYTES, plain)
      const dictionaries = blocks.map((parts) => readBlock(column, parts))
      // Read only now: a later block leaves those before alone.
      for (const [i, dictionary] of dictionaries.entries()) {
        const expected = (blocks[i] ?? []).flat().map((text) => text ?? '')
        expect(textRows(dictionary, expected.length)).toEqual(expected)
        expect(dictionary.size).toBeLessThanOrEqual(2 + new Set(expected).size)
      }
    }),
    { numRuns: 300 },
  )
})

test('makes a text once, however many lines and blocks have it', () => {
  const made: string[] = []
  const column = createTextDictionaryColumn(MAX_BYTES, (bytes, start, end) => {
    const text = plain(bytes, start, end)
    made.push(text)
    return text
  })
  for (let block = 0; block < 3; block++) readBlock(column, [['/a', '/a/long/path', '/a', undefined]])
  expect(made).toEqual(['/a', '/a/long/path'])
})

test('holds more texts, and longer ones, than it has room for at first', () => {
  const column = createTextDictionaryColumn(2_048, plain)
  const texts = Array.from({ length: 1_000 }, (_, i) => `/${i}/${'x'.repeat(i)}`)
  const parts = Array.from({ length: 10 }, (_, i) => texts.slice(i * 100, (i + 1) * 100))
  expect(textRows(readBlock(column, parts), 1_000)).toEqual(texts)
})

test('never lets more of a value be read than it may have, and cuts it between characters', () => {
  const column = createTextDictionaryColumn(5, plain)
  const { source, slots, lines } = scannedLines([{ [TARGET]: '/abcdefgh' }, { [TARGET]: '/abc😀' }])
  const entries = new Int32Array(BATCH_LINES)
  column.begin(lines)
  column.readEntries(source, slots, TARGET, lines, entries)
  column.put(0, entries, lines)
  expect(textRows(column.finish(lines), lines)).toEqual(['/abcd', '/abc'])
})

test('weighs more with every new text, and no more with one that it knows', () => {
  const column = createTextDictionaryColumn(MAX_BYTES, plain)
  const weights = [['/a'], ['/a'], ['/a/long/path'], ['/a', '/a/long/path']].map((texts) => {
    readBlock(column, [texts])
    return column.weight()
  })
  const [first = 0, again, second = 0, both] = weights
  expect([again, both]).toEqual([first, second])
  expect(second).toBeGreaterThan(first)
})
