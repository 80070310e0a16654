import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createWireFields, varintAt } from '../../../../../services/ingest/core/wire-fields.ts'

function fieldsOf(hex: string): unknown {
  const source = toByteSource(Buffer.from(hex, 'hex'))
  const fields = createWireFields()
  const found: unknown[] = []
  for (let at = 0; at < source.bytes.length; ) {
    at = fields.read(source, at, source.bytes.length)
    if (at < 0) return 'malformed'
    found.push([fields.number, source.bytes.toString('hex', fields.from, fields.to)])
  }
  return found
}

test.each([
  ['a number, 150', '089601', [[1, '9601']]],
  ['a text', '120774657374696e67', [[2, '74657374696e67']]],
  [
    'eight bytes, then four',
    '09010000000000000015000000ff',
    [
      [1, '0100000000000000'],
      [2, '000000ff'],
    ],
  ],
  ['a field of a large number', 'c23e00', [[1000, '']]],
  ['a text that ends too late', '120874657374696e67', 'malformed'],
  ['a number that goes on', '0896', 'malformed'],
  ['a number without end', `08${'ff'.repeat(12)}01`, 'malformed'],
  ['a length without end', '12ffffffffff0f', 'malformed'],
  ['a length that is cut off', '12', 'malformed'],
  ['a group', '0b0c', 'malformed'],
  ['the number 0', '0001', 'malformed'],
])('reads %s', (_, hex, expected) => {
  expect(fieldsOf(hex)).toEqual(expected)
})

test('a negative number, and one of more digits than a number holds, is none', () => {
  const numberOf = (hex: string) => varintAt(toByteSource(Buffer.from(hex, 'hex')), 0, hex.length / 2)
  expect(numberOf('9601')).toBe(150)
  expect(numberOf('ffffffffffffffffff01')).toBeNaN()
})
