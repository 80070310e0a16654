import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { runHere } from './run-culprit.ts'

let directory: string
let services: RunningServices
/** What the server takes the clock to be ahead. */
let aheadMs = 0

const start = async () => {
  const config = await readConfig(undefined, {
    CULPRIT_LISTEN__PORT: '0',
    CULPRIT_LISTEN__DRAIN: '0s',
    CULPRIT_DATA_DIRECTORY: directory,
  })
  const nowMs = () => Date.now() + aheadMs
  return startServices({ log: createLog({ level: 'silent', write: () => {} }), nowMs }, config)
}

const startEmpty = async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-live-'))
  services = await start()
}

const end = async () => {
  await services.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
}

// One server for all but the last, which tells of an hour before anything was judged.
beforeAll(startEmpty, 60_000)
afterAll(end, 60_000)

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${services.address}${path}`, { method: 'POST', body, headers })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

async function list(path: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${services.address}${path}`)
  const { items } = (await response.json()) as { items: Record<string, unknown>[] }
  return items
}

/** End of the newest cell that this server judged, epoch seconds. */
async function judgedUntil(): Promise<number> {
  const metrics = await (await fetch(`${services.address}/metrics`)).text()
  return Number(/^culprit_detector_judged_until_seconds (\d+)$/m.exec(metrics)?.[1])
}

const HOUR_CELLS = 360
/** So long before the end that what happens then is another incident. */
const BAD_CELLS = 42
const CELL_MS = 10_000

/** An hour of two services up to now, by the cell; checkout fails 15 % for the last seven minutes. */
function hourOfTraffic(): string {
  const end = Math.floor(Date.now() / CELL_MS) * CELL_MS - 2 * CELL_MS
  const lines: object[] = []
  for (let cell = 0; cell < HOUR_CELLS; cell++) {
    const ts = new Date(end - (HOUR_CELLS - cell) * CELL_MS).toISOString()
    const isBad = cell >= HOUR_CELLS - BAD_CELLS
    for (const [service, errors] of [
      ['checkout', isBad ? 45 : Number(cell % 7 === 0)],
      ['search', Number(cell % 9 === 0)],
    ] as const) {
      const event = { ts, service, method: 'GET', route: `/${service}/{id}`, version: isBad ? 'v42' : 'v41' }
      lines.push({ ...event, status: 200, count: 300 - errors })
      if (errors > 0) lines.push({ ...event, status: 500, count: errors })
    }
  }
  return lines.map((line) => JSON.stringify(line)).join('\n')
}

test('the same Idempotency-Key stores its events once', async () => {
  const event = JSON.stringify({ ts: new Date().toISOString(), service: 'shop', path: '/a', status: 200 })
  for (let attempt = 0; attempt < 3; attempt++) {
    const sent = await post('/api/v1/events?format=ndjson', event, { 'idempotency-key': 'once' })
    expect(sent).toMatchObject({ status: 202, answer: { accepted: 1 } })
  }
  await services.stop()
  const store = await openEmbeddedStore({ path: join(directory, 'store') })
  const rows = await store.query(z.object({ n: z.coerce.number() }), 'SELECT count() AS n FROM access_events')
  await store.close()
  expect(rows).toEqual([{ n: 1 }])
  services = await start()
})

test('a wrong request is told what is wrong with it', async () => {
  const bad = await post('/api/v1/changes', '{"ts":"2026-10-02T12:00:00Z","kind":"depoly"}')
  expect(bad).toMatchObject({ status: 400, answer: { code: 'bad_input', status: 400 } })
  expect(bad.answer['detail']).toContain('changes line 1: kind')
  expect(await post('/api/v1/events?format=nginxx', 'a')).toMatchObject({ status: 400 })
  expect(await post('/api/v1/nothing', 'a')).toMatchObject({ status: 404, answer: { code: 'not_found' } })
})

const COMMAND_LINES = { timeout: 120_000 }

test('the command line sends a change and lists what the server knows', COMMAND_LINES, async () => {
  const culprit = (...args: string[]) => runHere([...args, '--server', services.address])
  const sent = await culprit('change', '--service', 'checkout', '--version', 'v42', '--author', 'ana', '--id', 'd42')
  expect(sent).toMatchObject({ code: 0, stdout: 'the change is known as d42\n' })
  expect((await culprit('changes')).stdout).toContain('checkout: deploy v42 by ana (succeeded)')
  expect((await culprit('incidents')).stdout).toBe('No incident. All is as it normally is.\n')
  expect(await culprit('incidents', 'inc_0')).toMatchObject({ code: 1, stderr: expect.stringContaining('no incident') })
  expect(await culprit('change', '--kind', 'depoly')).toMatchObject({ code: 2 })
})

