import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import { findQuote, isEscaped } from '../../../../../../services/ingest/core/formats/quoted.ts'
import { amid } from '../scanned-lines.ts'

/** Where the first quote is that ends a value, from the text's start; its length when there is none. */
function quoteIn(text: string): number {
  const { source, start, end } = amid(text)
  return findQuote(source, start, end) - start
}

const unit = fc.constantFrom('"', '\\', 'a', 'é')

test('a quote ends a value when an even number of backslashes stands before it', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.string({ unit: fc.constantFrom('a', '"', ' ') }), (backslashes, before) => {
      const { source, start, end } = amid(`${before}a${'\\'.repeat(backslashes)}"`)
      expect(isEscaped(source.bytes, start, end - 1)).toBe(backslashes % 2 === 1)
    }),
  )
})

test('backslashes before the value do not count', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), (before, within) => {
      const source = toByteSource(Buffer.from(`${'\\'.repeat(before)}${'\\'.repeat(within)}"`))
      expect(isEscaped(source.bytes, before, before + within)).toBe(within % 2 === 1)
    }),
  )
})

test('a value whose quotes and backslashes are escaped ends at the quote behind it', () => {
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), fc.string({ unit, maxLength: 20 }), (value, rest) => {
      const written = value.replaceAll(/["\\]/g, '\\$&')
      expect(quoteIn(`${written}"${rest}`)).toBe(Buffer.byteLength(written))
      expect(quoteIn(written)).toBe(Buffer.byteLength(written))
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['', 0],
  ['"', 0],
  ['a"b"', 1],
  [String.raw`\"`, 2],
  [String.raw`\\"`, 2],
  [String.raw`\\\"`, 4],
  [String.raw`a\"b" c`, 4],
  ['no quote', 8],
])('the end of %j is at %i', (text, at) => {
  expect(quoteIn(text)).toBe(at)
})

test.each(['\\"', '\\'])('a long text made of %j takes no more than its length', (part) => {
  const text = part.repeat(2_000_000)
  expect(quoteIn(text)).toBe(text.length)
})
