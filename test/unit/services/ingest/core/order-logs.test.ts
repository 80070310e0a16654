import { expect, test } from 'vitest'
import { compareLogs, firstEventMs } from '../../../../../services/ingest/core/order-logs.ts'
import { COMBINED, NDJSON } from './read-log.ts'

const event = (second: number) => `{"ts":"2026-03-01T00:00:${second}Z","service":"a","status":200}\n`
const at = (second: number) => Date.parse(`2026-03-01T00:00:${second}Z`)

test.each([
  [event(10), at(10)],
  [`${event(30)}${event(20)}${event(40)}`, at(20)],
  [`garbage\n\n${event(30)}`, at(30)],
  [`${event(30)}${event(10).trimEnd()}`, at(30)],
  ['', Number.POSITIVE_INFINITY],
  ['garbage\n', Number.POSITIVE_INFINITY],
])('of the log %j knows when it begins', (log, ms) => {
  expect(firstEventMs(Buffer.from(log), NDJSON)).toBe(ms)
})

test('reads the time by the format of the log', () => {
  const log = '10.0.0.1 - - [01/Mar/2026:03:30:10 +0330] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n'
  expect(firstEventMs(Buffer.from(log), COMBINED)).toBe(at(10))
})

test('logs are read by when they begin, then by name, in whatever order they were given', () => {
  const ordered = [
    { firstMs: 1, source: 'access.log.10' },
    { firstMs: 2, source: 'access.log.2' },
    { firstMs: 3, source: 'a' },
    { firstMs: 3, source: 'b' },
    { firstMs: Number.POSITIVE_INFINITY, source: 'a' },
    { firstMs: Number.POSITIVE_INFINITY, source: 'b' },
  ]
  const shuffles = [ordered.toReversed(), [...ordered.slice(3), ...ordered.slice(0, 3)]]
  for (const logs of shuffles) expect(logs.toSorted(compareLogs)).toEqual(ordered)
  for (const log of ordered) expect(compareLogs(log, { ...log })).toBe(0)
})
