import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { decoderFor, type Escaping } from '../../../../../services/ingest/core/decode-value.ts'
import { isPlainPath, isPlainText } from '../../../../../services/ingest/core/plain-text.ts'
import { pathOfTarget } from '../../../../../services/ingest/core/request-target.ts'

const ESCAPINGS: readonly Escaping[] = ['none', 'backslash', 'json', 'percent', 'hash', 'plus']

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((values) => Buffer.from(values)),
  fc.string({ unit: fc.constantFrom(...'/a%20#22+\\x?&;=@:é'), maxLength: 12 }).map((text) => Buffer.from(`/${text}`)),
)

test('what is plain is what every format means by it', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const logged = value.toString('latin1')
      for (const escaping of ESCAPINGS) {
        const decoded = decoderFor(escaping)(value, 0, value.length)
        if (isPlainText(toByteSource(value), 0, value.length)) expect(decoded).toBe(logged)
        if (isPlainPath(toByteSource(value), 0, value.length)) expect(pathOfTarget(decoded)).toBe(logged)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('takes an ordinary path and user agent for plain', () => {
  const isPlain = (check: typeof isPlainText, text: string) => check(toByteSource(Buffer.from(text)), 0, text.length)
  expect(isPlain(isPlainPath, '/products/26746-basket-copper')).toBe(true)
  expect(isPlain(isPlainText, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36')).toBe(true)
  expect([isPlain(isPlainPath, 'products'), isPlain(isPlainPath, ''), isPlain(isPlainText, '')]).toEqual([
    false,
    false,
    true,
  ])
})
