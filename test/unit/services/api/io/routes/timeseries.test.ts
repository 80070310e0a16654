import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../../support/api-server.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../../support/shop-cells.ts'

let api: ApiServer

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
  await api.store.insertRows('incidents', [incident()], 'incident')
})

afterAll(() => api.close())

interface Series {
  step_s: number
  from: string
  requests: number[]
  errors: number[]
  normal: { rate: number; low: (number | null)[]; high: (number | null)[] } | null
  latency: { p50: (number | null)[]; p99: (number | null)[] } | null
  groups: { name: string; is_rest: boolean; requests: number[]; errors: number[] }[]
}

async function ask(query: string, service = 'checkout'): Promise<Series> {
  const answer = await api.get(`/api/v1/services/${service}/timeseries${query}`)
  expect(answer.text).not.toContain('"code"')
  return answer.json() as Series
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

test('an hour of a service by the minute, up to now', async () => {
  const { step_s, from, requests, errors } = await ask('?step=1m')
  expect({ step_s, from, points: requests.length }).toEqual({
    step_s: 60,
    from: '2026-10-02T13:10:00.000Z',
    points: 60,
  })
  expect(sum(requests)).toBe(330 * 300 + 66 * 3 + 30 * 300)
  expect(errors.slice(-6)).toEqual([errors.at(-6), 72, 72, 72, 72, 72])
})

test('normal is the rate outside incidents, and a fault lies outside its band', async () => {
  const { normal, requests, errors } = await ask('?step=1m')
  expect(normal?.rate).toBeCloseTo(3 / 1503, 4)
  const outside = requests.map((count, at) => (errors[at] ?? 0) / count > (normal?.high[at] ?? 1))
  expect(outside.filter(Boolean)).toHaveLength(5)
  expect(outside.slice(-5)).toEqual([true, true, true, true, true])
})

function incident() {
  const document = { affected: [{ service: 'gateway' }, { service: 'checkout' }], suspects: [] }
  return {
    ...{ id: 'inc_1', env: 'prod', service: 'gateway', state: 'open', document: JSON.stringify(document) },
    ...{ started_at: '2026-10-02T14:05:00.000Z', updated_at: '2026-10-02T14:10:00.000Z', resolved_at: null },
  }
}

interface ServiceLatencies {
  readonly routes: readonly { readonly latency: { readonly p50: number; readonly p95: number } | null }[]
  readonly versions: readonly { readonly version: string; readonly latency: { readonly p50: number } | null }[]
}

test('how long requests take is told by the minute, whole or of one version or route, and not made up where no log says', async () => {
  const row = { env: 'prod', service: 'slow', method: 'GET', route: '/', status: 200, count: 1 }
  const minute = (at: string, version: string, durations: readonly number[]) =>
    durations.map((duration_ms, second) => ({ ...row, ts: `2026-10-02T${at}:${10 + second}Z`, version, duration_ms }))
  const many = Array.from({ length: 40 }, (_, at) => (at < 38 ? 20 : 3_000))
  const rows = [...minute('14:00', 'v1', many), ...minute('14:01', 'v2', [400])]
  await api.store.insertRows('access_events', rows, 'durations')
  const { latency, step_s } = await ask('?from=2026-10-02T14:00:00Z&to=2026-10-02T14:03:00Z&step=30s', 'slow')
  expect(step_s).toBe(30)
  expect(latency?.p50.map((duration) => duration && Math.round(duration / 10))).toEqual([2, 2, 43, 43, null, null])
  expect(latency?.p99[0]).toBeGreaterThan(2_500)
  expect(latency?.p99[0]).toBeLessThan(4_100)
  const ofOne = await ask('?from=2026-10-02T14:00:00Z&to=2026-10-02T14:03:00Z&step=1m&version=v2', 'slow')
  expect(ofOne.latency?.p50.map((duration) => duration === null)).toEqual([true, false, true])
  expect((await ask('')).latency).toBe(null)
  const service = (await api.get('/api/v1/services/slow')).json() as ServiceLatencies
  expect(service.routes.map(({ latency: of }) => of !== null && of.p50 < 30 && of.p95 > 300)).toEqual([true])
  const byVersion = service.versions.toSorted((a, b) => (a.version < b.version ? -1 : 1))
  expect(byVersion.map(({ latency: of }) => Math.round((of?.p50 ?? 0) / 10))).toEqual([2, 43])
})

test('what counts as an error may be other statuses, or slow requests, each with what is normal of it', async () => {
  const row = { env: 'prod', service: 'odd', method: 'GET', route: '/', version: 'o1', count: 10 }
  const rows = Array.from({ length: 30 }, (_, minute) => {
    const ts = new Date(SHOP_NOW_MS - (30 - minute) * 60_000).toISOString()
    const isBad = minute >= 25
    return [
      { ...row, ts, status: 200, duration_ms: isBad ? 900 : 20 },
      { ...row, ts, status: isBad ? 403 : 404, duration_ms: 20 },
    ]
  }).flat()
  await api.store.insertRows('access_events', rows, 'odd')
  const within = '?from=2026-10-02T13:40:00Z&to=2026-10-02T14:10:00Z&step=10s&group_by=version'
  const refused = await ask(`${within}&statuses=401-403`, 'odd')
  expect(refused.step_s).toBe(10)
  expect([sum(refused.errors), sum(refused.groups[0]?.errors ?? [])]).toEqual([50, 50])
  const slow = await ask(`${within}&slower_than_ms=128`, 'odd')
  expect([slow.step_s, sum(slow.requests), slow.groups[0]?.name]).toEqual([60, 600, 'o1'])
  expect(slow.errors).toEqual(Array.from({ length: 30 }, (_, minute) => (minute >= 25 ? 10 : 0)))
  expect(slow.normal?.rate).toBeCloseTo(50 / 600, 4)
  const refusal = async (query: string) => (await api.get(`/api/v1/services/odd/timeseries?${query}`)).json()
  for (const query of ['slower_than_ms=128&group_by=host', 'slower_than_ms=128&region=eu', 'statuses=4xx'])
    expect(await refusal(query)).toMatchObject({ code: 'bad_parameter', status: 400 })
})

test.each([
  ['version', ['v41', 'v42']],
  ['route', ['POST /checkout/{id}']],
  ['region', ['eu', 'us']],
  ['status', ['200', '500', '502']],
  ['host', ['v41-1', 'v42-1']],
])('the parts by %s make the whole', async (grouping, names) => {
  const { groups, requests, errors } = await ask(`?group_by=${grouping}&step=10s`)
  expect(groups.map(({ name }) => name).toSorted()).toEqual(names)
  expect(requests.map((_, at) => sum(groups.map((group) => group.requests[at] ?? 0)))).toEqual(requests)
  expect(errors.map((_, at) => sum(groups.map((group) => group.errors[at] ?? 0)))).toEqual(errors)
})

test('one version of it alone', async () => {
  const { requests, errors } = await ask('?version=v42')
  expect({ requests: sum(requests), errors: sum(errors) }).toEqual({ requests: 30 * 150, errors: 30 * 12 })
})

test('a step without requests has none, and no band', async () => {
  const { requests, normal } = await ask('?from=2026-10-02T14:09:00Z&to=2026-10-02T14:11:00Z&step=1m')
  expect(requests).toEqual([1800, 0])
  expect(normal?.low[1]).toBeNull()
})

test('parts beyond the ten that count most are told together', async () => {
  const rows = Array.from({ length: 15 }, (_, n) => ({
    ...{ ts: new Date(SHOP_NOW_MS - 60_000).toISOString(), env: 'prod', service: 'many', method: 'GET', status: 200 },
    ...{ route: `/r${n}`, count: 100 + n },
  }))
  await api.store.insertRows('access_events', rows, 'many')
  const { groups } = await ask('?group_by=route', 'many')
  expect(groups).toHaveLength(11)
  expect(groups.at(-1)).toMatchObject({ name: '', is_rest: true })
  expect(sum(groups.at(-1)?.requests ?? [])).toBe(100 + 101 + 102 + 103 + 104)
})

test.each(['?from=0&step=10s', '?from=1&to=9999999999999', '?from=1&step=1d', ''])(
  'there are never more than a thousand points: %s',
  async (query) => {
    const { requests } = await ask(query)
    expect(requests.length).toBeLessThanOrEqual(1_000)
    expect(requests.length).toBeGreaterThan(0)
  },
)

test.each([
  ['?from=2026-10-02T14:00:00Z&to=2026-10-02T13:00:00Z', 'from: is not before to'],
  ['?step=soon', 'step: write a duration'],
  ['?group_by=client', 'group_by: '],
  ['?group_by=host&from=2026-10-01T14:00:00Z', 'group_by: hosts are counted over 6 hours at most'],
])('%s is refused: %s', async (query, detail) => {
  const answer = await api.get(`/api/v1/services/checkout/timeseries${query}`)
  expect(answer.json()).toMatchObject({ code: 'bad_parameter', detail: expect.stringContaining(detail) })
})

test('a service that nobody knows has had no requests', async () => {
  const { requests, normal } = await ask('?group_by=version', "o'; DROP TABLE cells_1m; --")
  expect({ asked: sum(requests), normal }).toEqual({ asked: 0, normal: null })
})
