import { expect, test } from 'vitest'
import { apacheFormatProblem } from '../../../../../../services/ingest/core/formats/apache.ts'
import { parseLog, readLine } from '../read-log.ts'

const apache = (logFormat: string) => ({ name: 'apache-log-format', logFormat }) as const
const AT = '[01/Mar/2026:09:00:00 +0000]'

test.each([
  ['%D', '1500', 1.5],
  ['%{us}T', '1500', 1.5],
  ['%{ms}T', '15', 15],
  ['%T', '2', 2000],
  ['%{s}T', '2', 2000],
  ['%T %D', '2 2000250', 2000.25],
])('reads the duration %s in its unit, the finest there is', (directive, text, ms) => {
  const event = readLine(`${AT} "GET /a HTTP/1.1" 200 ${text}`, apache(`%t "%r" %>s ${directive}`))
  expect(event.duration_ms).toBe(ms)
})

test.each([
  ['%t', AT, '2026-03-01T09:00:00.250Z'],
  ['%{sec}t', '1772355600', '2026-03-01T09:00:00.250Z'],
  ['%{msec}t', '1772355600125', '2026-03-01T09:00:00.375Z'],
  ['%{usec}t', '1772355600125999', '2026-03-01T09:00:00.375Z'],
  ['%{end:msec}t', '1772355600125', '2026-03-01T09:00:00.125Z'],
  ['%{sec}t.%{usec_frac}t', '1772355600.125999', '2026-03-01T09:00:00.375Z'],
  ['%{begin:%F %T}t.%{msec_frac}t', '2026-03-01 09:00:00.125', '2026-03-01T09:00:00.375Z'],
  ['%{%F %T}t %{end:usec}t', '2026-03-01 09:00:00 1772355600500000', '2026-03-01T09:00:00.500Z'],
])('an event is when the request ended: %s', (directive, text, ts) => {
  expect(readLine(`${text} "GET /a HTTP/1.1" 200 250`, apache(`${directive} "%r" %>s %{ms}T`)).ts).toBe(ts)
})

test('goes by the connecting peer only where nothing nearer the client is logged', () => {
  const tail = `${AT} "GET /a HTTP/1.1" 200`
  expect(readLine(`10.0.0.9 203.0.113.7 ${tail}`, apache('%{c}a %a %t "%r" %>s')).client).toBe('203.0.113.0')
  const forwarded = apache('%{X-Forwarded-For}i %{c}a %t "%r" %>s')
  expect(readLine(`203.0.113.7, 10.1.1.1 10.0.0.9 ${tail}`, forwarded).client).toBe('203.0.113.0')
})

test('takes the text as it stands in the configuration, with its directive, quotes, escapes and conditions', () => {
  const format = apache(
    String.raw`LogFormat "%h\t%!200,304{Referer}i\t%t\t\"%r\"\t%400,501{User-Agent}i\t%>s 100%%" odd`,
  )
  const line = `203.0.113.7\t-\t${AT}\t"POST /pay/9 HTTP/2.0"\tcurl/8\t501 100%`
  expect(readLine(line, format)).toMatchObject({ status: 501, path: '/pay/9', user_agent: 'curl/8' })
})

test('rejects a line that goes on after the format has ended, or ends before it', () => {
  const line = `${AT} "GET /a HTTP/1.1" 200 end`
  const block = parseLog(`${line}\n${line} more\n${AT} "GET`, apache('%t "%r" %>s end'))
  expect(block).toMatchObject({ parsed: 1, rejectCounts: { unmatched: 2 } })
})

test.each([
  ['%h %t "%r"', 'the LogFormat has no %>s'],
  ['%h "%r" %>s', 'the LogFormat has no %t'],
  ['%t %>s', 'the LogFormat has no %r or %U'],
  ['%{%c}t "%r" %>s', "the time %{%c}t has %c, which can't be read"],
  ['%{%H:%M}t "%r" %>s', 'the time %{%H:%M}t has no year'],
  ['%h%u %t "%r" %>s', 'nothing separates %h from %u in the LogFormat'],
])('says what is wrong with %s', (logFormat, problem) => {
  expect(apacheFormatProblem(logFormat)).toBe(problem)
})
