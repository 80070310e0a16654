import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../../support/shop-cells.ts'

let api: ApiServer

const minutesAgo = (minutes: number) => new Date(SHOP_NOW_MS - minutes * 60_000).toISOString()

function changeRow(id: string, minutes: number, more: Readonly<Record<string, unknown>> = {}) {
  const ts = minutesAgo(minutes)
  const columns = { id, ts, kind: 'deploy', env: 'prod', status: 'succeeded', service: 'checkout', ...more }
  return { ...columns, document: JSON.stringify({ reversible: true, ...columns }), updated_at: ts }
}

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
  const suspects = [
    { change_id: 'v42', probability: 0.93 },
    { change_id: 'flag', probability: 0.2 },
  ]
  const document = { affected: [{ service: 'checkout' }], suspects, cleared: [{ change_id: 'index' }] }
  const incident = { env: 'prod', service: 'checkout', document: JSON.stringify(document) }
  await api.store.insertRows(
    'incidents',
    [
      {
        ...incident,
        id: 'inc_1',
        state: 'open',
        started_at: minutesAgo(5),
        updated_at: minutesAgo(0),
        resolved_at: null,
      },
      {
        ...{ ...incident, id: 'inc_0', state: 'resolved', started_at: minutesAgo(600), updated_at: minutesAgo(590) },
        document: JSON.stringify({ ...document, verification: { state: 'confirmed' } }),
        resolved_at: minutesAgo(590),
      },
    ],
    'incidents',
  )
  await api.store.insertRows(
    'changes',
    [
      changeRow('v41', 100),
      changeRow('v42', 6),
      changeRow('flag', 20),
      changeRow('index', 35, { service: 'search' }),
      changeRow('fresh', 2, { service: 'search' }),
      changeRow('nowhere', 60, { service: 'quiet' }),
      changeRow('firewall', 90, { service: '' }),
      changeRow('rising', 7, { finished_at: minutesAgo(6) }),
    ],
    'changes',
  )
})

afterAll(() => api.close())

test('the services, those with an incident first, with what is normal and what was changed last', async () => {
  const { items } = (await api.get('/api/v1/services')).json() as { items: Record<string, unknown>[] }
  expect(items).toMatchObject([
    {
      ...{ name: 'checkout', env: 'prod', requests_per_second: 30, error_rate: 0.04, incidents: ['inc_1'] },
      sparkline: { step_s: 120, requests: expect.objectContaining({ length: 30 }) },
      last_change: { id: 'v42', outcome: { verdict: 'guilty', incident_id: 'inc_1', probability: 0.93 } },
    },
    { name: 'search', requests_per_second: 10, error_rate: 0, normal_error_rate: 0, incidents: [] },
  ])
  expect(items[0]?.['normal_error_rate']).toBeCloseTo(3 / 1503, 4)
  expect(((await api.get('/api/v1/services?env=staging')).json() as { items: unknown[] }).items).toEqual([])
})

test.each([
  ['v41', 'healthy'],
  ['v42', 'guilty'],
  ['flag', 'undetermined'],
  ['index', 'healthy'],
  ['fresh', 'undetermined'],
  ['nowhere', 'too_little_traffic'],
  ['firewall', 'healthy'],
  ['rising', 'undetermined'],
])('the verdict on %s is %s', async (id, verdict) => {
  const { items } = (await api.get('/api/v1/changes')).json() as { items: { id: string }[] }
  expect(items.find((item) => item.id === id)).toMatchObject({ outcome: { verdict } })
})

test('one change is told by its id, however many came since', async () => {
  expect((await api.get('/api/v1/changes/v42')).json()).toMatchObject({ id: 'v42', outcome: { verdict: 'guilty' } })
  expect((await api.get('/api/v1/changes/v9')).json()).toMatchObject({ status: 404, code: 'no_change' })
})

test('the half hours before and after a change are told with it', async () => {
  const { items } = (await api.get('/api/v1/changes?service=search')).json() as { items: { id: string }[] }
  expect(items.find(({ id }) => id === 'index')).toMatchObject({
    outcome: { before: { requests: 18_000, errors: 0, error_rate: 0 }, after: { requests: 18_000 } },
  })
})

test('one service: by status, route, version and region, and how its changes fared', async () => {
  const service = (await api.get('/api/v1/services/checkout')).json() as Record<string, unknown>
  expect(service).toMatchObject({
    name: 'checkout',
    statuses: { 500: 360, 502: 198 },
    routes: [{ method: 'POST', route: '/checkout/{id}', errors: 558 }],
    versions: [{ version: 'v42', requests: 4_500, errors: 360, error_rate: 0.08 }, { version: 'v41' }],
    regions: [{ region: expect.any(String) }, { region: expect.any(String) }],
    record: { changes: 4, guilty: 1, verified: 1, change_failure_rate: 0.25, incidents: 2, time_to_restore_s: 600 },
  })
  const unknown = await api.get('/api/v1/services/chekout')
  expect(unknown.json()).toMatchObject({ status: 404, code: 'no_service' })
})

test('how changes fared is told for any time', async () => {
  const record = await api.get(`/api/v1/changes/record?from=${minutesAgo(30)}`)
  expect(record.json()).toEqual({
    ...{ changes: 4, guilty: 1, verified: 0, change_failure_rate: 0.25, incidents: 1, time_to_restore_s: null },
  })
})

test('a person who names the culprit is heard: who they acquit is not guilty, and who they name is, verified', async () => {
  const said = {
    incident_id: 'inc_1',
    verdict: 'wrong',
    suspect_id: 'v42',
    change_id: 'flag',
    author: '',
    document: '{}',
  }
  await api.store.insertRows('feedback', [{ ...said, id: 'cmd_1', updated_at: minutesAgo(1) }], 'feedback')
  const record = await api.get(`/api/v1/changes/record?from=${minutesAgo(30)}`)
  expect(record.json()).toMatchObject({ changes: 4, guilty: 1, verified: 1 })
  // That taking it back had seemed to help makes no difference.
  const whole = await api.get('/api/v1/changes/record?service=checkout')
  expect(whole.json()).toMatchObject({ guilty: 1, verified: 1 })
  const right = { ...said, verdict: 'right', change_id: '' }
  await api.store.insertRows('feedback', [{ ...right, id: 'cmd_2', updated_at: minutesAgo(0) }], 'feedback again')
  const afterwards = await api.get('/api/v1/changes/record?service=checkout')
  expect(afterwards.json()).toMatchObject({ guilty: 1, verified: 1 })
})
