import { expect, test } from 'vitest'
import { truncateAddress } from '../../../../../services/ingest/core/client-address.ts'
import { pathOfTarget } from '../../../../../services/ingest/core/request-target.ts'
import {
  normalizeVirtualHost,
  parseServiceFrom,
  serviceOfPath,
} from '../../../../../services/ingest/core/service-name.ts'

test.each([
  ['10.158.33.7', '10.158.33.0'],
  ['10.158.33.', '10.158.33.0'],
  ['10.158.33.7:51234', '10.158.33.0'],
  ['::ffff:10.158.33.7', '10.158.33.0'],
  ['2001:db8:7:1:2:3:4:5', '2001:db8:7::'],
  ['2001:0DB8:0007::1', '2001:db8:7::'],
  ['2001:db8::1', '2001:db8::'],
  ['[2001:db8:7::1]:443', '2001:db8:7::'],
  ['fe80::1%eth0', 'fe80::'],
  ['::1', '::'],
  ['crawl-66.bot.example', 'crawl-66.bot.example'],
  ['unix:', 'unix:'],
])('of the client %s only %s is kept', (client, kept) => {
  expect(truncateAddress(client)).toBe(kept)
})

test.each([
  ['/a/b?token=secret', '/a/b'],
  ['/a#fragment', '/a'],
  ['/a;jsessionid=77AF?x', '/a'],
  ['/a;JSESSIONID=77AF/b', '/a/b'],
  ['https://host.example/a?b', '/a'],
  ['http://host.example?b', '/'],
  ['host.example:443', 'host.example:443'],
  ['*', '*'],
])('the path of %s is %s', (target, path) => {
  expect(pathOfTarget(target)).toBe(path)
})

test.each([
  ['Shop.Example', 'shop.example'],
  ['shop.example.:8443', 'shop.example'],
  ['[2001:DB8::1]:80', '[2001:db8::1]'],
  ['my_service', 'my_service'],
  ['_', ''],
  ['evil<script>', ''],
  ["a'; drop table x", ''],
  ['..', ''],
])('the host header %j names %j', (host, name) => {
  expect(normalizeVirtualHost(host)).toBe(name)
})

test.each([
  ['/checkout/pay/7', 1, 'checkout'],
  ['/api/checkout/pay', 2, 'checkout'],
  ['/api/7/pay', 2, ''],
  ['/favicon.ico', 1, ''],
  ['/', 1, ''],
  ['host.example:443', 1, ''],
])('segment of %s number %i as a service is %j', (path, pathSegment, service) => {
  expect(serviceOfPath(path, pathSegment)).toBe(service)
})

test('knows what may name a service, and refuses the rest with what it may be', () => {
  expect(parseServiceFrom('virtual-host')).toEqual({ kind: 'known', serviceFrom: 'virtual_host' })
  expect(parseServiceFrom('upstream')).toEqual({ kind: 'known', serviceFrom: 'upstream' })
  expect(parseServiceFrom('path:2')).toEqual({ kind: 'known', serviceFrom: { pathSegment: 2 } })
  for (const wrong of ['path', 'path:0', 'path:9', 'path:x', 'host', ''])
    expect(parseServiceFrom(wrong)).toEqual({
      kind: 'unknown',
      hint: 'it can be virtual_host, upstream or path:1 to path:8',
    })
})
