import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../services/cli/config.ts'
import type { LiveDeps } from '../../services/cli/live/running-service.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import type { Bus } from '../../shared/bus/bus.ts'
import { toJsonMessage } from '../../shared/bus/json-messages.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { STORE_TABLES } from '../../shared/store/store.ts'
import { CANARY_OTLP, CANARY_WEBHOOKS, hourOld } from '../support/canary-deliveries.ts'
import {
  CANARY,
  COMBINED_EVENTS,
  COMBINED_REJECTS,
  JSON_EVENTS,
  JSON_REJECTS,
  logOf,
  MARKER,
} from '../support/canary-log.ts'
import { FAKE_TOKEN, type FakeSlack, startFakeSlack } from '../support/fake-slack.ts'
import { document, openIncident } from '../unit/services/notifier/notifier-world.ts'

let directory: string
let slack: FakeSlack
let services: RunningServices
let bus: Bus
/** Whatever the server wrote into its own log, or answered. */
const logged: string[] = []
const answered: string[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-privacy-'))
  slack = await startFakeSlack()
  const config = await readConfig(undefined, {
    CULPRIT_LISTEN__PORT: '0',
    CULPRIT_LISTEN__DRAIN: '0s',
    CULPRIT_DATA_DIRECTORY: directory,
    CULPRIT_NOTIFY__SLACK__BOT_TOKEN: FAKE_TOKEN,
    CULPRIT_NOTIFY__SLACK__CHANNEL: '#incidents',
    CULPRIT_NOTIFY__SLACK__API_URL: slack.apiUrl,
    CULPRIT_NOTIFY__SLACK__SIGNING_SECRET: CANARY,
    CULPRIT_NOTIFY__ALLOWED_HOSTS: '[127.0.0.1]',
  })
  const alongside = async (deps: LiveDeps) => {
    bus = deps.bus
    return { routes: [], stop: async () => {} }
  }
  const log = createLog({ level: 'debug', write: (line) => void logged.push(line) })
  services = await startServices({ log, nowMs: Date.now }, config, { also: [alongside] })
})

afterAll(async () => {
  await slack.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(`${services.address}${path}`, init)
  const text = await response.text()
  answered.push(text)
  return { status: response.status, text }
}

function send(path: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const separator = path.includes('?') ? '&' : '?'
  return ask(`${path}${separator}token=${CANARY}`, { method: 'POST', body: hourOld(body, Date.now()), headers })
}

async function sendAll(): Promise<void> {
  const log = logOf(COMBINED_EVENTS, COMBINED_REJECTS)
  expect(await send('/api/v1/events?format=combined', log)).toMatchObject({ status: 202 })
  expect(await send('/api/v1/events?format=ndjson', logOf(JSON_EVENTS, JSON_REJECTS))).toMatchObject({ status: 202 })
  const json = { 'content-type': 'application/json', cookie: `sid=${CANARY}` }
  expect(await send('/v1/logs', JSON.stringify(CANARY_OTLP), json)).toMatchObject({ status: 200 })
  for (const [sender, headers, body] of CANARY_WEBHOOKS) {
    const { status, text } = await send(`/webhooks/${sender}`, JSON.stringify(body), { ...json, ...headers })
    expect([sender, status, JSON.parse(text)]).toMatchObject([sender, 202, { accepted: 1 }])
  }
  expect(await send('/webhooks/github', `{"token":"${CANARY}"`, json)).toMatchObject({ status: 400 })
  expect(await ask(`/nothing?token=${CANARY}`, { headers: { authorization: `Bearer ${CANARY}` } })).toMatchObject({
    status: 404,
  })
}

const listSchema = z.object({ items: z.array(z.looseObject({ id: z.string() })) })

/** An incident that blames the changes, told on Slack. */
async function tellOf(changes: z.infer<typeof listSchema>['items']): Promise<void> {
  const nowMs = Date.now()
  const times = { startedAtMs: nowMs - 60_000, detectedAtMs: nowMs - 40_000, updatedAtMs: nowMs }
  const told = document(openIncident(times))
  const { suspects: samples } = z.object({ suspects: z.array(z.looseObject({})) }).parse(told)
  const suspects = changes.flatMap((change) => samples.map((sample) => ({ ...sample, change_id: change.id, change })))
  await bus.publish('incidents', [toJsonMessage(told.id, { ...told, suspects })])
  await expect.poll(() => JSON.stringify(slack.posts), { timeout: 20_000 }).toContain(MARKER)
}

/** The tables with a row that has the text, and the files. */
async function findOnDisk(text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path)
  }
  const store = await openEmbeddedStore({ path: join(directory, 'store') })
  for (const table of STORE_TABLES) {
    const sql = `SELECT countIf(position(toString(tuple(*)), {text:String}) > 0) AS n FROM ${table}`
    const [row] = await store.query(z.object({ n: z.coerce.number() }), sql, { text })
    if (row !== undefined && row.n > 0) found.push(table)
  }
  await store.close()
  return found
}

const READ = ['changes', 'incidents', 'rejects', 'services', 'services/shop', 'services/shop/timeseries', 'silences']
  .concat(['settings', 'status', 'diagnosis', 'changes/record'])
  .map((path) => `/api/v1/${path}`)
  .concat('/metrics')

test('secrets in queries, headers and what deploys are in no table, file, log, message or answer of the server', {
  timeout: 90_000,
}, async () => {
  await sendAll()
  const changes = () => ask('/api/v1/changes').then(({ text }) => listSchema.parse(JSON.parse(text)).items)
  await expect.poll(changes, { timeout: 20_000 }).toHaveLength(CANARY_WEBHOOKS.length)
  await tellOf(await changes())
  for (const path of READ) expect([path, (await ask(path)).status]).toEqual([path, 200])
  for (const { id } of await changes()) await ask(`/api/v1/changes/${encodeURIComponent(id)}`)
  expect(answered.filter((text) => text.includes(CANARY))).toEqual([])
  expect(answered.filter((text) => text.includes(MARKER)).length).toBeGreaterThan(3)
  expect(answered.filter((text) => text.includes(FAKE_TOKEN))).toEqual([])
  await services.stop()
  expect(logged.filter((line) => line.includes(CANARY) || line.includes(FAKE_TOKEN))).toEqual([])
  expect(JSON.stringify(slack.calls.map((call) => call.arguments))).not.toContain(CANARY)
  expect(await findOnDisk(CANARY)).toEqual([])
  expect(await findOnDisk(MARKER)).toEqual(expect.arrayContaining(['access_events', 'changes', 'rejects']))
})
