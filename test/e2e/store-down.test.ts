import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServerStore } from '../../shared/store/clickhouse.ts'
import type { Store } from '../../shared/store/store.ts'
import { readNumber } from '../contract/store-rows.ts'
import { type ClickHouseServer, startClickHouseServer } from '../support/clickhouse-server.ts'
import { byForm, sayMeasured } from '../support/long-form.ts'
import { runCulprit } from './run-culprit.ts'
import { startTraffic } from './shop-traffic.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

const form = byForm({
  short: { downMs: 8_000, eventsAPost: 1_000, timeoutMs: 180_000 },
  long: { downMs: 300_000, eventsAPost: 2_500, timeoutMs: 900_000 },
})
const WARM_MS = 3_000
const CAUGHT_UP_MS_MAX = 60_000
/** The engine is a process of its own here. */
const PEAK_KIB_MAX = 512 * 1024

let directory: string
let server: ClickHouseServer
let store: Store
let culprit: StartedCulprit

const start = (port?: number) =>
  startClickHouseServer({ directory: join(directory, 'clickhouse'), ...(port !== undefined && { port }) })

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-store-down-'))
  server = await start()
  const login = { url: server.url, username: 'default', password: '', database: 'culprit', ca: undefined } as const
  store = createServerStore({ ...login, compression: 'none', requestTimeoutMs: 30_000 })
  const environment = { CULPRIT_CLICKHOUSE__URL: server.url, CULPRIT_CLICKHOUSE__REQUEST_TIMEOUT: '5s' }
  expect(await runCulprit(['migrate'], { environment })).toMatchObject({ code: 0 })
  culprit = await startCulprit(directory, { environment: { ...environment, CULPRIT_LOG_LEVEL: 'silent' } })
}, 120_000)

afterEach(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await store.close()
  await server.kill()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

/** Takes the store away, and returns what brings it back. */
const OUTAGES: Record<string, () => Promise<() => Promise<void>>> = {
  'is gone': async () => {
    await server.kill()
    return async () => {
      server = await start(server.port)
    }
  },
  'answers nothing': async () => {
    process.kill(server.pid, 'SIGSTOP')
    return async () => {
      process.kill(server.pid, 'SIGCONT')
    }
  },
}

async function peakKib(): Promise<number> {
  const status = await readFile(`/proc/${culprit.process.pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])
}

test.each(Object.keys(OUTAGES))(
  'while the store %s, senders are told to come back, memory stays bounded, and all is stored soon after',
  { timeout: form.timeoutMs },
  async (outage) => {
    const traffic = startTraffic(() => [culprit.address], form.eventsAPost)
    await after(WARM_MS)
    const restore = await OUTAGES[outage]?.()
    await after(form.downMs)
    await restore?.()
    const restoredAtMs = Date.now()
    const { requests, refusals, retryAfter } = await traffic.stop()
    const caughtUpMs = Date.now() - restoredAtMs
    const statuses = JSON.stringify([...refusals])
    sayMeasured({ outage, requests, caughtUpMs, statuses, peakMib: Math.round((await peakKib()) / 1024) })
    expect(caughtUpMs).toBeLessThan(CAUGHT_UP_MS_MAX)
    expect([...refusals.keys()].filter((status) => status !== 503 && status !== 429)).toEqual([])
    expect([...refusals.values()].reduce((all, count) => all + count, 0)).toBeGreaterThan(0)
    expect(retryAfter).toBe(true)
    expect(await peakKib()).toBeLessThan(PEAK_KIB_MAX)
    expect(await readNumber(store, 'SELECT count() AS n FROM access_events')).toBe(requests)
    expect(await readNumber(store, 'SELECT uniqExact(request_id) AS n FROM access_events')).toBe(requests)
    expect(await readNumber(store, 'SELECT sum(requests) AS n FROM cells_1m')).toBe(requests)
  },
)
