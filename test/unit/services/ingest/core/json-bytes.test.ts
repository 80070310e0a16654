import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonBytes, toJsonPiece } from '../../../../../services/ingest/core/json-bytes.ts'

test('a text is written as JSON writes it, whatever it holds, and no more of it than is asked for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(50), (text, most) => {
      const out = createJsonBytes()
      const bytes = Buffer.from(`<${text}>`)
      out.putText(bytes, 1, bytes.length - 1, most)
      const read = bytes.toString('utf8', 1, bytes.length - 1)
      expect(JSON.parse(`"${out.take()}"`)).toBe(read.length <= most ? read : read.slice(0, most))
    }),
  )
})

test('whole numbers are written as JSON writes them, or with zeros before them', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 20 }), (value, atLeast) => {
      const out = createJsonBytes()
      out.putDigits(value, atLeast)
      expect(out.take().toString()).toBe(String(value).padStart(atLeast, '0'))
    }),
  )
})

test('digits, hexadecimal and what was there before are added behind one another', () => {
  const out = createJsonBytes()
  out.put(toJsonPiece('{"a":'))
  out.putNumber(0.25)
  out.putHex(Buffer.from([0, 0xaf]), 0, 2)
  out.repeat(0, 3)
  out.cut(out.length - 1)
  expect(out.take().toString()).toBe('{"a":0.2500af{"')
  expect(out.take()).toHaveLength(0)
})
