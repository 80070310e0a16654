import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createNativeBuffer, type NativeBuffer } from '../../../../../services/ingest/core/native-buffer.ts'

function written(write: (buffer: NativeBuffer) => void): number[] {
  const buffer = createNativeBuffer()
  write(buffer)
  return [...buffer.take()]
}

const utf8 = (text: string) => [...Buffer.from(text)]

test.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 1]],
  [300, [0xac, 2]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])('writes the varint %j', (value, bytes) => {
  expect(written((buffer) => buffer.varint(value))).toEqual(bytes)
})

test.each(['', 'a', 'ä€😀', '\uD800', 'x'.repeat(300)])('writes the text %j behind its length in bytes', (text) => {
  const length = Buffer.byteLength(text)
  const prefix = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7]
  expect(written((buffer) => buffer.text(text))).toEqual([...prefix, ...utf8(text)])
})

test('writes the texts of some rows, each behind its length', () => {
  const ends = Uint32Array.of(2, 2, 5, 9)
  expect(written((buffer) => buffer.texts(Buffer.from('abcdefgh'), ends, Uint32Array.of(2, 0, 1)))).toEqual([
    ...[3, ...utf8('cde')],
    ...[2, ...utf8('ab')],
    0,
  ])
  expect(written((buffer) => buffer.texts(Buffer.alloc(0), Uint32Array.of(), Uint32Array.of()))).toEqual([])
})

test.each([
  [0, '0'],
  [1, '1'],
  [2 ** 32 - 1, '4294967295'],
  [2 ** 32, '4294967296'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [Number.POSITIVE_INFINITY, '9007199254740991'],
  [Number.NaN, '0'],
])('writes %d as the 64-bit number %s', (value, expected) => {
  const bytes = Buffer.from(written((buffer) => buffer.int64s([7, value], [1])))
  expect(bytes).toHaveLength(8)
  expect(String(bytes.readBigInt64LE())).toBe(expected)
})

test.each([
  [1, [9, 1]],
  [2, [9, 0, 1, 0]],
  [4, [9, 0, 0, 0, 1, 0, 0, 0]],
] as const)('writes numbers as %j bytes each', (width, bytes) => {
  expect(written((buffer) => buffer.integers(Uint32Array.of(1, 0x102, 9), Uint32Array.of(2, 0), width))).toEqual(bytes)
})

test('writes the floats of some rows, and which of them there are none of', () => {
  const values = Float32Array.of(1.5, Number.NaN, -2)
  const rows = Uint32Array.of(2, 1)
  const floats = Buffer.from(written((buffer) => buffer.float32s(values, rows)))
  expect([floats.readFloatLE(0), floats.readFloatLE(4)]).toEqual([-2, Number.NaN])
  expect(written((buffer) => buffer.nulls(values, rows))).toEqual([0, 1])
})

test('zeros overwrite what was there before it was taken', () => {
  const buffer = createNativeBuffer()
  buffer.bytes(Uint8Array.of(1, 2, 3))
  const first = buffer.take()
  buffer.zeros(2)
  expect([...buffer.take()]).toEqual([0, 0])
  expect([...first]).toEqual([1, 2, 3])
  expect(first.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect([...buffer.take()]).toEqual([])
})

test('keeps everything in order however much it is', () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 4 }), (chunks) => {
      const buffer = createNativeBuffer()
      const large = chunks.map((bytes) => Buffer.alloc(700_000, bytes))
      for (const bytes of large) {
        buffer.bytes(bytes)
        buffer.varint(5)
      }
      const expected = Buffer.concat(large.flatMap((bytes) => [bytes, Buffer.of(5)]))
      expect(expected.equals(buffer.take())).toBe(true)
    }),
    { numRuns: 10 },
  )
})

test.each<[string, (buffer: NativeBuffer) => void, number]>([
  ['a text', (buffer) => buffer.text('€'.repeat(400_000)), 1_200_003],
  ['texts', (buffer) => buffer.texts(Buffer.alloc(0), new Uint32Array(9), new Uint32Array(1_100_000)), 1_100_000],
  ['64-bit numbers', (buffer) => buffer.int64s([1], new Uint32Array(200_000)), 1_600_000],
  ['narrow numbers', (buffer) => buffer.integers(Uint16Array.of(1), new Uint32Array(600_000), 2), 1_200_000],
  ['floats', (buffer) => buffer.float32s(Float32Array.of(1), new Uint32Array(600_000)), 2_400_000],
  ['marks', (buffer) => buffer.nulls(Float32Array.of(1), new Uint32Array(1_100_000)), 1_100_000],
  ['zeros', (buffer) => buffer.zeros(1_100_000), 1_100_000],
])('makes room for %s', (_, write, length) => {
  const buffer = createNativeBuffer()
  buffer.varint(9)
  write(buffer)
  buffer.varint(8)
  const taken = buffer.take()
  expect([taken.length, taken[0], taken.at(-1)]).toEqual([length + 2, 9, 8])
})
