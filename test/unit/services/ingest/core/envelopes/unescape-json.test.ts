import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import { writeUnescaped } from '../../../../../../services/ingest/core/envelopes/unescape-json.ts'
import { amid } from '../scanned-lines.ts'

function unescaped(text: string): string {
  const { source, start, end } = amid(text, '\\ude00"')
  // No more room than the text itself has.
  const to = toByteSource(Buffer.alloc(2 + end - start, '#'))
  const written = writeUnescaped(source, start, end, to, 2)
  expect(to.bytes.toString('latin1', 0, 2)).toBe('##')
  return to.bytes.toString('utf8', 2, written)
}

test.each([
  ['', ''],
  ['plain', 'plain'],
  [String.raw`\n\r\t\b\f\"\\\/`, '\n\r\t\b\f"\\/'],
  [String.raw`caf\u00e9 \u00E9`, 'caf\u00e9 \u00e9'],
  [String.raw`a\u0000b`, 'a\0b'],
  [String.raw`\ud83d\ude00!`, '\u{1f600}!'],
  [String.raw`\\n`, '\\n'],
  [String.raw`\\u0041`, '\\u0041'],
])('%s is what JSON says', (text, expected) => {
  expect(unescaped(text)).toBe(expected)
  expect(JSON.parse(`"${text}"`)).toBe(expected)
})

test.each([
  [String.raw`\ud83d`, '\ufffd'],
  [String.raw`\ude00!`, '\ufffd!'],
  [String.raw`\ud83d!`, '\ufffd!'],
  [String.raw`\ud83d\u0041`, '\ufffdA'],
  [String.raw`\ud83d\ud83d\ude00`, '\ufffd\u{1f600}'],
])('half a pair is the replacement character: %s', (text, expected) => {
  expect(unescaped(text)).toBe(expected)
})

test.each(['\\', '\\x41', '\\u00e', '\\u00gg', '\\u', '\\u+123', 'a\\'])('what is no escape stays: %s', (text) => {
  expect(unescaped(text)).toBe(text)
})

test('every text comes out of JSON as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean(), (text, isAscii) => {
      const json = JSON.stringify(text).slice(1, -1)
      const escaped = isAscii ? json.replaceAll(/[^\x20-\x7e]/g, toUnicodeEscape) : json
      expect(unescaped(escaped)).toBe(text)
    }),
  )
})

function toUnicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
