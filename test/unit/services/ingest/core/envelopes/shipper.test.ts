import { expect, test } from 'vitest'
import { FROM, TO } from '../../../../../../services/ingest/core/envelopes/envelope.ts'
import { shipper } from '../../../../../../services/ingest/core/envelopes/shipper.ts'
import { COMMENT, OK, UNMATCHED } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { amid } from '../scanned-lines.ts'

function unwrap(text: string) {
  const { source, start, end } = amid(text)
  const envelope = shipper.create()
  const inner = envelope.begin(source)
  const outcome = envelope.unwrap(start, end)
  const { inside } = envelope
  return { outcome, ...(outcome === OK && { line: inner.bytes.toString('utf8', inside[FROM], inside[TO]) }) }
}

test.each([
  [String.raw`{"log":"the \"line\""}`, 'the "line"'],
  [String.raw`{"@timestamp":"2026-11-21T10:00:00Z","message":"the line\n","host":{"name":"web-1"}}`, 'the line'],
  ['{"log":"the line","stream":"stdout"}', 'the line'],
  [String.raw`{"date":1763719200.5,"log":"C:\\new\\"}`, 'C:\\new\\'],
])('the line inside is the text of log or message: %s', (text, line) => {
  expect(unwrap(text)).toEqual({ outcome: OK, line })
})

test('an empty line is none', () => {
  expect(unwrap('{"message":""}')).toEqual({ outcome: COMMENT })
})

test.each(['the line', '{}', '{"message":5}', '{"catalog":"the line"}', '{"message":"the line"'])(
  'is nothing that a shipper sends: %s',
  (text) => {
    expect(unwrap(text)).toEqual({ outcome: UNMATCHED })
  },
)
