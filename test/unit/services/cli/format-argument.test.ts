import { expect, test } from 'vitest'
import { parseFormatArgument } from '../../../../services/cli/format-argument.ts'

test('a format is auto, a name, or an nginx log_format string', () => {
  expect(parseFormatArgument('auto')).toBe('auto')
  expect(parseFormatArgument('combined')).toEqual({ name: 'combined' })
  expect(parseFormatArgument('Apache')).toEqual({ name: 'combined' })
  const logFormat = '$remote_addr [$time_local] "$request" $status $request_time'
  expect(parseFormatArgument(logFormat)).toEqual({ name: 'nginx', logFormat })
})

test('a format is an Apache LogFormat string, or says what is where in JSON', () => {
  const logFormat = String.raw`LogFormat "%h %t \"%r\" %>s %D" timed`
  expect(parseFormatArgument(logFormat)).toEqual({ name: 'apache-log-format', logFormat })
  const map = 'ts=time,status=res.code,path=req.url'
  expect(parseFormatArgument(`json:${map}`)).toEqual({ name: 'json-map', logFormat: map })
})

test.each([
  ['combind', /--format combind: no such format: did you mean combined\?/],
  ['something-else', /no such format: culprit parse --help lists them/],
  ['%h %u', /--format: the LogFormat has no %>s/],
  ['json:ts=t,status=s,pth=p', /--format json: there is no field pth: did you mean path\?/],
  ['json:ts=t', /--format json: it has no status: write it like/],
  ['$remote_addr $status', /--format: the log_format has no \$time_local/],
])('--format %s is refused with what to do', (text, says) => {
  expect(() => parseFormatArgument(text)).toThrow(says)
})

test('a format may be inside an envelope', () => {
  expect(parseFormatArgument('cri:combined')).toEqual({ name: 'combined', envelope: 'cri' })
  expect(parseFormatArgument('Syslog:haproxy')).toEqual({ name: 'haproxy', envelope: 'syslog' })
  const logFormat = '$remote_addr [$time_local] "$request" $status'
  expect(parseFormatArgument(`docker:${logFormat}`)).toEqual({ name: 'nginx', logFormat, envelope: 'docker' })
  expect(() => parseFormatArgument('cri:auto')).toThrow(
    /name the format inside, as in cri:combined, or give auto alone/,
  )
  expect(() => parseFormatArgument('cri:docker:combined')).toThrow(/name the format inside/)
})

test('a format may be a pattern of its own', () => {
  const logFormat = String.raw`(?<ts>\S+) (?<status>\d+)`
  expect(parseFormatArgument(`pattern:${logFormat}`)).toEqual({ name: 'pattern', logFormat })
  expect(parseFormatArgument(`cri:pattern:${logFormat}`)).toEqual({ name: 'pattern', logFormat, envelope: 'cri' })
  expect(() => parseFormatArgument('pattern')).toThrow(/--format pattern: the pattern has no group \(\?<status>…\)/)
})
