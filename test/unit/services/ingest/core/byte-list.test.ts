import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteList } from '../../../../../services/ingest/core/byte-list.ts'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { nativeItemOf } from './scanned-lines.ts'

const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€', '😀', '\0'), maxLength: 200 }), {
  maxLength: 40,
})

/** What a list of these texts gives when it is asked for these items. */
function picked(items: readonly string[], picks: readonly number[]): string[] {
  const list = createByteList()
  for (const [i, text] of items.entries()) {
    const bytes = Buffer.from(text)
    if (i % 2 === 0) list.addText(text)
    else list.addBytes(toByteSource(bytes), 0, bytes.length)
  }
  expect(items.map((_, i) => list.textOf(i))).toEqual(items.map((text) => Buffer.from(text).toString()))
  const { size, bytes, ends } = list.pick(Uint32Array.from(picks), picks.length)
  expect(bytes.length).toBe(ends[size - 1] ?? 0)
  return Array.from({ length: size }, (_, index) => nativeItemOf(bytes, ends, index))
}

test('gives the texts that are asked for, in the order asked, as often as asked', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat()), (items, numbers) => {
      fc.pre(items.length > 0)
      const picks = numbers.map((number) => number % items.length)
      expect(picked(items, picks)).toEqual(picks.map((pick) => items[pick]))
    }),
  )
})

test('holds more texts than it had room for', () => {
  const items = Array.from({ length: 5_000 }, (_, i) => `${i}${'x'.repeat(i % 300)}`)
  expect(picked(items, [...items.keys()])).toEqual(items)
})

test('half of a character becomes the sign for what is no text', () => {
  expect(picked(['a\ud83d', '\ude00b'], [0, 1])).toEqual(['a\ufffd', '\ufffdb'])
})
