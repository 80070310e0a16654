import { expect, test } from 'vitest'
import { parseFormatArgument } from '../../../../services/cli/format-argument.ts'

test('a format is auto, a name, or an nginx log_format string', () => {
  expect(parseFormatArgument('auto')).toBe('auto')
  expect(parseFormatArgument('combined')).toEqual({ name: 'combined' })
  expect(parseFormatArgument('Apache')).toEqual({ name: 'combined' })
  const logFormat = '$remote_addr [$time_local] "$request" $status $request_time'
  expect(parseFormatArgument(logFormat)).toEqual({ name: 'nginx', logFormat })
})

test.each([
  ['combind', /--format combind: no such format: did you mean combined\?/],
  ['something-else', /no such format: use auto, ndjson, .* or an nginx log_format string/],
  ['$remote_addr $status', /--format: the log_format has no \$time_local/],
])('--format %s is refused with what to do', (text, says) => {
  expect(() => parseFormatArgument(text)).toThrow(says)
})
