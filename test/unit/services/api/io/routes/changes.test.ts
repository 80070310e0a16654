import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(() => api.close())

async function send(body: unknown, key: string): Promise<readonly string[]> {
  const headers = { 'idempotency-key': key }
  const answer = await api.server.inject({
    method: 'POST',
    url: '/api/v1/changes',
    headers,
    payload: JSON.stringify(body),
  })
  return (answer.json() as { ids: readonly string[] }).ids
}

test('under one Idempotency-Key a sender that tries again tells of the same changes', async () => {
  const change = { ts: '2026-10-02T14:00:00Z', service: 'checkout', version: 'v42' }
  const first = await send([change, { ...change, service: 'search' }, { ...change, id: 'mine' }], 'build 7')
  const later = { ...change, ts: '2026-10-02T14:00:05Z' }
  const again = await send([later, { ...later, service: 'search' }, { ...later, id: 'mine' }], 'build 7')
  expect(again).toEqual(first)
  expect(new Set(first).size).toBe(3)
  expect(first[2]).toBe('mine')
  expect(await send([change], 'build 8')).not.toEqual([first[0]])
})
