import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteList, createByteList } from '../../../../../services/ingest/core/byte-list.ts'
import { itemOf } from './scanned-lines.ts'

const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€', '😀', '\0'), maxLength: 30 }), {
  maxLength: 40,
})
const bytesExpected = fc.constantFrom(0, 1, 40, 4_000)

function listOf(items: readonly string[], expected: number): ByteList {
  const list = createByteList(expected)
  for (const text of items) list.addText(text)
  return list
}

function itemsOf(list: ByteList): string[] {
  const { size, bytes, ends } = list.finish()
  return Array.from({ length: size }, (_, index) => itemOf(bytes, ends, index))
}

test('holds the texts that were added, in their order, however many were expected', () => {
  fc.assert(
    fc.property(texts, bytesExpected, (items, expected) => {
      const list = listOf(items, expected)
      expect(itemsOf(list)).toEqual(items)
      const ends = Array.from({ length: items.length + 1 }, (_, index) => list.startOf(index))
      expect(ends).toEqual(
        Array.from({ length: items.length + 1 }, (_, index) => Buffer.byteLength(items.slice(0, index).join(''))),
      )
    }),
  )
})

test('takes items over from another list, which stays as it is, and says where they are', () => {
  fc.assert(
    fc.property(texts, texts, fc.array(fc.nat()), bytesExpected, (own, others, picks, expected) => {
      fc.pre(others.length > 0)
      const [list, other] = [listOf(own, expected), listOf(others, expected)]
      const indexes = picks.map((pick) => pick % others.length)
      expect(indexes.map((index) => list.addFrom(other, index))).toEqual(picks.map((_, i) => own.length + i))
      expect(itemsOf(list)).toEqual([...own, ...indexes.map((index) => others[index])])
      expect(itemsOf(other)).toEqual(others)
    }),
  )
})

test('half of a character becomes the sign for what is no text', () => {
  expect(itemsOf(listOf(['a\ud83d', '\ude00b'], 0))).toEqual(['a\ufffd', '\ufffdb'])
})
