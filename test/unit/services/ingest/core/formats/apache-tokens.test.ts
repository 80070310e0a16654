import { expect, test } from 'vitest'
import { tokenizeLogFormat } from '../../../../../../services/ingest/core/formats/apache-tokens.ts'

test.each([
  ['%h', 'h', '%h', ''],
  ['%>s', 's', '%s', ''],
  ['%200,304>s', 's', '%s', ''],
  ['%!200,304{Referer}i', 'referer i', '%{Referer}i', 'Referer'],
  ['%{User-Agent}>i', 'user-agent i', '%{User-Agent}i', 'User-Agent'],
  ['%{X-Version}o', 'x-version o', '%{X-Version}o', 'X-Version'],
  ['%{Release}e', 'Release e', '%{Release}e', 'Release'],
  ['%{c}a', 'c a', '%{c}a', 'c'],
  ['%{Trailer}^ti', 'Trailer ^ti', '%{Trailer}^ti', 'Trailer'],
  ['%{%F %T}t', '%F %T t', '%{%F %T}t', '%F %T'],
])('%s logs "%s"', (directive, name, text, argument) => {
  expect(tokenizeLogFormat(directive)).toEqual({ prefix: '', tokens: [{ name, text, argument, literal: '' }] })
})

test.each([
  '%h "%r" %>s',
  String.raw`"%h \"%r\" %>s"`,
  String.raw`LogFormat "%h \"%r\" %>s" combined`,
  String.raw`  logformat "%h \"%r\" %>s"  `,
])('the string is taken as it stands in the configuration: %s', (text) => {
  const { prefix, tokens } = tokenizeLogFormat(text)
  expect(prefix).toBe('')
  expect(tokens.map(({ name, literal }) => [name, literal])).toEqual([
    ['h', ' "'],
    ['r', '" '],
    ['s', ''],
  ])
})

test('what stands between directives is kept, with escapes and %% as they are written', () => {
  const { prefix, tokens } = tokenizeLogFormat(String.raw`100%% [%t]\t%D%%\n`)
  expect(prefix).toBe('100% [')
  expect(tokens.map(({ literal }) => literal)).toEqual([']\t', '%\n'])
})

test('a text without directives is all prefix', () => {
  expect(tokenizeLogFormat('none')).toEqual({ prefix: 'none', tokens: [] })
})
