import { expect, test } from 'vitest'
import { cri } from '../../../../../../services/ingest/core/envelopes/cri.ts'
import { FROM, HOST_FROM, TO } from '../../../../../../services/ingest/core/envelopes/envelope.ts'
import { COMMENT, OK, UNMATCHED } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { amid } from '../scanned-lines.ts'

const TIME = '2026-11-21T10:00:00.123456789Z'

function unwrap(text: string) {
  const { source, start, end } = amid(text)
  const envelope = cri.create()
  const inner = envelope.begin(source)
  const outcome = envelope.unwrap(start, end)
  const { inside } = envelope
  const line = outcome === OK ? inner.bytes.toString('utf8', inside[FROM], inside[TO]) : undefined
  return { outcome, line, host: inside[HOST_FROM], isPart: cri.isPart?.(source, start, end) }
}

test.each([
  [`${TIME} stdout F the line`, 'the line'],
  [`${TIME} stderr F the line`, 'the line'],
  ['2026-11-21T12:00:00.123456789+02:00 stdout F the line', 'the line'],
  ['2026-11-21T10:00:00Z stdout F the line', 'the line'],
  [`${TIME} stdout F:one:two  two spaces`, ' two spaces'],
  [`${TIME} stdout F caf\u00e9\r`, 'caf\u00e9'],
])('the line inside is what follows the tags, and names no host: %s', (text, line) => {
  expect(unwrap(text)).toEqual({ outcome: OK, line, host: -1, isPart: false })
})

test.each([`${TIME} stdout P the first `, `${TIME} stderr P:tag the first `])('waits for the rest of %s', (text) => {
  expect(unwrap(text)).toMatchObject({ outcome: COMMENT, isPart: true })
})

test.each([`${TIME} stdout F`, `${TIME} stdout F `])('an empty line is none: %s', (text) => {
  expect(unwrap(text)).toMatchObject({ outcome: COMMENT, isPart: false })
})

test.each([
  '',
  TIME,
  `${TIME} stdout `,
  `${TIME} stdlog F the line`,
  `${TIME} stdout G the line`,
  `${TIME} stdout FP the line`,
  `${TIME} stdout the line`,
  `${TIME}  stdout F the line`,
  '21/11/2026 10:00:00 stdout F the line',
  `2026-11-21T10:00:00.${'1'.repeat(20)}Z stdout F the line`,
])('is none of CRI: %s', (text) => {
  expect(unwrap(text)).toMatchObject({ outcome: UNMATCHED, isPart: false })
})
