import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../../support/shop-cells.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
})

afterAll(() => api.close())

test('a store that holds nothing says so', async () => {
  expect((await api.get('/api/v1/status')).json()).toMatchObject({
    ...{ newest_event_at: null, judged_until: null, judged_behind_s: null, requests_per_second: 0, sources: [] },
  })
  expect((await api.get('/api/v1/rejects')).json()).toEqual({ items: [] })
})

test('how far the pipeline is, and what comes in', async () => {
  const at = (secondsAgo: number) => new Date(SHOP_NOW_MS - secondsAgo * 1_000).toISOString()
  await api.store.insertRows('access_events', shopRows(), 'shop')
  const checkpoint = (name: string, secondsAgo: number) => {
    return { name, position: (SHOP_NOW_MS - secondsAgo * 1_000) / 10_000, updated_at: at(secondsAgo) }
  }
  await api.store.insertRows(
    'checkpoints',
    [checkpoint('detector', 7_200), checkpoint('detector:0/2', 20), checkpoint('detector:1/2', 40)],
    'checkpoints',
  )
  const change = {
    ts: at(60),
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    status: 'succeeded',
    updated_at: at(60),
  }
  await api.store.insertRows('changes', [{ ...change, id: 'a', document: '{"source":"github"}' }], 'changes')
  expect((await api.get('/api/v1/status')).json()).toMatchObject({
    ...{ newest_event_at: at(10), judged_until: at(40), judged_behind_s: 40, requests_per_second: 40, services: 2 },
    ...{ changes: 1, sources: [{ source: 'github', changes: 1, newest_at: at(60) }] },
  })
})

test('a detector that reads the past is starting, not days behind, until it has judged or is gone', async () => {
  const at = (secondsAgo: number) => new Date(SHOP_NOW_MS - secondsAgo * 1_000).toISOString()
  const note = (name: string, secondsAgo: number, notedAgo: number) => {
    const row = { name, position: (SHOP_NOW_MS - secondsAgo * 1_000) / 10_000, updated_at: at(notedAgo) }
    return api.store.insertRows('checkpoints', [row], `${name} ${notedAgo}`)
  }
  const status = async () => (await api.get('/api/v1/status')).json()
  await note('starting detector:1/2', 90_000, 900)
  expect(await status()).toMatchObject({ judged_behind_s: 40, history_read_until: null })
  await note('starting detector:1/2', 90_000, 15)
  expect(await status()).toMatchObject({ judged_behind_s: null, history_read_until: at(90_000) })
  const diagnosis = (await api.get('/api/v1/diagnosis')).json()
  expect(diagnosis).toMatchObject({ history_read_until: at(90_000) })
  await note('detector:1/2', 10, 5)
  expect(await status()).toMatchObject({ judged_behind_s: 20, history_read_until: null })
})

test('what could not be read is told by source and reason, with a sample cut to a length', async () => {
  const reject = (source: string, line_number: number, line: string) => {
    const seen_at = new Date(SHOP_NOW_MS - 60_000 + line_number).toISOString()
    return { source, line_number, byte_offset: 0, reason: 'not-json', line, seen_at }
  }
  await api.store.insertRows(
    'rejects',
    [reject('http', 1, 'a'), reject('http', 2, 'b'.repeat(2_000)), reject('file', 9, '<script>')],
    'rejects',
  )
  const { items } = (await api.get('/api/v1/rejects')).json() as { items: object[] }
  expect(items).toMatchObject([
    { source: 'http', reason: 'not-json', lines: 2, sample: { line_number: 2, line: 'b'.repeat(500) } },
    { source: 'file', lines: 1, sample: { line_number: 9, line: '<script>' } },
  ])
  expect((await api.get('/api/v1/rejects?source=none')).json()).toEqual({ items: [] })
})
