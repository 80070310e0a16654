import { expect, test } from 'vitest'
import { COMBINED, parseLog, readLine } from '../read-log.ts'

const HEAD = '10.158.33.7 - - [26/Jan/2019:19:45:25 +0330]'
const TAIL = '200 30975 "https://shop.example/" "Mozilla/5.0 (X11)"'

test('reads every field of a combined line', () => {
  expect(readLine(`${HEAD} "GET /users/17?page=2 HTTP/1.1" ${TAIL}`, COMBINED)).toEqual({
    ts: '2019-01-26T16:15:25.000Z',
    service: 'web',
    env: 'prod',
    method: 'GET',
    path: '/users/17',
    route: '/users/{id}',
    status: 200,
    bytes: 30975,
    client: '10.158.33.0',
    user_agent: 'Mozilla/5.0 (X11)',
    count: 1,
  })
})

test.each([
  ['common', `${HEAD} "GET / HTTP/1.1" 404 12`],
  ['common without a size', `${HEAD} "GET / HTTP/1.1" 404 -`],
  ['nothing after the status', `${HEAD} "GET / HTTP/1.1" 404`],
  ['a trailing field', `${HEAD} "GET / HTTP/1.1" 404 12 "-" "curl/8" "-"`],
  ['trailing times', `${HEAD} "GET / HTTP/1.1" 404 12 "-" "curl/8" 0.012 0.011 pipe`],
  ['times before the referer', `${HEAD} "GET / HTTP/1.1" 404 12 0.012 "-" "curl/8"`],
  ['a user with a space', `::1 - Jane Doe [26/Jan/2019:19:45:25 +0330] "GET / HTTP/1.1" 404 12 "-" "curl/8"`],
  ['a user agent that was cut', `${HEAD} "GET / HTTP/1.1" 404 12 "-" "Mozilla/5.0 (Windo`],
])('reads the status of a line with %s', (_, line) => {
  expect(readLine(line, COMBINED)).toMatchObject({ status: 404, path: '/', method: 'GET' })
})

test.each([
  [String.raw`"GET /a\"b HTTP/1.1"`, '/a"b'],
  [String.raw`"GET /a\x22b HTTP/1.1"`, '/a"b'],
  [String.raw`"GET /a\\ HTTP/1.1"`, '/a\\'],
  [String.raw`"GET /caf\xC3\xA9 HTTP/1.1"`, '/café'],
  [String.raw`"GET /a\x0Ab HTTP/1.1"`, String.raw`/a\x0Ab`],
  [String.raw`"GET /a\xZZ HTTP/1.1"`, String.raw`/a\xZZ`],
])('undoes the escapes of %s, but not those of control characters', (request, path) => {
  expect(readLine(`${HEAD} ${request} ${TAIL}`, COMBINED)).toMatchObject({ path, method: 'GET', status: 200 })
})

test('a quote or a backslash in the referer or the user agent ends neither', () => {
  const line = `${HEAD} ${String.raw`"GET / HTTP/1.1" 500 1 "http://x/?q=\"a\" \\" "evil \" 200 \\\" agent"`}`
  expect(readLine(line, COMBINED)).toMatchObject({ status: 500, user_agent: String.raw`evil " 200 \" agent` })
})

test.each([
  [String.raw`"\x16\x03\x01"`, undefined, String.raw`\x16\x03\x01`, undefined],
  ['"-"', undefined, undefined, undefined],
  ['""', undefined, undefined, undefined],
  ['"GET /old"', 'GET', '/old', '/old'],
  ['"GET /two words HTTP/1.0"', 'GET', '/two words', '/{slug}'],
  ['"GET / HTTP/2"', 'GET', '/', '/'],
  ['"OPTIONS * HTTP/1.1"', 'OPTIONS', '*', '*'],
  ['"CONNECT host.example:443 HTTP/1.1"', 'CONNECT', 'host.example:443', undefined],
  ['"GET http://other.example/a/b?c HTTP/1.1"', 'GET', '/a/b', '/a/b'],
  ['"GET http://other.example HTTP/1.1"', 'GET', '/', '/'],
  ['"get /low HTTP/1.1"', 'GET', '/low', '/low'],
  ['"XYZZY /made-up HTTP/1.1"', '_OTHER', '/made-up', '/made-up'],
  ['"() { :; }; /bin/sh"', undefined, '() { :; }; /bin/sh', undefined],
])('counts the status of the request line %s', (request, method, path, route) => {
  const event = readLine(`${HEAD} ${request} 400 0 "-" "-"`, COMBINED)
  expect([event.status, event.method, event.path, event.route]).toEqual([400, method, path, route])
})

test('a virtual host before the client names the service', () => {
  const line = `Shop.Example.:443 ${HEAD} "GET / HTTP/1.1" ${TAIL}`
  const expected = { service: 'shop.example', virtual_host: 'shop.example', client: '10.158.33.0', status: 200 }
  expect(readLine(line, { name: 'vhost-combined' })).toMatchObject(expected)
})

test.each([
  ['-', 0],
  ['000', 0],
  ['0', 0],
  ['499', 499],
  ['599', 599],
])('keeps the status %s as %i', (written, status) => {
  expect(readLine(`${HEAD} "GET / HTTP/1.1" ${written} 0`, COMBINED).status).toBe(status)
})

test.each([
  ['not a log line at all', 'unmatched', undefined],
  [`${HEAD} "GET / HTTP/1.1`, 'unmatched', undefined],
  [
    '10.0.0.1 - - [31/Feb/2019:19:45:25 +0330] "GET / HTTP/1.1" 200 1',
    'bad-time',
    'ts: expected a time, found 31/Feb/2019:19:45:25 +0330',
  ],
  [`${HEAD} "GET / HTTP/1.1" 20 1`, 'bad-field', 'status: expected a status from 100 to 599, found 20'],
  [`${HEAD} "GET / HTTP/1.1" 200 many`, 'bad-field', 'bytes: expected a number, found many'],
])('rejects %j as %s', (line, reason, detail) => {
  expect(parseLog(line, COMBINED).rejects).toMatchObject([{ reason, ...(detail && { detail }) }])
})
