import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import {
  readEvidence,
  readLinks,
  readSightedVersions,
  readVersions,
} from '../../../../../services/correlator/io/read-evidence.ts'
import { correlateSpikes } from '../../../../../services/correlator/service.ts'
import { SERVER_ERRORS } from '../../../../../shared/domain/status-range.ts'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import type { Store } from '../../../../../shared/store/store.ts'
import { drawCase } from '../drawn-case.ts'
import { atMinute, changeAt, drawLog, type LogRow, spikeAt, steady } from '../drawn-log.ts'
import { readEvidence as readDrawnEvidence, readDrawnLog } from '../read-drawn-log.ts'

let directory: string
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-correlator-'))
  store = await openEmbeddedStore({ path: directory })
  await store.insertRows('access_events', rows.map(toRow), 'drawn')
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

function toRow({ atMs, ...row }: LogRow): Record<string, unknown> {
  return { ...row, env: 'prod', ts: new Date(atMs).toISOString().replace('T', ' ').replace('Z', '') }
}

const quiet = steady(0, 60)
const hostile = `'); DROP TABLE cells_10s --`
const rows = drawLog([
  {
    version: 'v41',
    region: 'eu',
    host: 'a',
    client: '192.0.2.0',
    bytes: 1234,
    requests: [...steady(60, 60), ...steady(30, 5)],
  },
  {
    version: 'v41',
    region: 'us',
    host: 'b',
    client: '',
    requests: [...steady(60, 60), ...steady(30, 5)],
    failures: steady(1, 60),
  },
  {
    version: 'v42',
    region: 'eu',
    host: 'c',
    client: '198.51.100.0',
    requests: [...quiet, ...steady(60, 15)],
    failures: [...quiet, ...steady(9, 15)],
  },
  {
    route: '/list',
    version: 'v42',
    upstream: 'b:80',
    bytes: 99,
    requests: [...quiet, ...steady(60, 15)],
    failures: [...quiet, ...steady(6, 15)],
    status: 503,
  },
  {
    service: 'gateway',
    upstream: 'checkout:8080',
    route: hostile,
    requests: steady(90, 75),
    failures: [...quiet, ...steady(8, 15)],
    status: 502,
  },
  { service: hostile, requests: steady(6, 75) },
])
const spikes = [
  spikeAt(60, { resolvedMinute: 75 }),
  spikeAt(60, { method: 'POST', route: '/pay', resolvedMinute: 74, evidence: 300 }),
  spikeAt(60.5, { service: 'gateway', resolvedMinute: 75 }),
]
const changes = [
  changeAt(59, { version: 'v42', finishedMinute: 65 }),
  changeAt(58, { service: hostile, title: hostile }),
]

const inOrder = (list: readonly object[]): string[] =>
  list.map((item) => JSON.stringify(item, Object.keys(item).toSorted())).toSorted()

test('reads from the store exactly what the log holds', async () => {
  const { request } = drawCase(rows, spikes.slice(0, 2))
  const [read, drawn] = [await readEvidence(store, request), readDrawnEvidence(rows, request)]
  for (const part of [
    'cells',
    'serviceMinutes',
    'scopeMinutes',
    'versions',
    'totals',
    'statuses',
    'parts',
    'hostMinutes',
    'served',
  ] as const) {
    expect([part, ...inOrder(read[part])]).toEqual([part, ...inOrder(drawn[part])])
    expect(read[part].length).toBeGreaterThan(0)
  }
})

test('which versions the log named since a time, and their history for whoever asks', async () => {
  const sighted = await readSightedVersions(store, atMinute(66))
  expect(sighted).toContainEqual({ env: 'prod', service: 'checkout', version: 'v42' })
  expect(sighted).toContainEqual({ env: 'prod', service: hostile, version: '' })
  expect(sighted).not.toContainEqual({ env: 'prod', service: 'checkout', version: 'v41' })
  const range = { fromMs: atMinute(0), toMs: atMinute(80) }
  const times = { exactFromMs: atMinute(50), countedToMs: atMinute(60), errors: SERVER_ERRORS }
  const spans = await readVersions(store, { env: 'prod', services: ['checkout'], range, ...times })
  expect(spans).toContainEqual(expect.objectContaining({ version: 'v42', firstAtMs: atMinute(60), requestsBefore: 0 }))
})

test('learns from the store who calls whom and how each fails', async () => {
  const links = await readLinks(store, {
    services: ['gateway', 'checkout'],
    spikes: [
      {
        id: 'x',
        env: 'prod',
        service: 'gateway',
        range: { fromMs: spikes[0]?.onsetAtMs ?? 0, toMs: spikes[0]?.updatedAtMs ?? 0 },
      },
    ],
  })
  expect(links.services.toSorted()).toEqual([hostile, 'checkout', 'gateway'].toSorted())
  expect(links.upstreams).toContainEqual({ service: 'gateway', upstream: 'checkout:8080' })
  expect(links.statuses.get('x')).toEqual({ internal: 0, gateway: 1, unavailable: 0 })
})

test('tells the same incident from the store as from the drawn log', async () => {
  const input = { spikes, changes, settings: DEFAULT_SETTINGS }
  const fromStore = await correlateSpikes(
    { readLinks: (request) => readLinks(store, request), readEvidence: (request) => readEvidence(store, request) },
    input,
  )
  expect(fromStore).toMatchObject([
    {
      service: 'checkout',
      cause: 'change',
      suspects: [{ changeId: 'change-59', probability: expect.closeTo(0.995, 2) }],
    },
  ])
  const drawn = await correlateSpikes(readDrawnLog(rows), input)
  expect(fromStore.map(({ id, suspects }) => [id, suspects[0]?.probability.toFixed(9)])).toEqual(
    drawn.map(({ id, suspects }) => [id, suspects[0]?.probability.toFixed(9)]),
  )
})
