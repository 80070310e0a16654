import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHeartbeat } from '../../../../../services/cli/live/notifier-extras.ts'
import { writeCheckpoint } from '../../../../../services/detector/io/checkpoint.ts'
import { notifySchema } from '../../../../../services/notifier/config.ts'
import { createGuardedFetch } from '../../../../../shared/runtime/guarded-fetch.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../../../../shared/store/chdb.ts'
import { startHttpSink } from '../../../../support/http-sink.ts'

const EVERY_MS = 300
const MINUTE_MS = 60_000

test('a dead-man switch is called while cells are judged, and no more once none was for ten minutes (row 11)', async () => {
  const path = await mkdtemp(join(tmpdir(), 'culprit-heartbeat-'))
  const [store, sink] = [await openEmbeddedStore({ path }), await startHttpSink()]
  const lines: string[] = []
  let atMs = Date.UTC(2026, 10, 21, 10)
  const fetch = createGuardedFetch({ allowedHosts: ['127.0.0.1'] })
  const log = createLog({ level: 'warn', write: (line) => void lines.push(line) })
  const config = notifySchema.parse({ heartbeat: { url: `${sink.url}/beat` } })
  await writeCheckpoint(store, { cell: 1, nowMs: atMs }, { owned: [0], of: 1 })
  const stop = startHeartbeat(
    { store, fetch, log, nowMs: () => atMs },
    { ...config, heartbeat: { url: `${sink.url}/beat`, every: EVERY_MS } },
  )
  try {
    await expect.poll(() => sink.requests.length, { timeout: 10_000 }).toBeGreaterThan(1)
    expect(lines).toEqual([])
    atMs += 11 * MINUTE_MS
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(0)
    const beats = sink.requests.length
    // Each stands for an interval: whoever waits for two of them alarms.
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(2)
    expect(lines.every((line) => line.includes('no heartbeat'))).toBe(true)
    expect(sink.requests).toHaveLength(beats)
    await writeCheckpoint(store, { cell: 2, nowMs: atMs }, { owned: [0], of: 1 })
    await expect.poll(() => sink.requests.length, { timeout: 10_000 }).toBeGreaterThan(beats)
  } finally {
    stop()
    await sink.close()
    await store.close()
    await rm(path, { recursive: true, force: true })
  }
})
