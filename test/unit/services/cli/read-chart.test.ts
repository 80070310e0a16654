import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readChart } from '../../../../services/cli/read-chart.ts'
import { durationBucketEnd } from '../../../../shared/domain/duration-buckets.ts'
import { SERVER_ERRORS } from '../../../../shared/domain/status-range.ts'
import { openEmbeddedStore } from '../../../../shared/store/chdb.ts'
import type { Store } from '../../../../shared/store/store.ts'

const path = mkdtempSync(join(tmpdir(), 'chart-test-'))
const startMs = Date.parse('2026-10-02T14:00:00Z')
const window = { fromMs: startMs, toMs: startMs + 40_000, stepMs: 20_000 }
let store: Store

beforeAll(async () => {
  store = await openEmbeddedStore({ path })
  const event = (second: number, fields: Readonly<Record<string, unknown>>) => ({
    ts: new Date(startMs + second * 1_000).toISOString(),
    env: 'prod',
    service: 'checkout',
    method: 'GET',
    route: '/cart',
    status: 200,
    count: 1,
    ...fields,
  })
  const rows = [
    event(1, { count: 90 }),
    event(2, { method: 'POST', route: '/pay', count: 8, version: 'v41' }),
    event(12, { method: 'POST', route: '/pay', count: 2, version: 'v42', status: 503 }),
    event(15, { service: "it's", count: 5, status: 500 }),
    event(15, { service: 'slow', count: 6, duration_ms: 50 }),
    event(15, { service: 'slow', count: 4, duration_ms: 700 }),
    event(16, { env: 'staging', count: 1_000, status: 500 }),
    event(-1, { count: 1_000, status: 500 }),
    event(40, { count: 1_000, status: 500 }),
  ]
  await store.insertRows('access_events', rows, 'rows')
})

afterAll(async () => {
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

test('a chart counts what the log holds of its service, step by step, and nothing else', async () => {
  const chart = await readChart(store.query, {
    counted: { kind: 'statuses', statuses: SERVER_ERRORS },
    env: 'prod',
    subject: { service: 'checkout', routes: [] },
    otherServices: ["it's"],
    window,
  })
  expect(chart.total.points).toEqual([
    { requests: 100, errors: 2 },
    { requests: 0, errors: 0 },
  ])
  expect(chart.versions).toEqual([
    {
      name: 'v41',
      points: [
        { requests: 8, errors: 0 },
        { requests: 0, errors: 0 },
      ],
    },
    {
      name: 'v42',
      points: [
        { requests: 2, errors: 2 },
        { requests: 0, errors: 0 },
      ],
    },
  ])
  expect(chart.otherServices).toEqual([
    {
      name: "it's",
      points: [
        { requests: 5, errors: 5 },
        { requests: 0, errors: 0 },
      ],
    },
  ])
})

test('a chart of one route counts that route only', async () => {
  const subject = { service: 'checkout', routes: ['POST /pay'] }
  const counted = { kind: 'statuses' as const, statuses: SERVER_ERRORS }
  const chart = await readChart(store.query, { env: 'prod', subject, otherServices: [], window, counted })
  expect(chart.total.points[0]).toEqual({ requests: 10, errors: 2 })
  expect(chart.otherServices).toEqual([])
})

test('a chart of what became slow counts the requests that take longer, whatever they were answered with', async () => {
  const minute = { fromMs: startMs, toMs: startMs + 60_000, stepMs: 60_000 }
  const subject = { service: 'slow', routes: ['GET /cart'] }
  const counted = { kind: 'slow' as const, slowerThanMs: durationBucketEnd(20) }
  const chart = await readChart(store.query, { env: 'prod', subject, otherServices: [], window: minute, counted })
  expect(chart.total.points).toEqual([{ requests: 10, errors: 4 }])
})
