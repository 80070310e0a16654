import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { canMount, fillDisk, onSmallDisk } from '../support/small-disk.ts'
import { canCompile, createSyncFault } from '../support/sync-fault.ts'
import { type StartedCulprit, type StartOptions, startCulprit } from './start-culprit.ts'

const DISK_KIB = 96 * 1024
const POSTS_AT_ONCE = 12
const RUN_MS_MAX = 180_000

const canFill = canMount(tmpdir())
const canFault = canCompile()

let directory: string
let culprit: StartedCulprit

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-failing-disk-'))
})

async function start({ environment, ...options }: StartOptions): Promise<void> {
  culprit = await startCulprit(directory, {
    environment: { CULPRIT_LOG_LEVEL: 'silent', ...environment },
    ...options,
  })
}

afterEach(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

interface Answers {
  readonly events: readonly number[]
  readonly change: number
}

/** Posts events, each of a host of its own, and a change; returns the statuses of the answers, those of events each once. */
async function post(name: string): Promise<Answers> {
  const ts = new Date().toISOString()
  const events = hostsOf(name).map((host) => ({ ts, service: 'shop', path: '/pay', status: 200, host }))
  const change = { id: `deploy-${name}`, ts, kind: 'deploy', service: 'shop' }
  const answers = await Promise.all([
    send('changes', change, name),
    ...events.map((event) => send('events?format=ndjson', event, event.host)),
  ])
  for (const { status, headers } of answers)
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  const [first = 0, ...others] = answers.map(({ status }) => status)
  return { events: [...new Set(others)], change: first }
}

const KEPT = { events: [202], change: 202 }
const REFUSED = { events: [503], change: 503 }

function send(path: string, sent: object, key: string): Promise<Response> {
  return fetch(`${culprit.address}/api/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(sent),
    headers: { 'idempotency-key': key },
  })
}

const hostsOf = (name: string) => Array.from({ length: POSTS_AT_ONCE }, (_, number) => `${name}-${number}`)

async function requestsTold(): Promise<number> {
  const answer = await fetch(`${culprit.address}/api/v1/services/shop/timeseries`)
  const { requests } = z.object({ requests: z.array(z.number()) }).parse(await answer.json())
  return requests.reduce((all, some) => all + some, 0)
}

async function changesTold(): Promise<number> {
  const answer = await fetch(`${culprit.address}/api/v1/changes`)
  return z.object({ items: z.array(z.unknown()) }).parse(await answer.json()).items.length
}

async function readStore(path: string) {
  const store = await openEmbeddedStore({ path })
  const row = z.object({
    hosts: z.array(z.string()),
    fine: z.coerce.number(),
    coarse: z.coerce.number(),
    changes: z.array(z.string()),
  })
  const [found] = await store.query(
    row,
    `SELECT (SELECT groupArray(host) FROM access_events) AS hosts, (SELECT sum(requests) FROM cells_10s) AS fine,
       (SELECT sum(requests) FROM cells_1m) AS coarse, (SELECT groupArray(id) FROM changes FINAL) AS changes`,
  )
  await store.close()
  return found
}

test.skipIf(!canFill)(
  'on a full disk nothing is acknowledged; once there is space again all is stored once, without a restart',
  { timeout: RUN_MS_MAX },
  async () => {
    await start({ through: onSmallDisk('data', DISK_KIB) })
    const pid = culprit.process.pid ?? 0
    expect(await post('before')).toEqual(KEPT)
    const empty = await fillDisk(pid, join(directory, 'data'))
    expect(await post('during')).toEqual(REFUSED)
    expect(await post('during')).toEqual(REFUSED)
    expect(await requestsTold()).toBe(POSTS_AT_ONCE)
    await empty()
    expect(await post('during')).toEqual(KEPT)
    expect(await post('after')).toEqual(KEPT)
    await expect.poll(requestsTold, { timeout: 20_000 }).toBe(3 * POSTS_AT_ONCE)

    // What a crash would leave: the disk itself is gone with the process.
    process.kill(pid, 'SIGSTOP')
    await cp(`/proc/${pid}/root${directory}/data`, join(directory, 'copy'), { recursive: true })
    culprit.process.kill('SIGKILL')
    await culprit.ended
    await expectStored(join(directory, 'copy'), ['before', 'during', 'after'])
  },
)

test.skipIf(!canFault)(
  'a change that the disk does not confirm is not acknowledged, and no event is lost over it; all is well once it does again',
  { timeout: RUN_MS_MAX },
  async () => {
    const fault = await createSyncFault(directory)
    await start({ environment: fault.environment })
    expect(await post('before')).toEqual(KEPT)
    await fault.begin()
    // Events are safe from the end of the process, not of the machine: the engine does not wait for the disk.
    expect(await post('during')).toEqual({ events: [202], change: 503 })
    await fault.end()
    expect(await post('during')).toEqual(KEPT)
    expect(await post('after')).toEqual(KEPT)
    culprit.process.kill('SIGKILL')
    await culprit.ended
    // What the process had acknowledged and not yet stored, the next one stores.
    await start({})
    await expect.poll(changesTold, { timeout: 20_000 }).toBe(3)
    culprit.process.kill('SIGTERM')
    await culprit.ended
    await expectStored(join(directory, 'data'), ['before', 'during', 'after'])
  },
)

async function expectStored(path: string, names: readonly string[]): Promise<void> {
  const stored = await readStore(join(path, 'store'))
  expect(stored).toMatchObject({ fine: names.length * POSTS_AT_ONCE, coarse: names.length * POSTS_AT_ONCE })
  expect(stored?.hosts.toSorted()).toEqual(names.flatMap(hostsOf).toSorted())
  expect(stored?.changes.toSorted()).toEqual(names.map((name) => `deploy-${name}`).toSorted())
}
