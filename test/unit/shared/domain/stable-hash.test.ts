import { expect, test } from 'vitest'
import { stableHash } from '../../../../shared/domain/stable-hash.ts'

test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('hashes %j as the published FNV-1a vector says', (text, expected) => {
  expect(stableHash(text)).toBe(expected)
})

test('hashes text beyond ASCII by its UTF-8 bytes', () => {
  let hash = 0xcbf29ce484222325n
  for (const byte of [0xc3, 0xa9]) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  expect(stableHash('é')).toBe(hash.toString(16).padStart(16, '0'))
})
