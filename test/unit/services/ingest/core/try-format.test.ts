import { expect, test } from 'vitest'
import type { FormatSpec } from '../../../../../services/ingest/core/format-spec.ts'
import { sampleFirstLines } from '../../../../../services/ingest/core/log-sample.ts'
import { tryFormat } from '../../../../../services/ingest/core/try-format.ts'
import { COMBINED, NDJSON } from './read-log.ts'

const trial = (spec: FormatSpec, ...lines: readonly string[]) =>
  tryFormat(spec, sampleFirstLines(Buffer.from(lines.map((line) => `${line}\n`).join(''))))

const line = (time = '26/Jan/2019:19:45:25 +0330') => `10.0.0.1 - - [${time}] "GET / HTTP/1.1" 200 5 "-" "curl/8"`
const GOOD = line()
const BAD = line('Sat Jan 26 19:45:25 2019')

test.each([
  [[], 0],
  [[GOOD], 1],
  [['x', GOOD, 'y', 'z'], 0.25],
  [['# made by us', GOOD, '#'], 1],
  [['# made by us'], 0],
  [[GOOD, BAD], 0.5],
])('of %j tells the share of events', (lines, share) => {
  expect(trial(COMBINED, ...lines)).toMatchObject({ spec: COMBINED, share })
})

test('tells the share of lines that fail by their time, and the first such time', () => {
  const other = line('Sun Jan 27 19:45:25 2019')
  expect(trial(COMBINED, GOOD, BAD, other, 'x')).toMatchObject({
    share: 0.25,
    badTimeShare: 0.5,
    badTime: 'Sat Jan 26 19:45:25 2019',
  })
  expect(trial(COMBINED, GOOD, 'x')).toMatchObject({ badTimeShare: 0, badTime: undefined })
})

test('shows no more than forty bytes of a time', () => {
  const ts = 'x'.repeat(100)
  expect(trial(NDJSON, `{"ts":"${ts}","status":200}`).badTime).toBe('x'.repeat(40))
})

test('no line is read by what another holds, however many there are', () => {
  const [full, empty] = ['{"ts":"2026-03-01T00:00:10Z","status":200}', '{"a":1}']
  const lines = [...Array.from({ length: 130 }, () => full), ...Array.from({ length: 70 }, () => empty)]
  expect(trial(NDJSON, ...lines)).toMatchObject({ share: 0.65, badTimeShare: 0 })
})

test('reads lines inside an envelope', () => {
  const wrapped = JSON.stringify({ log: `${GOOD}\n`, stream: 'stdout', time: '2026-11-21T10:00:00Z' })
  expect(trial({ ...COMBINED, envelope: 'docker' }, wrapped, 'x')).toMatchObject({ share: 0.5 })
  expect(trial(COMBINED, wrapped)).toMatchObject({ share: 0 })
})
