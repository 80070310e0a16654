import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { canMount, fillDisk, onSmallDisk } from '../support/small-disk.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

const DISK_KIB = 96 * 1024
const POSTS_AT_ONCE = 12
const RUN_MS_MAX = 180_000

const canFill = canMount(tmpdir())

let directory: string
let culprit: StartedCulprit

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-full-disk-'))
  const environment = { CULPRIT_LOG_LEVEL: 'silent' }
  culprit = await startCulprit(directory, { environment, through: onSmallDisk('data', DISK_KIB) })
}, 60_000)

afterEach(async () => {
  culprit.process.kill('SIGKILL')
  await culprit.ended
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

/** Posts events, each of a host of its own, and a change; returns the statuses of the answers, each once. */
async function post(name: string): Promise<number[]> {
  const ts = new Date().toISOString()
  const events = hostsOf(name).map((host) => ({ ts, service: 'shop', path: '/pay', status: 200, host }))
  const answers = await Promise.all([
    ...events.map((event) => send('events?format=ndjson', event, event.host)),
    send('changes', { id: `deploy-${name}`, ts, kind: 'deploy', service: 'shop' }, name),
  ])
  for (const { status, headers } of answers)
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  return [...new Set(answers.map(({ status }) => status))]
}

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
    const pid = culprit.process.pid ?? 0
    expect(await post('before')).toEqual([202])
    const empty = await fillDisk(pid, join(directory, 'data'))
    expect(await post('during')).toEqual([503])
    expect(await post('during')).toEqual([503])
    expect(await requestsTold()).toBe(POSTS_AT_ONCE)
    await empty()
    expect(await post('during')).toEqual([202])
    expect(await post('after')).toEqual([202])
    await expect.poll(requestsTold, { timeout: 20_000 }).toBe(3 * POSTS_AT_ONCE)

    // What a crash would leave: the disk itself is gone with the process.
    process.kill(pid, 'SIGSTOP')
    await cp(`/proc/${pid}/root${directory}/data`, join(directory, 'copy'), { recursive: true })
    culprit.process.kill('SIGKILL')
    await culprit.ended
    const acknowledged = ['before', 'during', 'after']
    const stored = await readStore(join(directory, 'copy', 'store'))
    expect(stored).toMatchObject({ fine: 3 * POSTS_AT_ONCE, coarse: 3 * POSTS_AT_ONCE })
    expect(stored?.hosts.toSorted()).toEqual(acknowledged.flatMap(hostsOf).toSorted())
    expect(stored?.changes.toSorted()).toEqual(acknowledged.map((name) => `deploy-${name}`).toSorted())
  },
)
