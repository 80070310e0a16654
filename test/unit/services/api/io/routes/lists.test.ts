import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'

let api: ApiServer

const incident = (minute: number, more: Readonly<Record<string, unknown>> = {}) => {
  const document = {
    id: `inc_${minute}`,
    env: 'prod',
    service: minute % 2 === 0 ? 'checkout' : 'search',
    state: minute < 3 ? 'open' : 'resolved',
    severity: minute === 1 ? 'critical' : 'minor',
    started_at: `2026-10-02T14:0${minute}:00.000Z`,
    updated_at: `2026-10-02T14:0${minute}:30.000Z`,
    resolved_at: minute < 3 ? null : `2026-10-02T14:0${minute}:40.000Z`,
    ...more,
  }
  const { severity: _, updated_at, ...columns } = document
  return { ...columns, updated_at, document: JSON.stringify(document) }
}

beforeAll(async () => {
  api = await startApiServer()
  await api.store.insertRows(
    'incidents',
    [0, 1, 2, 3, 4, 5, 6].map((minute) => incident(minute)),
    'incidents',
  )
  const change = (id: string, ts: string, more: Readonly<Record<string, unknown>>) => {
    const always = { env: 'prod', status: 'succeeded', service: 'checkout', reversible: true }
    const document = { id, ts, kind: 'deploy', ...always, ...more }
    const { author: _, reversible: __, ...columns } = { author: '', ...document }
    return { ...columns, document: JSON.stringify(document), updated_at: ts }
  }
  await api.store.insertRows(
    'changes',
    [
      change('a', '2026-10-02T14:00:00.000Z', { author: 'ana' }),
      change('b', '2026-10-02T14:00:00.000Z', { author: "o'neil", kind: 'config' }),
      change('c', '2026-10-02T14:05:00.000Z', { service: 'search' }),
    ],
    'changes',
  )
})

afterAll(() => api.close())

async function idsOf(path: string): Promise<string[]> {
  const { items } = (await api.get(path)).json() as { items: { id: string }[] }
  return items.map(({ id }) => id)
}

test.each([
  ['', [6, 5, 4, 3, 2, 1, 0]],
  ['?state=open', [2, 1, 0]],
  ['?state=open,resolved&service=search', [5, 3, 1]],
  ['?severity=critical', [1]],
  ['?env=staging', []],
  ['?from=2026-10-02T14:05:30Z', [6, 5, 2, 1, 0]],
  ['?to=2026-10-02T14:01:00Z', [0]],
  ['?service=', [6, 5, 4, 3, 2, 1, 0]],
])('incidents are told newest first, filtered by %s', async (filter, minutes) => {
  expect(await idsOf(`/api/v1/incidents${filter}`)).toEqual(minutes.map((minute) => `inc_${minute}`))
})

test.each([
  ['', ['c', 'a', 'b']],
  ['?kind=config,migration', ['b']],
  ["?author=o'neil", ['b']],
  ['?service=search', ['c']],
  ['?status=failed', []],
  ['?from=1790949660', ['c']],
])('changes are told newest first, filtered by %s', async (filter, ids) => {
  expect(await idsOf(`/api/v1/changes${filter}`)).toEqual(ids)
})

test.each(['incidents', 'changes'])('pages of %s make the whole list, though more came meanwhile', async (list) => {
  const whole = await idsOf(`/api/v1/${list}`)
  const seen: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await api.get(`/api/v1/${list}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const { items, next_cursor } = page.json() as { items: { id: string }[]; next_cursor: string | null }
    seen.push(...items.map(({ id }) => id))
    cursor = next_cursor
    if (list === 'incidents') await api.store.insertRows('incidents', [incident(9)], `new ${seen.length}`)
  }
  expect(seen).toEqual(whole)
})

test.each([
  ['/api/v1/incidents?state=opened', 'bad_parameter', 'state: can be some of open, acknowledged, resolved'],
  ['/api/v1/incidents?from=yesterday', 'bad_parameter', 'from: write a time like'],
  ['/api/v1/incidents?limit=0', 'bad_parameter', 'limit: '],
  ['/api/v1/incidents?cursor=AAAA', 'bad_parameter', 'cursor: is no cursor of ours'],
  ['/api/v1/changes?service=a&service=b', 'bad_parameter', 'service: '],
  ['/api/v1/incidents/inc_x', 'no_incident', 'no incident has the id inc_x'],
  ['/api/v1/%', 'bad_request', ''],
  ['/api/v2/incidents', 'not_found', 'nothing answers GET here'],
])('%s is answered with the problem %s', async (path, code, detail) => {
  const answer = await api.get(path)
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect(answer.json()).toMatchObject({ status: answer.status, code, detail: expect.stringContaining(detail) })
})

test('whoever has an answer already is told that it still holds', async () => {
  const first = await api.get('/api/v1/incidents/inc_1')
  const again = await api.get('/api/v1/incidents/inc_1', { 'if-none-match': String(first.headers['etag']) })
  expect(again).toMatchObject({ status: 304, text: '' })
  const other = await api.get('/api/v1/incidents/inc_2', { 'if-none-match': String(first.headers['etag']) })
  expect(other.status).toBe(200)
})
