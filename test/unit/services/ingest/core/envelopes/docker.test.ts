import { expect, test } from 'vitest'
import { docker } from '../../../../../../services/ingest/core/envelopes/docker.ts'
import { FROM, HOST_FROM, TO } from '../../../../../../services/ingest/core/envelopes/envelope.ts'
import { COMMENT, OK, UNMATCHED } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { amid } from '../scanned-lines.ts'

function unwrap(text: string) {
  const { source, start, end } = amid(text)
  const envelope = docker.create()
  const inner = envelope.begin(source)
  const outcome = envelope.unwrap(start, end)
  const { inside } = envelope
  const line = outcome === OK ? inner.bytes.toString('utf8', inside[FROM], inside[TO]) : undefined
  return { outcome, line, host: inside[HOST_FROM], isPart: docker.isPart?.(source, start, end) }
}

test.each([
  [String.raw`{"log":"the line\n","stream":"stdout","time":"2026-11-21T10:00:00.1Z"}`, 'the line'],
  [String.raw`{"log":"the line\r\n","stream":"stderr","time":"2026-11-21T10:00:00.1Z"}`, 'the line'],
  [String.raw` { "stream" : "stdout" , "log" : "a\tb \"c\"\n" } `, 'a\tb "c"'],
  [String.raw`{"attrs":{"log":"no","n":[1,"]"]},"log":"the line\n","stream":"stdout"}`, 'the line'],
  [String.raw`{"log":"C:\\new\\\n","stream":"stdout"}`, 'C:\\new\\'],
])('the line inside is the text of log, and names no host: %s', (text, line) => {
  expect(unwrap(text)).toEqual({ outcome: OK, line, host: -1, isPart: false })
})

test.each([
  '{"log":"the first ","stream":"stdout"}',
  '{"log":"","stream":"stdout"}',
  '{"log":"n","stream":"stdout"}',
  // The backslash is itself escaped: this is no line end.
  String.raw`{"log":"C:\\n","stream":"stdout"}`,
])('what does not end with a line end goes on: %s', (text) => {
  expect(unwrap(text)).toMatchObject({ outcome: COMMENT, isPart: true })
})

test.each([
  '',
  'the line',
  '{}',
  String.raw`{"log":"the line\n"}`,
  '{"stream":"stdout"}',
  '{"log":5,"stream":"stdout"}',
  String.raw`{"log":"the line\n","stream":null}`,
  String.raw`{"catalog":"the line\n","stream":"stdout"}`,
  String.raw`{"log":"the line\n","stream":"stdout"`,
  String.raw`{"log":"the line\n" "stream":"stdout"}`,
  String.raw`{"log":"the line\n","stream":"stdout`,
  String.raw`["log","the line\n","stream","stdout"]`,
])("is none of Docker's: %s", (text) => {
  expect(unwrap(text)).toMatchObject({ outcome: UNMATCHED, isPart: false })
})
