import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../../support/shop-cells.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
})

afterAll(() => api.close())

async function gate(body: Readonly<Record<string, unknown>>) {
  const answer = await api.server.inject({ method: 'POST', url: '/api/v1/gates', payload: JSON.stringify(body) })
  return { status: answer.statusCode, answer: answer.json() as unknown }
}

test('a version that fails more than the others at the same time is harmful, and the numbers say so', async () => {
  expect((await gate({ service: 'checkout', version: '42' })).answer).toMatchObject({
    ...{ verdict: 'harmful', is_settled: true, compared_with: 'other_versions' },
    version: { requests: 4_500, errors: 360, error_rate: 0.08 },
    others: { requests: 4_500, errors: 0 },
    text: '42 fails 8 % of 4,500 requests, other versions at the same time 0 % of 4,500 requests',
  })
})

test('a version alone is compared with the time before it', async () => {
  const rows = Array.from({ length: 60 }, (_, cell) => {
    const ts = new Date(SHOP_NOW_MS - (cell + 1) * 10_000).toISOString()
    const old = { ts: new Date(Date.parse(ts) - 600_000).toISOString(), version: 'p1' }
    const of = { env: 'prod', service: 'pay', method: 'POST', route: '/pay', status: 200, count: 100 }
    return [
      { ...of, ...old },
      { ...of, ts, version: 'p2' },
    ]
  }).flat()
  await api.store.insertRows('access_events', rows, 'pay')
  expect((await gate({ service: 'pay', version: 'p2' })).answer).toMatchObject({
    ...{ verdict: 'healthy', is_settled: true, compared_with: 'before', version: { requests: 6_000, errors: 0 } },
  })
})

test('a version that nobody asked for yet can not be told', async () => {
  expect((await gate({ service: 'checkout', version: 'v43' })).answer).toMatchObject({
    ...{ verdict: 'too_little_traffic', since: null, text: 'no request was served by v43 within a day' },
  })
  expect(await gate({ service: 'checkout' })).toMatchObject({ status: 400, answer: { code: 'bad_input' } })
})
