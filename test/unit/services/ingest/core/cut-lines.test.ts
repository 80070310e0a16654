import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChunkSeams } from '../../../../../services/ingest/core/chunk-seams.ts'
import { cutLines } from '../../../../../services/ingest/core/cut-lines.ts'
import { packTexts } from '../../../../../services/ingest/core/pack-texts.ts'

test('pieces are the lines again, cut between lines, and none is longer than asked but for a longer line', () => {
  const lines = fc.array(fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[\r\n]/g, '')))
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 100 }), (texts, bytesMax) => {
      const bytes = Buffer.from(texts.join('\n'))
      const pieces = [...cutLines(bytes, createChunkSeams({ name: 'combined' }), bytesMax)]
      expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(bytes)
      for (const [index, piece] of pieces.entries()) {
        const text = Buffer.from(piece.bytes).toString()
        if (index < pieces.length - 1) expect(text.endsWith('\n')).toBe(true)
        if (piece.bytes.length > bytesMax) expect(text.trimEnd().includes('\n')).toBe(false)
      }
    }),
  )
})

test('texts are packed in order, as many together as there is room for', () => {
  const texts = ['aa', 'b', 'ccc', 'd', 'eeeeee', 'f'].map((text) => Buffer.from(text))
  expect(packTexts(texts, 4).map(String)).toEqual(['aab', 'cccd', 'eeeeee', 'f'])
  expect(packTexts([], 4)).toEqual([])
})
