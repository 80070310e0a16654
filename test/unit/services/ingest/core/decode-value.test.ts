import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoderFor, type Escaping } from '../../../../../services/ingest/core/decode-value.ts'
import { amid } from './scanned-lines.ts'

function decoded(escaping: Escaping, content: string | Uint8Array): string {
  const { source, start, end } = amid(content)
  return decoderFor(escaping)(source.bytes, start, end)
}

/** As nginx writes a value: the bytes that are not printable, quotes and backslashes as `\xHH`. */
function asNginxWrites(text: string): string {
  const isPlain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
  const hex = (byte: number) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return Array.from(Buffer.from(text), (byte) => (isPlain(byte) ? String.fromCharCode(byte) : hex(byte))).join('')
}

/** As Apache writes it: quotes and backslashes behind a backslash. */
function asApacheWrites(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&')
}

const isControl = (character: string) => character < ' ' || character === '\x7f'
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('"', '\\', 'x', '2', 'F', 'u', 'n', 'é', '😀'), maxLength: 20 }),
)
const printable = text.map((value) => [...value].filter((character) => !isControl(character)).join(''))

test('gives back the value that a log writer escaped', () => {
  fc.assert(
    fc.property(printable, (value) => {
      expect(decoded('backslash', asNginxWrites(value))).toBe(value)
      expect(decoded('backslash', asApacheWrites(value))).toBe(value)
      expect(decoded('none', value)).toBe(value)
    }),
    { numRuns: 500 },
  )
})

test('gives back whatever JSON wrote', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(decoded('json', JSON.stringify(value).slice(1, -1))).toBe(value)
      const ascii = value.replaceAll(/[^a-z]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      expect(decoded('json', ascii)).toBe(value)
    }),
    { numRuns: 500 },
  )
})

/** Noise, and escapes that are cut or wrong. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .string({ unit: fc.constantFrom('\\', '"', 'x', 'u', '0', '1', 'a', 'F', 'g', 'd8', '\x01', 'é'), maxLength: 20 })
    .map((escapes) => Buffer.from(escapes)),
)

test('never throws, and sees no byte outside the value', () => {
  fc.assert(
    fc.property(anyBytes, fc.constantFrom<Escaping>('none', 'backslash', 'json'), (bytes, escaping) => {
      const alone = Buffer.from(bytes)
      expect(decoded(escaping, bytes)).toBe(decoderFor(escaping)(alone, 0, alone.length))
    }),
    { numRuns: 1_000 },
  )
})

test('no escape of a log writer becomes a control character', () => {
  const controlsOf = (value: string) => [...value].filter(isControl).length
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(controlsOf(decoded('backslash', bytes))).toBe(controlsOf(decoded('none', bytes)))
    }),
    { numRuns: 500 },
  )
})

test.each<[Escaping, string, string]>([
  ['none', String.raw`a\x22b\n\u00e9`, String.raw`a\x22b\n\u00e9`],
  ['backslash', String.raw`say \x22hi\x22`, 'say "hi"'],
  ['backslash', String.raw`caf\xC3\xA9 caf\xc3\xa9`, 'café café'],
  ['backslash', String.raw`\xC3`, '\ufffd'],
  ['backslash', String.raw`\x0A\x1b\x7F\n`, String.raw`\x0A\x1b\x7F\n`],
  ['backslash', String.raw`\x2`, String.raw`\x2`],
  ['backslash', String.raw`\xG1\x1G`, String.raw`\xG1\x1G`],
  ['backslash', 'ends in \\', 'ends in \\'],
  ['backslash', String.raw`\\x22`, String.raw`\x22`],
  ['json', String.raw`say \"hi\" \/ \\`, 'say "hi" / \\'],
  ['json', String.raw`\u00e9\ud83d\ude00`, 'é😀'],
  ['json', String.raw`cut \u00`, String.raw`cut \u00`],
  ['json', 'cut \\', 'cut \\'],
  ['json', String.raw`no \q escape`, String.raw`no \q escape`],
])('%s: %s is %j', (escaping, written, value) => {
  expect(decoded(escaping, written)).toBe(value)
})

test.each<Escaping>(['none', 'backslash', 'json'])('%s: bytes that are no UTF-8 show as such', (escaping) => {
  expect(decoded(escaping, Uint8Array.of(0x61, 0xff, 0x62, 0xc3))).toBe('a\ufffdb\ufffd')
})