test('the command line shows a change and deletes one sent by mistake, once', COMMAND_LINES, async () => {
  const culprit = (...args: string[]) => runHere([...args, '--server', services.address])
  await post('/api/v1/changes', JSON.stringify({ id: 'd42', ts: Date.now(), service: 'checkout', author: 'ana' }))
  expect((await culprit('changes', 'd42')).stdout).toMatch(/^author +ana$[\s\S]*^verdict +undetermined$/m)
  expect(await culprit('changes', 'd42', '--delete')).toMatchObject({ code: 0 })
  expect((await culprit('changes')).stdout).toBe('No change is known.\n')
  expect(await culprit('changes', 'd42', '--delete')).toMatchObject({ code: 1, stderr: expect.stringContaining('d42') })
  expect(await culprit('incidents', 'inc_0', '--resolve')).toMatchObject({ code: 1 })
  expect(await culprit('incidents', '--resolve')).toMatchObject({ code: 2 })
})

test('says whether it lives and is ready', async () => {
  for (const path of ['/healthz', '/readyz']) expect((await fetch(`${services.address}${path}`)).status).toBe(200)
})

test('tells Prometheus what it took and how far it has judged', async () => {
  await post(
    '/api/v1/events?format=ndjson',
    `${JSON.stringify({ ts: new Date().toISOString(), status: 200 })}\nno event`,
  )
  const text = await (await fetch(`${services.address}/metrics`)).text()
  expect(text).toContain('culprit_events_accepted_total 1')
  expect(text).toContain('culprit_lines_rejected_total 1')
  await expect.poll(judgedUntil, { timeout: 20_000 }).toBeGreaterThan(Date.now() / 1000 - 60)
})

const HEAVY = [
  '/services',
  '/changes?limit=200',
  '/services/checkout/timeseries?from={week}&group_by=route',
  '/services/checkout/timeseries?from={hours}&group_by=host',
]

/** Of each, so that no client asks more often than it may. */
const QUESTIONS_MAX = 300

/** Asks heavy questions, four at a time, until it is told to end. */
async function askMuch(signal: AbortSignal): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
  const ask = async (path: string) => {
    const asked = path.replace('{week}', ago(168)).replace('{hours}', ago(5))
    for (let times = 0; times < QUESTIONS_MAX && !signal.aborted; times++)
      expect((await fetch(`${services.address}/api/v1${asked}`)).status).toBe(200)
  }
  await Promise.all(HEAVY.map(ask))
}

test('events and a change go in over HTTP, and the incident with its suspect comes out while four people ask much; silence is one of its own, and closes none', {
  timeout: 180_000,
}, async () => {
  await end()
  await startEmpty()
  const deployedAt = new Date(
    Math.floor(Date.now() / CELL_MS) * CELL_MS - (BAD_CELLS + 2) * CELL_MS - 15_000,
  ).toISOString()
  const change = { ts: deployedAt, kind: 'deploy', service: 'checkout', version: 'v42', previous_version: 'v41' }
  const told = await post('/api/v1/changes', JSON.stringify({ id: 'deploy-42', ...change }))
  expect(told).toEqual({ status: 202, answer: { accepted: 1, ids: ['deploy-42'] } })
  const enough = new AbortController()
  const asking = askMuch(enough.signal)
  const sent = await post('/api/v1/events?format=ndjson', `${hourOfTraffic()}\nno event\n`)
  expect(sent).toMatchObject({ status: 202, answer: { rejected: 1, errors: [{ reason: 'not-json' }] } })

  await expect.poll(() => list('/api/v1/incidents'), { timeout: 90_000, interval: 250 }).toHaveLength(1)
  enough.abort()
  await asking
  const [incident] = await list('/api/v1/incidents')
  expect(incident).toMatchObject({ service: 'checkout', cause: 'change', state: 'open' })
  expect(incident?.['suspects']).toMatchObject([{ change_id: 'deploy-42' }])
  const one = await fetch(`${services.address}/api/v1/incidents/${String(incident?.['id'])}`)
  expect(await one.json()).toEqual(incident)

  const said = await runHere([
    ...['incidents', String(incident?.['id']), '--acknowledge', '--author', 'ana', '--note', 'on it'],
    ...['--server', services.address],
  ])
  expect(said).toMatchObject({ code: 0 })
  expect(await list('/api/v1/incidents')).toMatchObject([{ state: 'acknowledged', acknowledged_by: 'ana' }])

  // The same data directory again: the incident is the same one.
  await services.stop()
  services = await start()
  expect(await list('/api/v1/incidents')).toMatchObject([{ id: incident?.['id'], acknowledged_by: 'ana' }])
  const shown = await runHere(['incidents', String(incident?.['id']), '--server', services.address])
  expect(shown.stdout).toMatch(/acknowledged\s+\d\d:\d\d:\d\d by ana: on it/)

  // Nothing was sent since, for longer than ten minutes by the clock of a server that has run for as long.
  await expect.poll(judgedUntil, { timeout: 20_000, interval: 250 }).toBeGreaterThan(0)
  aheadMs = 13 * 60_000
  const drops = async () => (await list('/api/v1/incidents')).filter(({ signal }) => signal === 'traffic_drop')
  await expect.poll(drops, { timeout: 30_000, interval: 250 }).toMatchObject([{ state: 'open' }])
  const others = (await list('/api/v1/incidents')).filter(({ signal }) => signal !== 'traffic_drop')
  expect(others).toMatchObject([{ id: incident?.['id'], state: 'acknowledged', resolved_at: null }])
})
