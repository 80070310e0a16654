import { expect, test } from 'vitest'
import { inferLogFormat } from '../../../../../services/ingest/core/infer-log-format.ts'
import { sampleFirstLines } from '../../../../../services/ingest/core/log-sample.ts'

const infer = (...lines: readonly string[]) =>
  inferLogFormat(lines, sampleFirstLines(Buffer.from(lines.map((line) => `${line}\n`).join(''))))

const REQUEST = '"GET / HTTP/1.1"'
const CLF = '[26/Jan/2019:19:45:25 +0330]'

test.each([
  [
    `10.0.0.1 - alice ${CLF} ${REQUEST} 200 5 0.123`,
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_time',
    'common with one more field',
  ],
  [
    `${CLF} 10.0.0.1 ${REQUEST} 200 5`,
    '[$time_local] $remote_addr "$request" $status $body_bytes_sent',
    'common written another way',
  ],
  [
    `10.0.0.1 - - ${CLF} ${REQUEST} 200 5 "https://a.example/" "curl/8.1" 0.123 shop.example`,
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $host',
    'combined with 2 more fields',
  ],
  [
    '1772323200.5 | GET | /a | 200 | 10.0.0.1:80 | 502',
    '$msec | $request_method | $request_uri | $status | $upstream_addr | $upstream_status',
    'an nginx log_format',
  ],
  [
    '2026-03-01T00:00:00Z;GET;/a;200;0.123;0.100',
    '$time_iso8601;$request_method;$request_uri;$status;$request_time;$upstream_response_time',
    'an nginx log_format',
  ],
  ['::1\t1772323200\t/a\t404\tfoo', '$remote_addr\t$msec\t$request_uri\t$status\t$skip5', 'an nginx log_format'],
  ['2026-03-01T00:00:00Z,1772323200,/a,200', '$time_iso8601,$skip2,$request_uri,$status', 'an nginx log_format'],
])('tells how %j is written', (line, logFormat, likeness) => {
  expect(infer(line, line)).toEqual({ logFormat, likeness })
})

test('a column is named by what most of its values are; a hyphen is none', () => {
  const line = (status: string) => `2026-03-01T00:00:00Z /a ${status} x`
  const lines = [line('200'), line('404'), line('-'), line('500'), line('204'), line('200')]
  expect(infer(...lines)).toMatchObject({ logFormat: '$time_iso8601 $request_uri $status $skip4' })
})

test.each([
  ['none has as many columns as the others', ['1772323200 /a 200 x', 'once', 'upon a', 'time there was']],
  ['there are too few columns', ['1772323200 /a 200']],
  ['no column is a time', ['10.0.0.1 /a 200 x']],
  ['no column is a status', ['10.0.0.1 1772323200 /a x']],
  ['most lines would be rejected', ['1772323200 /a 200 x', '1772323200 /a 200 x', 'x', 'y']],
])('suggests nothing when %s', (_, lines) => {
  expect(infer(...lines)).toBeUndefined()
})

test('suggests nothing for no lines', () => {
  expect(infer()).toBeUndefined()
})
