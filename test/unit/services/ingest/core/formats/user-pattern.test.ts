import { expect, test } from 'vitest'
import { userPatternProblem } from '../../../../../../services/ingest/core/formats/user-pattern.ts'
import { createBlockParser } from '../../../../../../services/ingest/core/parse-block.ts'
import { parseLog, readLine } from '../read-log.ts'

const pattern = (logFormat: string) => ({ name: 'pattern', logFormat }) as const

test('a pattern reads what its groups name', () => {
  const format = pattern(
    String.raw`^(?<ts>\S+) (?<host>\S+) (?<client>\S+) "(?<request>[^"]*)" (?<status>\d+|-) (?<bytes>\d+|-) (?<duration_s>[\d.]+) "(?<user_agent>[^"]*)" v=(?<version>\S+)$`,
  )
  const line = '2026-11-21T10:00:00.5Z pod-7 203.0.113.9 "GET /café?q=1 HTTP/1.1" 502 - 1.25 "Zürich/1 😀" v=v42'
  expect(readLine(line, format)).toMatchObject({
    ts: '2026-11-21T10:00:00.500Z',
    host: 'pod-7',
    client: '203.0.113.0',
    method: 'GET',
    path: '/café',
    status: 502,
    bytes: undefined,
    duration_ms: 1250,
    user_agent: 'Zürich/1 😀',
    version: 'v42',
  })
  expect(parseLog('something else', format).rejectCounts).toEqual({ unmatched: 1 })
})

test('a group that a line does not have is absent, and a pattern may hold more than ASCII', () => {
  const format = pattern(String.raw`(?<start>\d+) → (?<status>\d+)(?: took (?<duration_ms>\d+) ms)?`)
  expect(readLine('at 1795255200 → 500 took 1500 ms', format)).toMatchObject({
    ts: '2026-11-21T10:00:01.500Z',
    duration_ms: 1500,
  })
  expect(readLine('at 1795255200 → 500', format)).toMatchObject({ duration_ms: undefined })
})

test.each([
  [
    String.raw`(?<ts>\S+) (?<status>\d+) (?<latency>\d+)`,
    /no field is called latency: there are ts, status, method, path/,
  ],
  [String.raw`(?<ts>\S+) (?<code>\d+)`, /no field is called code/],
  [String.raw`(?<ts>\S+)`, /no group \(\?<status>…\)/],
  [String.raw`(?<status>\d+)`, /no group \(\?<ts>…\)/],
  [String.raw`(?<ts>\S+) (?<status>\d+`, /no regular expression of RE2's/],
  [String.raw`(?<ts>\S+)(?=x)(?<status>\d+)`, /no regular expression of RE2's/],
  [`(?<ts>.)(?<status>.)${'x'.repeat(1_000)}`, /longer than 1000 characters/],
  [String.raw`(?<ts>\S+)(?<status>\d+)((a{100}){100})`, /repeats too much|no regular expression/],
])('refuses the pattern %s', (text, says) => {
  expect(userPatternProblem(text)).toMatch(says)
})

test('a usable pattern has no problem', () => {
  expect(userPatternProblem(String.raw`(?<client>\S+) \[(?<ts>[^\]]+)\] (?<status>\d+)`)).toBeUndefined()
  expect(userPatternProblem(String.raw`(?P<start>\S+) (?P<status>\d+)`)).toBeUndefined()
})

/** With room for a machine that does other things, too: what is not linear takes longer than a day. */
const LINE_MS_MAX = 500

test.each([
  [String.raw`(?<ts>(a+)+)+(?<status>\d+)$`, 'a'],
  [String.raw`(?<ts>.*.*.*.*.*)(?<status>\d{3})$`, 'a'],
  [String.raw`(?<ts>(x|xx|xxx)*y)?(?<status>(x?){50}\d)`, 'x'],
])('no line keeps %s for long', (text, filling) => {
  const format = pattern(text)
  expect(userPatternProblem(text)).toBeUndefined()
  const longest = filling.repeat(8 * 1024)
  let bestMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < 4 && bestMs > LINE_MS_MAX / 2; run++) {
    const startMs = performance.now()
    parseLog(longest, format)
    bestMs = Math.min(bestMs, performance.now() - startMs)
  }
  expect(bestMs).toBeLessThan(LINE_MS_MAX)
  expect(parseLog(filling.repeat(100 * 1024), format).rejectCounts).toEqual({ 'line-too-long': 1 })
})

test.each([
  String.raw`^(?:(?<ts>\S+)+)+ (?<status>\d+)$`,
  String.raw`(?<ts>(?:a|a?)+)(?<status>\d+)$`,
  String.raw`^(?<ts>(?:.*)*)*x(?<status>\d+)$`,
  String.raw`(?<ts>(?:\w|\s|.)+)+:(?<status>(?:\d+)+)$`,
])('an evil pattern takes no more than 100 ms for a line of 100 KiB: %s (row 14)', (logFormat) => {
  const line = Buffer.from(`${'a'.repeat(100 * 1024 - 1)}!`)
  const parser = createBlockParser({ format: pattern(logFormat), env: 'prod' })
  let bestMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < 10 && bestMs > 100; run++) {
    const before = process.cpuUsage()
    parser.parse(line, { source: '', firstLine: 1, firstByte: 0 })
    bestMs = Math.min(bestMs, process.cpuUsage(before).user / 1000)
  }
  expect(bestMs).toBeLessThanOrEqual(100)
})
