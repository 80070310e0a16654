import { expect, test } from 'vitest'
import { bestTime, findTimes } from '../../../../../../services/ingest/core/formats/apache-time.ts'
import { tokenizeLogFormat } from '../../../../../../services/ingest/core/formats/apache-tokens.ts'

const timesOf = (logFormat: string) => findTimes(tokenizeLogFormat(logFormat).tokens)
const BEGIN = { at: 0, count: 1, isEnd: false, problem: undefined }

test.each([
  ['%t', { ...BEGIN, kind: 'clf', minBytes: 20 }],
  ['%{sec}t', { ...BEGIN, kind: 'rfc3339-or-epoch', minBytes: 10 }],
  ['%{begin:msec}t', { ...BEGIN, kind: 'rfc3339-or-epoch', minBytes: 10 }],
  ['%{end:usec}t', { ...BEGIN, isEnd: true, kind: 'rfc3339-or-epoch', minBytes: 10 }],
  ['%{sec}t.%{msec_frac}t', { ...BEGIN, count: 2, kind: 'rfc3339-or-epoch', minBytes: 10 }],
  ['%{end:%F %T %z}t', { ...BEGIN, isEnd: true, kind: { strftime: '%F %T %z' }, minBytes: 25 }],
  ['%{%F %T}t.%{msec_frac}t %{%z}t', { ...BEGIN, count: 3, kind: { strftime: '%F %T.%3f %z' }, minBytes: 29 }],
  ['%{%F %T}t.%{usec_frac}t %h', { ...BEGIN, count: 2, kind: { strftime: '%F %T.%6f' }, minBytes: 26 }],
  ['%h [%t]', { ...BEGIN, at: 1, kind: 'clf', minBytes: 20 }],
])('%s is one time', (logFormat, expected) => {
  expect(timesOf(logFormat)).toEqual([expected])
})

test.each([
  ['%{%F}t', 'the time %{%F}t has no hour'],
  ['%{%F %T %Q}t', "the time %{%F %T %Q}t has %Q, which can't be read"],
])('says why %s is of no use', (logFormat, problem) => {
  expect(timesOf(logFormat)).toMatchObject([{ problem }])
})

test('times that something else stands between are several', () => {
  expect(timesOf('%t %h %{end:sec}t %{begin:sec}t')).toMatchObject([
    { at: 0, isEnd: false },
    { at: 2, isEnd: true },
    { at: 3, isEnd: false },
  ])
  expect(timesOf('%h %r %>s %{Date}o')).toEqual([])
})

test.each([
  ['the end', '%t %{end:sec}t', 1],
  ['one with a zone', '%{%F %T}t %t', 1],
  ['the end without a zone', '%t %{end:%F %T}t', 1],
  ['the first of equals', '%t %{sec}t', 0],
  ['one that can be read', '%{end:%F}t %{%F %T}t', 1],
  ['the first when none can be read', '%{%F}t %{end:%T}t', 0],
])('goes by %s: %s', (_name, logFormat, at) => {
  expect(bestTime(timesOf(logFormat))?.at).toBe(at)
})

test('a format without a time has none to go by', () => {
  expect(bestTime([])).toBeUndefined()
})
