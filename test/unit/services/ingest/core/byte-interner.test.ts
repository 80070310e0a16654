import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteInterner } from '../../../../../services/ingest/core/byte-interner.ts'
import { equalBytes, findByte, hashBytes, toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createPairTable } from '../../../../../services/ingest/core/pair-table.ts'

/** Keys that differ in little: in one byte, in length, in zeros. */
const key = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 12, max: 1 }),
  fc.nat(200).map((i) => Buffer.from(`/a/long/path/with/a/number/${i}/in/it`)),
)

test('the same bytes have the same number, other bytes another, wherever they stand', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 3_000, size: 'max' }), fc.nat(3), (keys, padding) => {
      const interner = createByteInterner()
      const numbers = new Map<string, number>()
      for (const bytes of keys) {
        const source = toByteSource(Buffer.concat([Buffer.alloc(padding, 7), bytes]))
        const text = Buffer.from(bytes).toString('latin1')
        if (!numbers.has(text)) numbers.set(text, numbers.size)
        expect(interner.intern(source, padding, padding + bytes.length)).toBe(numbers.get(text))
      }
    }),
    { numRuns: 20 },
  )
})

test('a batch is numbered as its strings are one by one, and each new one is told once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.option(key), { maxLength: 128 }), { maxLength: 20 }), (batches) => {
      const [inBatches, oneByOne] = [createByteInterner(), createByteInterner()]
      const told: string[] = []
      const numbers = new Int32Array(128)
      for (const keys of batches) {
        const source = toByteSource(Buffer.concat(keys.map((bytes) => bytes ?? new Uint8Array(0))))
        const [starts, ends] = [new Int32Array(128), new Int32Array(128)]
        let at = 0
        keys.forEach((bytes, i) => {
          starts[i] = bytes === null ? -1 : at
          at += bytes?.length ?? 0
          ends[i] = at
        })
        inBatches.internBatch({ source, starts, ends, lines: keys.length }, numbers, (start, end) =>
          told.push(source.bytes.toString('latin1', start, end)),
        )
        keys.forEach((bytes, i) => {
          const expected = bytes === null ? -1 : oneByOne.intern(source, starts[i] ?? 0, ends[i] ?? 0)
          expect(numbers[i]).toBe(expected)
          if (bytes !== null) expect(told[expected]).toBe(Buffer.from(bytes).toString('latin1'))
        })
      }
      expect(new Set(told).size).toBe(told.length)
    }),
    { numRuns: 50 },
  )
})

test('finds a byte where a plain search finds it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40, max: 100 }), fc.nat(100), fc.nat(40), (bytes, byte, from) => {
      const start = Math.min(from, bytes.length)
      const at = bytes.indexOf(byte, start)
      const source = toByteSource(bytes)
      expect(findByte(source, byte, start, bytes.length)).toBe(at === -1 ? bytes.length : at)
    }),
    { numRuns: 1_000 },
  )
})

test('tells bytes apart that differ in one place', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.nat(59),
      fc.integer({ min: 1, max: 255 }),
      (bytes, at, change) => {
        const other = Uint8Array.from(bytes)
        const place = at % bytes.length
        other[place] = (bytes[place] ?? 0) ^ change
        const [left, right] = [toByteSource(bytes), toByteSource(other)]
        expect(equalBytes(left, 0, toByteSource(Uint8Array.from(bytes)), 0, bytes.length)).toBe(true)
        expect(equalBytes(left, 0, right, 0, bytes.length)).toBe(false)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('similar texts do not crowd into the same few places of a table', () => {
  const slots = new Set<number>()
  for (let i = 0; i < 4_096; i++) {
    const bytes = Buffer.from(`/image/${i}/productModel/150x150`)
    slots.add(hashBytes(toByteSource(bytes), 0, bytes.length) & 8_191)
  }
  // By chance alone 3,223 of 8,192 places are taken.
  expect(slots.size).toBeGreaterThan(3_000)
})

test('numbers each pair once', () => {
  const table = createPairTable()
  const pairs = Array.from({ length: 5_000 }, (_, i) => [i % 50, Math.floor(i / 50)] as const)
  expect(pairs.map(([left, right]) => table.numberOf(left, right))).toEqual(pairs.map((_, i) => i))
  expect(pairs.map(([left, right]) => table.numberOf(left, right))).toEqual(pairs.map((_, i) => i))
})
