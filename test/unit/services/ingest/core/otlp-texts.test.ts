import { expect, test } from 'vitest'
import {
  BYTES,
  CLIENT,
  FIELD_NAMES,
  METHOD,
  SERVICE,
  STATUS,
  TARGET,
  TIME,
  USER_AGENT,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createOtlpTexts } from '../../../../../services/ingest/core/otlp-texts.ts'
import { amid } from './scanned-lines.ts'

const LINE = String.raw`10.1.2.3 - - [21/Nov/2026:10:00:05 +0000] "GET /a?b=1&c HTTP/1.1" 502 150 "-" "curl \"x\" é"`

/** The fields of lines, each given as what stands between the quotes of a JSON string; undefined where it is left alone. */
function readAll(format: string, lines: readonly string[]) {
  const texts = createOtlpTexts()
  texts.setFormat({ name: format === 'combined' ? 'combined' : 'haproxy' })
  return lines.map((line) => {
    const { source, start, end } = amid(line)
    const fields = new Int32Array(2 * FIELD_NAMES.length)
    if (!texts.read(source, start, end, fields)) return undefined
    const bytes = Buffer.from(texts.bytes())
    return (field: number) => {
      const from = fields[2 * field] ?? -1
      return from < 0 ? undefined : bytes.toString('utf8', from, fields[2 * field + 1])
    }
  })
}
const inJson = (line: string) => JSON.stringify(line).slice(1, -1)

test('a line is read from its JSON string into fields as NDJSON would have them', () => {
  const escaped = inJson(LINE).replace('&', String.raw`\u0026`)
  // More than fits at first.
  for (const field of readAll('combined', Array<string>(600).fill(escaped)).slice(-2)) {
    expect([TIME, STATUS, METHOD, TARGET, BYTES, CLIENT, SERVICE].map((name) => field?.(name))).toEqual([
      '1795255205000',
      '502',
      'GET',
      '/a?b=1&c',
      '150',
      '10.1.2.3',
      undefined,
    ])
    expect(JSON.parse(`"${field?.(USER_AGENT)}"`)).toBe('curl "x" é')
  }
})

test.each([
  ['no line of the format', 'combined', 'cache miss'],
  ['a time that is none', 'combined', inJson(LINE.replace('21/Nov', '31/Feb'))],
  ['a status that is none', 'combined', inJson(LINE.replace('502', '-'))],
  ['escapes of control characters', 'combined', inJson(`${LINE}\n`)],
  ['escapes that are none', 'combined', inJson(LINE).replace('curl', String.raw`\u00g0`)],
  ['escapes beyond ASCII', 'combined', inJson(LINE).replace('curl', String.raw`\u00e9`)],
  ['control characters as they are', 'combined', inJson(LINE).replace('curl', 'a\tb')],
  ['a format with other escapes', 'haproxy', inJson(LINE)],
])('leaves alone %s', (_, format, line) => {
  expect(readAll(format, [line])).toEqual([undefined])
})
