import type { LookupAddress } from 'node:dns'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPublicAddress } from '../../../../shared/runtime/address-guard.ts'
import { createGuardedFetch } from '../../../../shared/runtime/guarded-fetch.ts'
import { type HttpSink, startHttpSink } from '../../../support/http-sink.ts'

let sink: HttpSink

beforeAll(async () => {
  sink = await startHttpSink()
})
afterAll(() => sink.close())

/** Names that somebody else decides about. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'rebound.example': ['127.0.0.1'],
  'mixed.example': ['93.184.215.14', '10.0.0.5'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
  'private.example': ['192.168.1.10'],
  'six.example': ['::1'],
  'unique.example': ['fd00::1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  'nothing.example': [],
}

const guarded = (allowedHosts: readonly string[] = []) =>
  createGuardedFetch({
    allowedHosts,
    resolve: ((name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) => {
      const found = (NAMES[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      callback(null, found)
    }) as never,
  })

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.255.255.254/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[ff02::1]/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.100.100.200/',
  'https://100.64.0.1/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://192.0.0.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://rebound.example/',
  'https://REBOUND.example./',
  'https://mixed.example/',
  'https://mapped.example/',
  'https://metadata.example/',
  'https://private.example/',
  'https://six.example/',
  'https://unique.example/',
  'https://nat64.example/',
  'https://nothing.example/',
  'https://user:password@127.0.0.1/',
  'http://93.184.215.14/',
  'http://example.com/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
])('%s is not connected to', async (url) => {
  await expect(guarded()(url)).rejects.toMatchObject({ code: 'address_refused', retryable: false })
})

test('nothing was connected to where a server listened', async () => {
  const { port } = new URL(sink.url)
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', 'rebound.example'])
    for (const scheme of ['http', 'https']) await guarded()(`${scheme}://${host}:${port}/`).catch(() => {})
  expect(sink.requests).toEqual([])
})

test('a host allowed by name is reached wherever it is; a redirect is answered, not followed', async () => {
  sink.answer(302, '', { location: 'http://169.254.169.254/' })
  const response = await guarded(['127.0.0.1'])(sink.url, { method: 'POST', body: 'x' })
  expect([response.status, sink.requests.length]).toEqual([302, 1])
})

test('a failure does not tell the address, which may hold a secret', async () => {
  const failure = await guarded(['127.0.0.1'])('http://127.0.0.1:1/services/T0/secret').catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'unreachable', retryable: true, message: "127.0.0.1 can't be reached" })
})

test('public addresses are public', () => {
  expect(['93.184.215.14', '8.8.8.8', '2606:4700::1111'].map(isPublicAddress)).toEqual([true, true, true])
})
