import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutEnd } from '../../../../../services/ingest/core/value-bounds.ts'
import { amid } from './scanned-lines.ts'

const MAX_BYTES = 12
const LONGEST_CHARACTER_BYTES = 4

/** What is kept of a value. */
function kept(content: string | Uint8Array): Buffer {
  const { source, start, end } = amid(content)
  return source.bytes.subarray(start, cutEnd(source.bytes, start, end, MAX_BYTES))
}

test('keeps a value that fits, and of a longer one as many whole characters as fit', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀'), maxLength: 20 }), (text) => {
      const bytes = Buffer.byteLength(text)
      const value = kept(text)
      expect(text.startsWith(value.toString())).toBe(true)
      expect(value.length).toBeLessThanOrEqual(MAX_BYTES)
      expect(value.length).toBeGreaterThan(
        Math.min(bytes, MAX_BYTES) - (bytes > MAX_BYTES ? LONGEST_CHARACTER_BYTES : 1),
      )
    }),
    { numRuns: 500 },
  )
})

test('bounds what is no text at all', () => {
  fc.assert(
    fc.property(fc.uint8Array({ min: 0x70, max: 0xd0, maxLength: 30 }), (bytes) => {
      const value = kept(bytes)
      expect(value.length).toBeLessThanOrEqual(MAX_BYTES)
      expect(Buffer.from(bytes).subarray(0, value.length)).toEqual(value)
    }),
  )
})

test('of bytes that only continue characters it keeps none, rather than some from before them', () => {
  const bytes = Buffer.alloc(2 * MAX_BYTES + 2, 0x80)
  expect(cutEnd(bytes, MAX_BYTES, bytes.length, MAX_BYTES)).toBe(MAX_BYTES)
})

test.each([
  ['', ''],
  ['x'.repeat(12), 'x'.repeat(12)],
  ['x'.repeat(13), 'x'.repeat(12)],
  ['é'.repeat(6), 'é'.repeat(6)],
  ['é'.repeat(7), 'é'.repeat(6)],
  [`x${'é'.repeat(6)}`, `x${'é'.repeat(5)}`],
  [`x${'😀'.repeat(3)}`, `x${'😀'.repeat(2)}`],
])('of %j it keeps %j', (text, expected) => {
  expect(kept(text).toString()).toBe(expected)
})
