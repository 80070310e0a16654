import { expect, test } from 'vitest'
import { detectFormat } from '../../../../../services/ingest/core/detect-format.ts'

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
])('tells %s by its lines', (name, log) => {
  expect(detectFormat(Buffer.from(log))).toEqual({ kind: 'known', spec: { name } })
})

test.each([
  ['', 'are missing: it is empty'],
  ['once upon a time\nthere was a log\n', 'fit no known format'],
  ['\u0000\u0001\u0002PNG\u0003\u0004\n', 'look binary'],
  ['{"level":"info","msg":"hello"}\n', 'are JSON without a time (ts)'],
  ['{"time":"2026-03-01T00:00:10Z","msg":"hello"}\n', 'are JSON without a status'],
  ['{"time":"yesterday","status":200}\n', 'are JSON with a time that is none'],
  ['{"ts":"2026-03-01T00:00:10Z","status":"fine"}\n', 'are JSON with a field of a wrong type'],
])('says of %j what its lines look like', (log, hint) => {
  expect(detectFormat(Buffer.from(log))).toEqual({ kind: 'unknown', hint })
})
