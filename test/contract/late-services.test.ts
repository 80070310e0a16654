import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCheckpoint, writeCheckpoint } from '../../services/detector/io/checkpoint.ts'
import type { Part } from '../../services/detector/io/part.ts'
import { readCells, readSeries } from '../../services/detector/io/read-cells.ts'
import { readDurations } from '../../services/detector/io/read-durations.ts'
import { readStatuses } from '../../services/detector/io/read-statuses.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import type { Store } from '../../shared/store/store.ts'
import { eventRow } from './store-rows.ts'

const SHARE = { owned: [0], of: 1 }
const LATE: Part = { ...SHARE, services: { only: ['cdn'], but: [] } }
const OTHERS: Part = { ...SHARE, services: { only: [], but: ['cdn'] } }

test('services that come late are read and noted apart from the others, each once, with durations and statuses', async () => {
  const path = mkdtempSync(join(tmpdir(), 'late-services-'))
  const store = await openEmbeddedStore({ path })
  try {
    const rows = ['cdn', 'shop'].flatMap((service) => [
      eventRow(service, { duration_ms: 12, count: 9 }),
      eventRow(service, { status: 404, duration_ms: 700 }),
      eventRow(service, { ts: '2026-03-03 00:01:03.500', status: 401 }),
    ])
    await store.insertRows('access_events', rows, 'rows')
    for (const [part, service] of [
      [LATE, 'cdn'],
      [OTHERS, 'shop'],
    ] as const) {
      expect(await readSeries(store, undefined, part)).toMatchObject([{ service }])
      expect(await readAll(store, part)).toEqual({
        requests: 11,
        durations: [
          [
            service,
            [
              { bucket: 14, requests: 9 },
              { bucket: 25, requests: 1 },
            ],
          ],
        ],
        statuses: [
          [service, 10, [0, 1, 0]],
          [service, 1, [1, 0, 0]],
        ],
      })
    }
    expect((await readSeries(store)).map(({ service }) => service)).toEqual(['cdn', 'shop'])
    await writeCheckpoint(store, { cell: 7, nowMs: 1_000 }, LATE)
    expect(await readCheckpoint(store, OTHERS)).toBeUndefined()
    expect(await readCheckpoint(store, LATE)).toBe(7)
    await writeCheckpoint(store, { cell: 9, nowMs: 2_000 }, OTHERS)
    expect([await readCheckpoint(store, SHARE), await readCheckpoint(store, LATE)]).toEqual([9, 7])
  } finally {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  }
})

async function readAll(store: Store, part: Part) {
  let requests = 0
  for await (const page of readCells(store, undefined, part)) for (const count of page.requests) requests += count
  const durations: unknown[] = []
  for await (const { services } of readDurations(store, undefined, part))
    for (const { service, counts } of services)
      durations.push([service, counts.toSorted((a, b) => a.bucket - b.bucket)])
  const statuses: unknown[] = []
  for await (const { services } of readStatuses(store, undefined, part))
    for (const { service, requests: all, clientErrors } of services) statuses.push([service, all, clientErrors])
  return { requests, durations, statuses }
}
