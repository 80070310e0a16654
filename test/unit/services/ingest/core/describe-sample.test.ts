import { expect, test } from 'vitest'
import { describeSample } from '../../../../../services/ingest/core/describe-sample.ts'
import { sampleFirstLines } from '../../../../../services/ingest/core/log-sample.ts'
import type { FormatTrial } from '../../../../../services/ingest/core/try-format.ts'

const describe = (log: string, trials: readonly FormatTrial[] = []) =>
  describeSample(sampleFirstLines(Buffer.from(log)), trials)

/** A format that reads no line, but would read this share of them if their time were one. */
const trial = (badTimeShare: number, badTime: string | undefined): FormatTrial => ({
  spec: { name: 'combined', envelope: 'cri' },
  share: 0,
  badTimeShare,
  badTime,
})

const NAME_IT = expect.stringContaining('--format')

test.each([
  ['', 'are missing: it is empty', 'give a log with lines in it'],
  ['\n \r\n\t\n', 'are missing: it is empty', 'give a log with lines in it'],
  [`${'\u0001'.repeat(6)}${'a'.repeat(94)}\n`, 'look binary', NAME_IT],
  [`${'\u0001'.repeat(4)}${'a'.repeat(96)}\n`, 'fit no known format', NAME_IT],
  ['\ta\tb\tc\n', 'fit no known format', NAME_IT],
  ['{"when":1772323200}\n', expect.stringMatching(/^are JSON/), expect.stringMatching(/^an event needs/)],
  [
    '10.0.0.1|2026-03-01T00:00:00Z|GET|/a|200\n',
    'look like an nginx log_format',
    "try --format '$remote_addr|$time_iso8601|$request_method|$request_uri|$status'",
  ],
])('says of %j what its lines look like and what to do', (log, hint, advice) => {
  expect(describe(log)).toEqual({ hint, advice })
})

test.each([
  ['Sat Jan 26 19:45:25 2019', 'look like cri:combined but for their time, Sat Jan 26 19:45:25 2019'],
  ['secret', 'look like cri:combined but for their time'],
  ['<b>1:2</b>', 'look like cri:combined but for their time'],
  ['\u001B[2J 10:20', 'look like cri:combined but for their time'],
  [undefined, 'look like cri:combined but for their time'],
])('shows the time %j of a line only if it looks like one', (badTime, hint) => {
  expect(describe('x\n', [trial(0.49, '1:1'), trial(0.5, badTime)])).toMatchObject({ hint })
})

test('a format whose times fail in fewer than half of the lines is not named', () => {
  expect(describe('x\n', [trial(0.49, '10:20')])).toMatchObject({ hint: 'fit no known format' })
})
