import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { byForm, sayMeasured } from '../support/long-form.ts'
import { runCulprit } from './run-culprit.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

const POSTS = byForm({ short: 600, long: 10_000 })
const SENDERS = 16
const PIPED = 20_000
const RUN_MS_MAX = 60_000 + POSTS * 60
const KIB = 1024

let directory: string
let culprit: StartedCulprit

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-start-'))
  culprit = await startCulprit(directory, { args: ['--stdin', '--service', 'piped'] })
}, 60_000)

afterEach(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${culprit.address}/api/v1/events?format=ndjson&service=shop`, { method: 'POST', body, headers })

/** Posts one event after the other, from several senders, until it may not or nobody answers; returns what was acknowledged. */
async function postEvents(mayGoOn: (acknowledged: number) => boolean): Promise<string[]> {
  const acknowledged: string[] = []
  let next = 0
  const send = async () => {
    while (mayGoOn(acknowledged.length)) {
      const id = `r${next++}`
      const event = { ts: new Date().toISOString(), path: '/pay', status: 200, request_id: id }
      const response = await post(JSON.stringify(event)).catch(() => undefined)
      if (response === undefined) return
      await response.arrayBuffer().catch(() => {})
      if (response.status === 202) acknowledged.push(id)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  return acknowledged
}

async function storedIds(): Promise<string[]> {
  const store = await openEmbeddedStore({ path: join(directory, 'data', 'store') })
  const sql = "SELECT request_id FROM access_events WHERE service = 'shop'"
  const rows = await store.query(z.object({ request_id: z.string() }), sql)
  await store.close()
  return rows.map(({ request_id }) => request_id)
}

/** Requests of what came through the pipe, by path. */
async function storedPiped(): Promise<Record<string, number>> {
  const store = await openEmbeddedStore({ path: join(directory, 'data', 'store') })
  const sql = "SELECT path, sum(count) AS n FROM access_events WHERE service = 'piped' GROUP BY path ORDER BY path"
  const rows = await store.query(z.object({ path: z.string(), n: z.coerce.number() }), sql)
  await store.close()
  return Object.fromEntries(rows.map(({ path, n }) => [path, n]))
}

function expectAllOnce(acknowledged: readonly string[], stored: readonly string[]): void {
  const known = new Set(stored)
  expect(acknowledged.filter((id) => !known.has(id))).toEqual([])
  expect(known.size).toBe(stored.length)
}

test(
  'every event that was acknowledged is there after the process was killed',
  async () => {
    const acknowledged = await postEvents((count) => {
      if (count >= POSTS) culprit.process.kill('SIGKILL')
      return count < POSTS
    })
    await culprit.ended
    expect(acknowledged.length).toBeGreaterThanOrEqual(POSTS)
    culprit = await startCulprit(directory)
    expect((await fetch(`${culprit.address}/readyz`)).status).toBe(200)
    const backtest = () => runCulprit(['backtest', '--since', '30d'], { cwd: directory })
    expect(await backtest()).toMatchObject({ code: 1, stderr: expect.stringContaining('another process has it') })
    culprit.process.kill('SIGTERM')
    expect(await culprit.ended).toBe(0)
    const stored = await storedIds()
    sayMeasured({ acknowledged: acknowledged.length, stored: stored.length })
    expectAllOnce(acknowledged, stored)
    expect(await backtest()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 service, 1 route') })
    expect((await backtest()).stdout).toContain('by the minute')
  },
  RUN_MS_MAX,
)

test(
  'what comes through a pipe is stored, to its end; asked to stop under load, it first says not ready, ends in time with 0, and has kept what it acknowledged',
  async () => {
    const line = (path: string) => `${JSON.stringify({ ts: new Date().toISOString(), path, status: 200 })}\n`
    culprit.process.stdin?.write(line('/a').repeat(PIPED))
    culprit.process.stdin?.end(line('/b').trimEnd())
    const metrics = async () => (await fetch(`${culprit.address}/metrics`)).text()
    await expect.poll(metrics, { timeout: 20_000 }).toContain(`culprit_events_accepted_total ${PIPED + 1}\n`)
    const ready: number[] = []
    let stoppedAtMs = 0
    const posting = postEvents((count) => {
      if (count >= POSTS / 4 && stoppedAtMs === 0) {
        stoppedAtMs = Date.now()
        culprit.process.kill('SIGTERM')
      }
      return true
    })
    const watching = (async () => {
      for (;;) {
        const response = await fetch(`${culprit.address}/readyz`).catch(() => undefined)
        if (response === undefined) return
        ready.push(response.status)
        await response.arrayBuffer().catch(() => {})
      }
    })()
    expect(await culprit.ended).toBe(0)
    expect(Date.now() - stoppedAtMs).toBeLessThan(10_000)
    await watching
    expect(ready[0]).toBe(200)
    expect(ready.at(-1)).toBe(503)
    expectAllOnce(await posting, await storedIds())
    expect(await storedPiped()).toEqual({ '/a': PIPED, '/b': 1 })
  },
  RUN_MS_MAX,
)

test(
  'a body that is huge once inflated is refused at once, in little memory',
  async () => {
    const bomb = gzipSync(Buffer.alloc(100 * KIB * KIB, 0x20))
    expect((await post(gzipSync('{"a":1}\n'.repeat(100_000)), { 'content-encoding': 'gzip' })).status).toBe(202)
    const peakKib = async () => {
      const status = await readFile(`/proc/${culprit.process.pid}/status`, 'utf8')
      return { peak: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]), now: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) }
    }
    const tookMs: number[] = []
    const grownKib: number[] = []
    for (let n = 0; n < 5; n++) {
      // Begins the peak anew.
      await writeFile(`/proc/${culprit.process.pid}/clear_refs`, '5')
      const before = await peakKib()
      const startedAt = performance.now()
      expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
      tookMs.push(performance.now() - startedAt)
      grownKib.push((await peakKib()).peak - before.now)
    }
    // Of each the best of five: other work of the process grows it now and then.
    expect(Math.min(...grownKib)).toBeLessThan(30 * KIB)
    expect(Math.min(...tookMs)).toBeLessThan(200)
  },
  RUN_MS_MAX,
)
