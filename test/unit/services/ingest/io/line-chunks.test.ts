import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAtLines, type LineChunk } from '../../../../../services/ingest/io/line-chunks.ts'

const CHUNK_BYTES = 16

async function cut(pieces: Iterable<Uint8Array>): Promise<LineChunk[]> {
  async function* stream() {
    yield* pieces
  }
  const chunks: LineChunk[] = []
  for await (const chunk of cutAtLines(stream(), CHUNK_BYTES)) chunks.push(chunk)
  return chunks
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const logs = fc
  .array(fc.tuple(fc.stringMatching(/^[a-z]{0,40}$/), fc.constantFrom('\n', '\r\n')), { maxLength: 30 })
  .chain((lines) => fc.stringMatching(/^[a-z]{0,20}$/).map((last) => lines.flat().join('') + last))

test('cuts the same log alike however its bytes come in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.array(fc.nat()), async (log, cuts) => {
      const bytes = Buffer.from(log)
      expect(await cut(split(bytes, cuts))).toEqual(await cut([bytes]))
    }),
  )
})

test('gives every line once and in order, cut only if it is too long to fit', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.array(fc.nat()), async (log, cuts) => {
      const chunks = await cut(split(Buffer.from(log), cuts))
      const lines = chunks.flatMap(({ bytes }) => Buffer.from(bytes).toString().replace(/\n$/, '').split('\n'))
      const written = log.replace(/\n$/, '').split('\n')
      expect(lines).toEqual(log === '' ? [] : written.map((line) => line.slice(0, CHUNK_BYTES)))
    }),
  )
})

test('says where in the log each chunk began', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.array(fc.nat()), async (log, cuts) => {
      const bytes = Buffer.from(log)
      for (const chunk of await cut(split(bytes, cuts)))
        expect(bytes.subarray(chunk.firstByte, chunk.firstByte + chunk.bytes.length)).toEqual(Buffer.from(chunk.bytes))
    }),
  )
})

test('every chunk but the last ends at a line end, unless its line is too long to fit', async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (log) => {
      const chunks = await cut([Buffer.from(log)])
      for (const { bytes } of chunks.slice(0, -1))
        expect(bytes.at(-1) === 0x0a || (bytes.length === CHUNK_BYTES && !bytes.includes(0x0a))).toBe(true)
    }),
  )
})

test('passes on the start of a line too long to fit, alone, and goes on after it', async () => {
  const chunks = await cut([Buffer.from(`first\n${'x'.repeat(100)}`), Buffer.from(`${'x'.repeat(100)}\nlast\n`)])
  expect(chunks.map(({ bytes, firstByte }) => [Buffer.from(bytes).toString(), firstByte])).toEqual([
    ['first\n', 0],
    ['x'.repeat(CHUNK_BYTES), 6],
    ['last\n', 207],
  ])
})

test('reads a last line without a line end, and nothing from nothing', async () => {
  expect((await cut([Buffer.from('a\nb')])).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['a\nb'])
  expect(await cut([])).toEqual([])
})
