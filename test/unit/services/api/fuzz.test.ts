import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../support/api-server.ts'
import { byForm } from '../../../support/long-form.ts'
import { SHOP_NOW_MS, shopRows } from '../../../support/shop-cells.ts'

const VALUES = byForm({ short: 8, long: 5_000 })
const MARK = 'zq7'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
})

afterAll(() => api.close())

interface Parameter {
  readonly name: string
  readonly in: string
}

async function operations(): Promise<{ method: string; path: string; parameters: readonly Parameter[] }[]> {
  const { paths } = (await api.get('/openapi.json')).json() as {
    paths: Record<string, Record<string, { parameters?: Parameter[] }>>
  }
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({ method, path, parameters })),
  )
  // It has no end.
  return all.filter(({ path }) => path !== '/api/v1/stream')
}

const payloads = [
  ...[
    "'",
    '"',
    '\\',
    "\\'",
    '`',
    ';',
    "' OR 1=1 --",
    "'; DROP TABLE cells_1m; --",
    '/*',
    '{service:String}',
    '{}',
    '?',
  ],
  ...["url('http://127.0.0.1:1/')", "file('/etc/passwd')", "') UNION ALL SELECT * FROM url('http://x') --"],
  ...[
    '\u0000',
    '\n',
    '\t',
    '\r\n',
    '\u2028',
    '\u202e',
    'NaN',
    'inf',
    '-0',
    '1e400',
    '-1',
    '0x10',
    '9'.repeat(30),
    'null',
  ],
  ...['2026-10-02T14:03:10Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '10s', '1m', '0s', '9999999w', 'version'],
  ...['prod', 'checkout', '%', '../..', '__proto__', 'x'.repeat(600)],
]
const value = fc.oneof(
  fc.constantFrom(...payloads),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...payloads).map((payload) => `${MARK}${payload}`),
  fc.integer().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)

/** Half pairs of surrogates go as the bytes that some clients send for them. */
const encode = (text: string) =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, '\uffff')).replaceAll(encodeURIComponent('\uffff'), '%ED%A0%80')

test('no value of any parameter fails on our side, or becomes part of what the engine is asked', {
  timeout: 600_000,
}, async () => {
  let asked = 0
  for (const { method, path, parameters } of await operations()) {
    if (method !== 'get') continue
    for (const parameter of parameters.filter((one) => one.in !== 'header')) {
      await fc.assert(
        fc.asyncProperty(value, async (text) => {
          const query = parameter.in === 'query' ? `?${parameter.name}=${encode(text)}` : ''
          const at = path.replace(/\{\w+\}/g, parameter.in === 'path' ? encode(text) || 'x' : 'checkout')
          const answer = await api.get(`${at}${query}`)
          expect(answer.status, `${at}${query} ${answer.text.slice(0, 300)}`).toBeLessThan(500)
          asked += 1
        }),
        { numRuns: VALUES },
      )
    }
  }
  expect(asked).toBeGreaterThan(30 * VALUES)
  expect(api.statements.size).toBeGreaterThan(10)
  expect([...api.statements].filter((sql) => sql.includes(MARK))).toEqual([])
})

test('no body of any request fails on our side', { timeout: 600_000 }, async () => {
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc
      .record(
        {
          ...{
            service: value,
            version: value,
            env: value,
            ts: value,
            kind: value,
            author: value,
            note: value,
            id: value,
          },
          ...{
            incident_id: value,
            duration: value,
            starts_at: value,
            ends_at: value,
            verdict: value,
            change_id: value,
          },
        },
        { requiredKeys: [] },
      )
      .map((record) => JSON.stringify(record)),
  )
  for (const { method, path } of await operations()) {
    if (method === 'get') continue
    await fc.assert(
      fc.asyncProperty(body, async (payload) => {
        const answer = await api.server.inject({
          method: method === 'post' ? 'POST' : 'DELETE',
          url: path.replace(/\{\w+\}/g, 'inc_1'),
          headers: { 'content-type': 'application/json' },
          payload: Buffer.from(payload),
        })
        expect(answer.statusCode, `${path} ${payload.slice(0, 300)} ${answer.payload.slice(0, 300)}`).toBeLessThan(500)
      }),
      { numRuns: VALUES },
    )
  }
})
