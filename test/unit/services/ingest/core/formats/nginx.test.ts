import { expect, test } from 'vitest'
import { nginxFormatProblem } from '../../../../../../services/ingest/core/formats/nginx.ts'
import { parseLog, readLine } from '../read-log.ts'

const nginx = (logFormat: string) => ({ name: 'nginx', logFormat }) as const

test('reads every variable that it knows', () => {
  const format = nginx(
    '$hostname $remote_addr $host [$msec] "$request_method $request_uri" $status $bytes_sent $request_time ' +
      '"$http_user_agent" $upstream_addr $upstream_status $request_id $some_other',
  )
  const line =
    'node7 2001:db8:7:1::2 Shop.example:8080 [1772323200.250] "POST /pay/9?x=1" 502 321 0.125 ' +
    '"curl/8" 10.0.0.1:80, 10.0.0.2:80 504, 502 4bf92f3577b34da6 anything'
  expect(readLine(line, format)).toEqual({
    ts: '2026-03-01T00:00:00.250Z',
    service: 'shop.example',
    env: 'prod',
    method: 'POST',
    path: '/pay/9',
    route: '/pay/{id}',
    status: 502,
    bytes: 321,
    duration_ms: 125,
    host: 'node7',
    virtual_host: 'shop.example',
    client: '2001:db8:7::',
    upstream: '10.0.0.2:80',
    upstream_status: '502',
    request_id: '4bf92f3577b34da6',
    user_agent: 'curl/8',
    count: 1,
  })
})

test('reads its default, combined, and goes by $msec where there are several times', () => {
  const line = '10.0.0.1 - - [01/Mar/2026:00:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"'
  expect(readLine(line, { name: 'nginx' })).toMatchObject({ path: '/a', user_agent: 'curl/8' })
  const both = nginx('[$time_local] $msec $status $uri')
  expect(readLine('[01/Mar/2026:00:00:09 +0000] 1772323200.007 200 /a', both).ts).toBe('2026-03-01T00:00:00.007Z')
})

test.each([
  ['$time_iso8601 $request $status', '2026-03-01T03:30:00+03:30 GET /a/b HTTP/1.1 200'],
  [`\${time_iso8601}|\${request}|\${status}|`, '2026-03-01T00:00:00Z|GET /a/b HTTP/1.1|200|'],
  ['prefix: $time_iso8601\t$status\t$uri', 'prefix: 2026-03-01T00:00:00Z\t200\t/a/b'],
  ["log_format main '[$time_local] ' '\"$request\" $status';", '[01/Mar/2026:00:00:00 +0000] "GET /a/b HTTP/1.1" 200'],
  [
    '$upstream_response_time $status $time_iso8601 "$request"',
    '0.1, 0.2 : 0.3 200 2026-03-01T00:00:00Z "GET /a/b HTTP/1.1"',
  ],
])('reads lines of %s', (logFormat, line) => {
  expect(nginxFormatProblem(logFormat)).toBeUndefined()
  expect(readLine(line, nginx(logFormat))).toMatchObject({ ts: '2026-03-01T00:00:00.000Z', status: 200, path: '/a/b' })
})

test('undoes the escapes of escape=json and of escape=default', () => {
  const fields = '{"time":"$time_iso8601","request":"$request","status":$status,"agent":"$http_user_agent"}'
  const json = String.raw`{"time":"2026-03-01T00:00:00Z","request":"GET /caf\u00e9 HTTP/1.1","status":200,"agent":"say \"hi\""}`
  const plain = String.raw`{"time":"2026-03-01T00:00:00Z","request":"GET /caf\xC3\xA9 HTTP/1.1","status":200,"agent":"say \x22hi\x22"}`
  const expected = { path: '/café', user_agent: 'say "hi"', status: 200 }
  expect(readLine(json, nginx(`escape=json ${fields}`))).toMatchObject(expected)
  expect(readLine(plain, nginx(fields))).toMatchObject(expected)
})

test('rejects a line that goes on after the format has ended, or ends before it', () => {
  const format = nginx('$time_iso8601 "$request" $status end')
  const line = '2026-03-01T00:00:00Z "GET / HTTP/1.1" 200 end'
  expect(parseLog(`${line}\n${line} more\n2026-03-01T00:00:00Z "GET`, format)).toMatchObject({
    parsed: 1,
    rejectCounts: { unmatched: 2 },
  })
})

test.each([
  ['$time_local "$request"', 'the log_format has no $status'],
  ['$status "$request"', 'the log_format has no $time_local, $time_iso8601 or $msec'],
  ['$status $msec', 'the log_format has no $request, $request_uri or $uri'],
  ['$msec $status $host$uri', 'nothing separates $host from $uri in the log_format'],
])('says what is wrong with %s', (logFormat, problem) => {
  expect(nginxFormatProblem(logFormat)).toBe(problem)
})

test('an ingress-nginx line names its service by namespace and service', () => {
  const line =
    '203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] "GET /pay HTTP/1.1" 502 150 "-" "curl/8" 79 0.504 [shop-checkout-8080] [] 10.2.0.7:8080, 10.2.0.8:8080 0, 12 0.500, 0.004 504, 502 9a3f2c'
  expect(readLine(line, { name: 'ingress-nginx' })).toMatchObject({
    service: 'shop-checkout',
    status: 502,
    duration_ms: 504,
    upstream: '10.2.0.8:8080',
    upstream_status: '502',
    request_id: '9a3f2c',
  })
  const unserved = line.replace('[shop-checkout-8080]', '[]').replace(/10\.2.* (?=9a3)/, '- - - - ')
  expect(readLine(unserved, { name: 'ingress-nginx' })).toMatchObject({ service: 'web', upstream: undefined })
})
