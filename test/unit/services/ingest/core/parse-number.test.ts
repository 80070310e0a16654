import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDecimal, parseInteger } from '../../../../../services/ingest/core/parse-number.ts'
import { amid } from './scanned-lines.ts'

function decimalOf(text: string): number {
  const { source, start, end } = amid(text)
  return parseDecimal(source.bytes, start, end)
}

function integerOf(text: string): number {
  const { source, start, end } = amid(text)
  return parseInteger(source.bytes, start, end)
}

/** Numbers, and texts that are nearly some. */
const nearNumber = fc.string({ unit: fc.constantFrom(...'0123456789012345.-+eE x'), maxLength: 24 })

test('a decimal is exactly the number that JavaScript reads', () => {
  const decimal = fc.stringMatching(/^[-+]?\d{1,14}(\.\d{1,14})?([eE][-+]?\d{1,3})?$/)
  fc.assert(
    fc.property(decimal, (text) => {
      expect(decimalOf(text)).toBe(Number(text))
    }),
    { numRuns: 1_000 },
  )
})

test('reads every number that JSON writes', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(decimalOf(JSON.stringify(value))).toBe(Number(JSON.stringify(value)))
    }),
    { numRuns: 1_000 },
  )
})

test('what it takes for a number is one', () => {
  fc.assert(
    fc.property(nearNumber, (text) => {
      const decimal = decimalOf(text)
      if (!Number.isNaN(decimal)) expect(decimal).toBe(Number(text))
      expect(/^\d{1,15}$/.test(text) ? Number(text) : -1).toBe(integerOf(text))
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['0', 0],
  ['007', 7],
  ['0.10', 0.1],
  ['-0.5', -0.5],
  ['+3', 3],
  ['1E3', 1000],
  ['123456789012345', 123456789012345],
  ['1234567890123456', 1234567890123456],
  ['1e400', Number.POSITIVE_INFINITY],
])('reads %s', (text, value) => {
  expect(decimalOf(text)).toBe(value)
})

test.each([
  ...['', '-', '+', '.', '.5', '5.', '-.5', '1.2.3', '1e', '1e+', 'e5', '1e5.5', '--1', '1-2', '0x10', '1_000', '1,5'],
  ...[' 1', '1 ', 'NaN', 'Infinity', 'null', '٣', '1\n', '1\0', '9'.repeat(200)],
])('takes %j for no number', (text) => {
  expect(decimalOf(text)).toBeNaN()
})

test.each(['', '-1', '+1', '1.0', '1e3', '1234567890123456', ' 1', '٣'])('takes %j for no whole number', (text) => {
  expect(integerOf(text)).toBe(-1)
})

test('reads whole numbers of up to fifteen digits, zeros before them or not', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 15 - 1), fc.nat(15), (value, digits) => {
      expect(integerOf(String(value).padStart(digits, '0'))).toBe(value)
    }),
  )
})
