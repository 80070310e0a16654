import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogParser } from '../../../../../services/ingest/core/parse-guessed.ts'
import { eventsOf } from './read-log.ts'

const combined = (i: number) =>
  `10.0.${i % 250}.1 - - [26/Jan/2026:19:45:25 +0000] "GET /combined/${i} HTTP/1.1" 200 1 "-" "probe/1.0"`
const json = (i: number) =>
  `{"ts":"2026-01-26T19:45:26Z","service":"pay","status":500,"path":"/json/${i}","request_id":"r${i}"}`
const JUNK = ['2026/01/26 19:45:25 [error] 7#7: *1 upstream timed out', '# a comment', '', '\\x16\\x03\\x01']

function parse(lines: readonly string[], isGuessed = true) {
  const parser = createLogParser({ format: { name: 'combined' }, env: 'prod', isGuessed })
  return parser.parse(Buffer.from(`${lines.join('\n')}\n`), { source: 'a.log', firstLine: 1, firstByte: 1_000 })
}

test('reads what the format of the log cannot read in the one that can, field by field', () => {
  const lines = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? combined(i) : json(i)))
  const block = parse(lines)
  expect(block).toMatchObject({ lines: 40, parsed: 40, rejected: 0, requests: 40, otherFormats: { ndjson: 20 } })
  expect(block).toMatchObject({ serviceOrigins: { default: 20, field: 20 } })
  const events = eventsOf(block)
  expect(events.filter(({ status }) => status === 200)).toHaveLength(20)
  expect(events.at(0)).toMatchObject({
    service: 'web',
    path: '/combined/0',
    user_agent: 'probe/1.0',
    client: '10.0.0.0',
  })
  expect(events.at(-1)).toMatchObject({ service: 'pay', path: '/json/39', route: '/json/{id}', request_id: 'r39' })
  expect(block.columns.route.services.map((code) => block.columns.service.values[code])).toContain('pay')
})

test('a log whose format changed in the middle loses no line', () => {
  const lines = Array.from({ length: 100 }, (_, i) => (i < 50 ? combined(i) : json(i)))
  expect(parse(lines)).toMatchObject({ parsed: 100, rejected: 0, otherFormats: { ndjson: 50 } })
  expect(parse(lines.slice(50))).toMatchObject({ parsed: 50, rejected: 0, otherFormats: { ndjson: 50 } })
})

test('what no format reads stays a reject, told by what the format of the log says of it and by its place', () => {
  const bad = '10.0.0.1 - - [31/Feb/2026:19:45:25 +0000] "GET / HTTP/1.1" 200 1'
  const lines = [combined(0), json(1), bad, json(2), json(3), combined(4)]
  const { rejects, rejected } = parse(lines)
  const byteOffset = 1_000 + lines.slice(0, 2).join('\n').length + 1
  expect(rejected).toBe(1)
  expect(rejects).toMatchObject([{ lineNumber: 3, byteOffset, reason: 'bad-time' }])
})

test('a few foreign lines, and lines of a log whose format was named, are rejects', () => {
  expect(parse([...Array.from({ length: 9 }, (_, i) => combined(i)), json(1), json(2)])).toMatchObject({ rejected: 2 })
  expect(
    parse(
      Array.from({ length: 9 }, (_, i) => json(i)),
      false,
    ),
  ).toMatchObject({ parsed: 0, rejected: 9 })
})

test('whatever is mixed, every line is counted once', () => {
  const line = fc.oneof(fc.nat(999).map(combined), fc.nat(999).map(json), fc.constantFrom(...JUNK))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const block = parse(lines)
      const { parsed, rejected, skipped, blank } = block
      expect(parsed + rejected + skipped + blank).toBe(block.lines)
      expect(eventsOf(block)).toHaveLength(parsed)
      expect(block.rejects).toHaveLength(rejected)
    }),
  )
})
