import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectFormat } from '../../../../../services/ingest/core/detect-format.ts'
import type { EnvelopeName } from '../../../../../services/ingest/core/format-spec.ts'

const HEAD = '10.158.33.7 - - [26/Jan/2019:19:45:25 +0330] "GET / HTTP/1.1" 200 30975'
const JSON_LINE = '{"ts":"2026-03-01T00:00:10Z","service":"checkout","status":200,"count":37}'

test.each([
  ['combined', `${HEAD} "-" "curl/8"\n`],
  ['combined', `${HEAD} "-" "curl/8" "-"\r\n${HEAD} "-" "curl/8" "-"`],
  ['common', `${HEAD}\n`],
  ['vhost-combined', `shop.example:443 ${HEAD} "-" "curl/8"\n`],
  ['vhost-combined', `shop.example ${HEAD}\n`],
  ['ndjson', `${JSON_LINE}\n`],
  ['ndjson', `\uFEFF${JSON_LINE}\n\n${JSON_LINE}\n{"trunc`],
  ['combined', `junk\n${`${HEAD} "-" "curl/8"\n`.repeat(3)}junk\n`],
  ['combined', `ent "-" "curl/8"\n${`${HEAD} "-" "curl/8"\n`.repeat(9)}`],
  ['combined', `# made by us\n\n# see the manual\n${HEAD} "-" "curl/8"\n`],
  ['common', `\u0000\u0000\u0000${HEAD}\n\n\n`],
  ['vhost-combined', `${`shop.example ${HEAD} "-" "curl/8"\n`.repeat(24)}${HEAD} "-" "curl/8"\n`],
])('tells %s by its lines', (name, log) => {
  expect(detectFormat(Buffer.from(log))).toMatchObject({ kind: 'known', spec: { name } })
})

const WRAPPED: readonly (readonly [EnvelopeName, string])[] = [
  ['cri', `2026-11-21T10:00:00.1Z stdout F ${HEAD} "-" "curl/8"`],
  ['docker', JSON.stringify({ log: `${HEAD} "-" "curl/8"\n`, stream: 'stdout', time: '2026-11-21T10:00:00Z' })],
  ['syslog', `Nov 21 10:00:00 edge-1 nginx: ${HEAD} "-" "curl/8"`],
  ['syslog', `<190>1 2026-11-21T10:00:00Z edge-1 nginx 7 - - ${HEAD} "-" "curl/8"`],
]
test.each(WRAPPED)('tells the format inside %s', (envelope, line) => {
  const log = `${line}\n`.repeat(3)
  expect(detectFormat(Buffer.from(log))).toMatchObject({ kind: 'known', spec: { name: 'combined', envelope } })
})

test('is as sure as the share of the first lines that it reads', () => {
  const log = `${HEAD} "-" "curl/8"\n`.repeat(9)
  expect(detectFormat(Buffer.from(log))).toMatchObject({ confidence: 1 })
  expect(detectFormat(Buffer.from(`${log}garbage\n`))).toMatchObject({ confidence: 0.9 })
})

test.each([
  ['', 'are missing: it is empty'],
  ['once upon a time\nthere was a log\n', 'fit no known format'],
  ['\u0000\u0001\u0002PNG\u0003\u0004\n', 'look binary'],
  ['{"level":"info","msg":"hello"}\n', 'are JSON without a time (ts) and a status: their keys are level, msg'],
  ['{"time":"2026-03-01T00:00:10Z","msg":"hello"}\n', 'are JSON without a status: their keys are time, msg'],
  [
    '{"time":"yesterday","status":200}\n',
    'are JSON with a time, a status or another field that is none: their keys are time, status',
  ],
  [
    HEAD.replace('26/Jan/2019:19:45:25 +0330', 'Sat Jan 26 19:45:25 2019').concat('\n'),
    'look like combined but for their time, Sat Jan 26 19:45:25 2019',
  ],
])('says of %j what its lines look like', (log, hint) => {
  expect(detectFormat(Buffer.from(log))).toMatchObject({ kind: 'unknown', hint })
})

test('names the keys of a JSON log that is none of ours, and the map that has read it', () => {
  const line = '{"when":"2026-03-01T00:00:10Z","code":"502","request":{"verb":"GET","uri":"/pay"},"took":0.2}\n'
  expect(detectFormat(Buffer.from(line.repeat(3)))).toEqual({
    kind: 'unknown',
    hint: 'are JSON without a time (ts) and a status: their keys are when, code, request.verb, request.uri, took',
    advice: "try --format 'json:ts=when,status=code,method=request.verb,path=request.uri'",
  })
})

const NEAR_COMBINED = [
  {
    what: 'combined with one more field',
    line: (i: number) =>
      `10.0.0.${i} - - [26/Jan/2019:19:45:${10 + i} +0330] 0.01${i} "GET /a?q=${i} HTTP/1.1" 200 3097${i} "https://shop.example/" "Mozilla/5.0 (X11)"`,
    logFormat:
      '$remote_addr - $remote_user [$time_local] $request_time "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
  },
  {
    what: 'combined with 2 more fields',
    line: (i: number) =>
      `10.0.0.${i} - ana [26/Jan/2019:19:45:${10 + i} +0330] shop.example node${i} "POST /a HTTP/2.0" 50${i} 12 "https://shop.example/" "Mozilla/5.0 (X11)"`,
    logFormat:
      '$remote_addr - $remote_user [$time_local] $host $skip6 "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
  },
  {
    what: 'combined written another way',
    line: (i: number) =>
      `10.0.0.${i} | 26/Jan/2019:19:45:${10 + i} +0330 | "GET /a HTTP/1.1" | 404 | 17 | "https://shop.example/" | "Mozilla/5.0 (X11)"`,
    logFormat:
      '$remote_addr | $time_local | "$request" | $status | $body_bytes_sent | "$http_referer" | "$http_user_agent"',
  },
  {
    what: 'an nginx log_format',
    line: (i: number) => `1548519325.12${i}\t10.0.0.${i}\tGET\t/cart/${i}\t502\t0.21${i}\t10.1.0.7:8080`,
    logFormat: '$msec\t$remote_addr\t$request_method\t$request_uri\t$status\t$request_time\t$upstream_addr',
  },
]

test.each(NEAR_COMBINED)('suggests a log_format that has read the lines: $what', ({ what, line, logFormat }) => {
  const log = Buffer.from(`cut off" 200\n${[1, 2, 3, 4, 5, 6].map(line).join('\n')}\n`)
  const found = detectFormat(log)
  expect(found).toEqual({ kind: 'unknown', hint: `look like ${what}`, advice: `try --format '${logFormat}'` })
})

test('suggests nothing that would not read the lines', () => {
  const line = '10.0.0.1 - - [26/Jan/2019 19:45 +0330] 0.01 "GET /a HTTP/1.1" 200\n'
  expect(detectFormat(Buffer.from(line.repeat(5)))).toMatchObject({ hint: 'fit no known format' })
})

test('whatever the bytes, an answer comes and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constant(`${HEAD} "-"`)), { maxLength: 20 }), (lines) => {
      expect(['known', 'unknown']).toContain(detectFormat(Buffer.from(lines.join('\n'))).kind)
    }),
  )
})
