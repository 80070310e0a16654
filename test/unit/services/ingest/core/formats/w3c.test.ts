import { expect, test } from 'vitest'
import { parseLog, readLog } from '../read-log.ts'

const IIS = { name: 'iis' } as const
const CLOUDFRONT = { name: 'cloudfront' } as const
const iisLog = (fields: string, ...lines: string[]) => ['#Version: 1.0', `#Fields: ${fields}`, ...lines].join('\r\n')

test('an IIS line is read by the names of #Fields', () => {
  const fields =
    'date time s-computername s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs-host sc-status sc-bytes time-taken'
  const line =
    '2026-11-21 10:00:00 WEB-01 10.0.0.4 GET /caf\u00e9.aspx id=7 203.0.113.9 Mozilla/5.0+(Windows+NT+10.0) shop.example:443 500 1234 789'
  expect(readLog(iisLog(fields, line), IIS)).toEqual([
    {
      ts: '2026-11-21T10:00:00.000Z',
      service: 'shop.example',
      env: 'prod',
      method: 'GET',
      path: '/caf\u00e9.aspx',
      route: '/{slug}',
      status: 500,
      duration_ms: 789,
      bytes: 1234,
      host: 'WEB-01',
      virtual_host: 'shop.example',
      client: '203.0.113.0',
      user_agent: 'Mozilla/5.0 (Windows NT 10.0)',
      count: 1,
    },
  ])
})

test('#Fields may change in the middle, and counts like a blank line', () => {
  const log = [
    iisLog('date time cs-method cs-uri-stem sc-status', '2026-11-21 10:00:00 GET /a 200'),
    iisLog('sc-status cs-uri-stem time date', '404 /b 10:00:01 2026-11-21'),
  ].join('\n')
  expect(readLog(log, IIS)).toMatchObject([
    { ts: '2026-11-21T10:00:00.000Z', method: 'GET', path: '/a', status: 200 },
    { ts: '2026-11-21T10:00:01.000Z', path: '/b', status: 404 },
  ])
  expect(parseLog(log, IIS)).toMatchObject({ lines: 6, parsed: 2, blank: 4, rejected: 0 })
})

test('without a date column #Date counts, and without both there is no time', () => {
  const lines = iisLog('time sc-status', '23:59:59.25 200', '10:00 500')
  expect(readLog(`#Date: 2026-11-21 00:00:01\n${lines}`, IIS)).toMatchObject([
    { ts: '2026-11-21T23:59:59.250Z' },
    { ts: '2026-11-21T10:00:00.000Z' },
  ])
  expect(parseLog(lines, IIS).rejectCounts).toEqual({ 'no-time': 2 })
})

test.each([
  ['2026-11-21 10:00:00 GET /a 200 7', 'unmatched'],
  ['2026-11-21 10:00:00 GET /a', 'no-status'],
  ['2026-11-21 24:00:00 GET /a 200', 'bad-time'],
  ['2026-13-21 10:00:00 GET /a 200', 'no-time'],
  ['2026-11-21 10:00:00 GET /a OK', 'bad-field'],
  ['once', 'unmatched'],
])('refuses %s', (line, reason) => {
  const log = iisLog('date time cs-method cs-uri-stem sc-status', line)
  expect(parseLog(log, IIS).rejectCounts).toEqual({ [reason]: 1 })
})

test('a log whose head is missing is read by the fields that its program writes by default', () => {
  const iis = '2026-11-21 10:00:00 10.0.0.4 GET /a - 443 - 203.0.113.9 curl/8 - 200 0 0 15'
  expect(readLog(iis, IIS)).toMatchObject([{ path: '/a', status: 200, duration_ms: 15, host: '10.0.0.4' }])
})

test('a CloudFront line gives its edge as region, seconds as milliseconds, and a decoded user agent', () => {
  const fields =
    'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) x-edge-request-id x-host-header time-taken'
  const line = [
    ...[
      '2026-11-21',
      '10:00:00',
      'FRA56-P4',
      '1045619',
      '2001:db8:7::1',
      'GET',
      'd111111abcdef8.cloudfront.net',
      '/a%20b.html',
    ],
    ...[
      '000',
      'Mozilla/5.0%20(Windows%20NT%2010.0;%20caf%C3%A9)',
      'SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==',
      'www.example.com',
      '0.245',
    ],
  ].join('\t')
  expect(readLog(iisLog(fields, line), CLOUDFRONT)).toEqual([
    {
      ts: '2026-11-21T10:00:00.000Z',
      service: 'www.example.com',
      env: 'prod',
      method: 'GET',
      path: '/a%20b.html',
      route: '/{slug}',
      status: 0,
      duration_ms: 245,
      bytes: 1045619,
      region: 'FRA56-P4',
      virtual_host: 'www.example.com',
      client: '2001:db8:7::',
      user_agent: 'Mozilla/5.0 (Windows NT 10.0; caf\u00e9)',
      request_id: 'SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==',
      count: 1,
    },
  ])
})

test.each(['"a ', '" ', 'a" "'])('a line of 100 KiB of %j keeps nobody', (filling) => {
  const line = filling.repeat((100 * 1024) / filling.length)
  let bestMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < 5 && bestMs > 3; run++) {
    const startMs = performance.now()
    for (const name of ['iis', 'aws-alb'] as const) parseLog(line, { name })
    bestMs = Math.min(bestMs, performance.now() - startMs)
  }
  expect(bestMs).toBeLessThan(30)
})
