import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const HAPROXY = { name: 'haproxy' } as const
const at = '[21/Nov/2026:10:00:00.900]'
const counters = '1/1/1/1/0 0/0'

test('a request ended when it came plus the whole of its timers', () => {
  const line = `10.0.1.2:33317 ${at} www~ shop/web-1 10/0/30/69/109 200 2750 - - ---- ${counters} {shop.example} {} "GET /a?b=c HTTP/1.1"`
  expect(readLine(line, HAPROXY)).toEqual({
    ts: '2026-11-21T10:00:01.009Z',
    service: 'shop',
    env: 'prod',
    method: 'GET',
    path: '/a',
    route: '/a',
    status: 200,
    duration_ms: 109,
    bytes: 2750,
    client: '10.0.1.0',
    upstream: 'web-1',
    count: 1,
  })
})

test.each([
  [
    '2001:db8:7::9:54321',
    'shop/web-1',
    '0/0/1/2/+3 200 +1004',
    { client: '2001:db8:7::', duration_ms: 3, bytes: 1004 },
  ],
  ['10.0.1.2:1', 'www/<NOSRV>', '-1/-1/-1/-1/5000 408 212', { upstream: undefined, status: 408, duration_ms: 5000 }],
  ['10.0.1.2:1', 'shop/web-1', '0/0/0/-1/30001 504 194', { status: 504, upstream: 'web-1' }],
  ['10.0.1.2:1', 'shop/web-1', '0/0/0/-1/12 -1 0', { status: 0 }],
  [
    '10.0.1.2:1',
    'shop/web-1',
    '0/0/0/-1/-1 -1 0',
    { status: 0, duration_ms: undefined, ts: '2026-11-21T10:00:00.900Z' },
  ],
] as const)('reads %s to %s with %s', (client, server, numbers, expected) => {
  const line = `${client} ${at} www ${server} ${numbers} - - ---- ${counters} "GET /a HTTP/1.1"`
  expect(readLine(line, HAPROXY)).toMatchObject(expected)
})

test.each([
  ['"<BADREQ>"', { method: undefined, path: undefined }],
  ['{a|b c} {x} "POST /caf#C3#A9#22 HTTP/1.1"', { method: 'POST', path: '/café"' }],
  ['"GET https://shop.example:443/a?b HTTP/2.0"', { path: '/a', virtual_host: 'shop.example', service: 'shop' }],
  ['"GET /a HTTP/1.1" 0/0000000000000000/0/0/0 shop.example/TLSv1.3/TLS_AES_256_GCM_SHA384', { path: '/a' }],
  ['"GET /cut-off', { method: 'GET', path: '/cut-off' }],
])('reads the request %s', (request, expected) => {
  const line = `10.0.1.2:1 ${at} www shop/web-1 0/0/1/2/3 400 10 - - PR-- ${counters} ${request}`
  expect(readLine(line, HAPROXY)).toMatchObject(expected)
})

test('a connection without a request is a reject', () => {
  const tcp = `10.0.1.2:1 ${at} db db/pg-1 0/0/5007 212 -- 0/0/0/0/3 0/0`
  expect(parseLog(tcp, HAPROXY).rejectCounts).toEqual({ unmatched: 1 })
  expect(parseLog(`10.0.1.2:1 ${at} fe_main/1: SSL handshake failure`, HAPROXY).rejectCounts).toEqual({ unmatched: 1 })
})
