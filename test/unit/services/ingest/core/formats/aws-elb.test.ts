import { expect, test } from 'vitest'
import { parseLog, readLine } from '../read-log.ts'

const ALB = { name: 'aws-alb' } as const
const ELB = { name: 'aws-elb' } as const
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout/73e2d6bc24d8a067'
const TRACE = '"Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678"'

const alb = (target: string, times: string, statuses: string, request: string, group = GROUP) =>
  `h2 2026-11-21T10:00:00.123456Z app/shop/50dc6c495c0c9188 203.0.113.7:2817 ${target} ${times} ${statuses} 34 366 "${request}" "curl \\"8\\"" TLS_AES_128_GCM_SHA256 TLSv1.3 ${group} ${TRACE} "shop.example" "arn:aws:acm:x" 1 2026-11-21T10:00:00.022000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-" TID_1234`

test('an ALB line gives the target group as service, its region, and the three times together', () => {
  const line = alb('10.0.0.66:9000', '0.001 0.098 0.002', '200 200', 'GET https://shop.example:443/pay/7?x=1 HTTP/2.0')
  expect(readLine(line, ALB)).toEqual({
    ts: '2026-11-21T10:00:00.123Z',
    service: 'checkout',
    env: 'prod',
    method: 'GET',
    path: '/pay/7',
    route: '/pay/{id}',
    status: 200,
    duration_ms: 101,
    bytes: 366,
    region: 'eu-west-1',
    virtual_host: 'shop.example',
    client: '203.0.113.0',
    upstream: '10.0.0.66:9000',
    upstream_status: '200',
    trace_id: '1-67891233-abcdef012345678912345678',
    user_agent: 'curl "8"',
    count: 1,
  })
})

test.each([
  [
    'no target answered',
    alb('10.0.0.66:9000', '0.001 -1 -1', '504 -', 'GET http://shop.example:80/ HTTP/1.1'),
    { status: 504, upstream_status: undefined, duration_ms: 1 },
  ],
  [
    'no target was asked',
    alb('-', '-1 -1 -1', '503 -', 'GET http://shop.example:80/ HTTP/1.1', '-'),
    { service: 'shop.example', region: undefined, upstream: undefined, duration_ms: undefined },
  ],
  [
    'the client went',
    alb('10.0.0.66:9000', '0.001 -1 -1', '460 -', 'GET http://shop.example:80/ HTTP/1.1'),
    { status: 460 },
  ],
  [
    'the answer was not made',
    alb('10.0.0.66:9000', '-1 -1 -1', '- -', 'GET http://shop.example:80/ HTTP/1.1'),
    { status: 0 },
  ],
  [
    'the request was none',
    alb('-', '-1 -1 -1', '400 -', '- http://shop.example:80- -', '-'),
    { method: undefined, path: undefined, status: 400 },
  ],
  [
    'a Lambda is the target',
    alb('-', '0.000 0.010 0.000', '200 200', 'GET https://shop.example:443/ HTTP/1.1'),
    { service: 'checkout', upstream: undefined },
  ],
])('reads an ALB line when %s', (_, line, expected) => {
  expect(readLine(line, ALB)).toMatchObject(expected)
})

test('an ALB line from before later fields were added is read', () => {
  const line = alb('10.0.0.66:9000', '0.001 0.098 0.002', '200 200', 'GET https://shop.example:443/ HTTP/2.0')
  expect(readLine(line.slice(0, line.indexOf(' "shop.example"')), ALB)).toMatchObject({ service: 'checkout' })
  expect(parseLog(line.slice(0, line.indexOf(' "GET')), ALB).rejectCounts).toEqual({ unmatched: 1 })
})

test("a classic load balancer's request ended when it came plus its three times", () => {
  const line =
    '2026-11-21T10:00:00.123456Z shop-lb 192.168.131.39:2817 10.0.0.1:80 0.086 1.048 0.037 200 502 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.38.0" DHE-RSA-AES128-SHA TLSv1.2'
  expect(readLine(line, ELB)).toMatchObject({
    ts: '2026-11-21T10:00:01.294Z',
    service: 'www.example.com',
    status: 200,
    upstream_status: '502',
    duration_ms: 1171,
    bytes: 57,
    upstream: '10.0.0.1:80',
    user_agent: 'curl/7.38.0',
  })
})
