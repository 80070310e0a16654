import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../services/cli/config.ts'
import type { LiveDeps } from '../../services/cli/live/running-service.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import { storeIncidents } from '../../services/correlator/io/write-findings.ts'
import type { Bus } from '../../shared/bus/bus.ts'
import { toJsonMessage } from '../../shared/bus/json-messages.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import type { IncidentDocument } from '../../shared/domain/incident-wire.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { FAKE_TOKEN, type FakeSlack, startFakeSlack } from '../support/fake-slack.ts'
import { type HttpSink, startHttpSink } from '../support/http-sink.ts'
import { document, HOOK_SECRET, openIncident } from '../unit/services/notifier/notifier-world.ts'

const SLACK_SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
let directory: string
let slack: FakeSlack
let sink: HttpSink

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culprit-notify-'))
  slack = await startFakeSlack()
  sink = await startHttpSink()
})

afterAll(async () => {
  await slack.close()
  await sink.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

async function start(): Promise<{ services: RunningServices; bus: Bus }> {
  const config = await readConfig(undefined, {
    CULPRIT_LISTEN__PORT: '0',
    CULPRIT_LISTEN__DRAIN: '0s',
    CULPRIT_DATA_DIRECTORY: directory,
    CULPRIT_NOTIFY__SLACK__BOT_TOKEN: FAKE_TOKEN,
    CULPRIT_NOTIFY__SLACK__CHANNEL: '#incidents',
    CULPRIT_NOTIFY__SLACK__API_URL: slack.apiUrl,
    CULPRIT_NOTIFY__SLACK__SIGNING_SECRET: SLACK_SECRET,
    CULPRIT_NOTIFY__ROLLBACK__URL: `${sink.url}/rollback`,
    CULPRIT_NOTIFY__ROLLBACK__SECRET: HOOK_SECRET,
    CULPRIT_NOTIFY__ROLLBACK__DRY_RUN: 'false',
    CULPRIT_NOTIFY__ALLOWED_HOSTS: '[127.0.0.1]',
    CULPRIT_NOTIFY__HEARTBEAT__URL: `${sink.url}/beat`,
    CULPRIT_NOTIFY__HEARTBEAT__EVERY: '10s',
  })
  const buses: Bus[] = []
  const alongside = async ({ bus }: LiveDeps) => {
    buses.push(bus)
    return { routes: [], stop: async () => {} }
  }
  const log = createLog({ level: 'silent', write: () => {} })
  const services = await startServices({ log, nowMs: Date.now }, config, { also: [alongside] })
  const [bus] = buses
  if (bus === undefined) throw new Error('no bus')
  return { services, bus }
}

/** As the correlator would have stored it. */
async function store(incident: IncidentDocument): Promise<void> {
  const own = await openEmbeddedStore({ path: join(directory, 'store') })
  await storeIncidents(own, [incident])
  await own.close()
}

const failing = (fields: Partial<Incident> = {}) => {
  const nowMs = Date.now()
  return document(
    openIncident({ startedAtMs: nowMs - 60_000, detectedAtMs: nowMs - 40_000, updatedAtMs: nowMs, ...fields }),
  )
}

/** Presses the first button of this name under the message, as Slack would say so. */
async function press(address: string, action: string): Promise<number> {
  const blocks = (slack.posts[0]?.message['blocks'] ?? []) as { elements?: { action_id?: string; value?: string }[] }[]
  const button = blocks.flatMap(({ elements = [] }) => elements).find(({ action_id }) => action_id === action)
  const actions = [{ action_id: action, action_ts: String(Date.now()), value: button?.value }]
  const payload = { type: 'block_actions', user: { id: 'U1', username: 'ana' }, actions }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const seconds = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', SLACK_SECRET).update(`v0:${seconds}:${body}`).digest('hex')
  const answer = await fetch(`${address}/webhooks/slack/interactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  })
  return answer.status
}

const askedToRollBack = () => sink.requests.filter(({ path }) => path === '/rollback')

test('an incident is told on Slack with its picture, rolled back by a button, muted over HTTP, told once over a restart; the heart beats', {
  timeout: 90_000,
}, async () => {
  const first = await start()
  const incident = failing()
  await first.bus.publish('incidents', [toJsonMessage(incident.id, incident)])
  await expect.poll(() => JSON.stringify(slack.posts[0]?.message ?? {}), { timeout: 20_000 }).toContain('slack_file')
  expect(await press(first.services.address, 'roll_back')).toBe(200)
  await expect.poll(() => JSON.stringify(slack.posts), { timeout: 20_000 }).toContain('ana started the rollback')
  expect(await press(first.services.address, 'roll_back')).toBe(200)
  const muted = await fetch(`${first.services.address}/api/v1/silences`, {
    method: 'POST',
    body: JSON.stringify({ author: 'ana', service: 'checkout', duration: '1h' }),
  })
  expect(muted.status).toBe(202)
  await expect.poll(() => JSON.stringify(slack.posts[0]?.message), { timeout: 20_000 }).toContain('muted by ana')
  await expect.poll(() => sink.requests.map(({ path }) => path), { timeout: 20_000 }).toContain('/beat')
  await first.services.stop()
  await store(incident)

  const second = await start()
  await second.bus.publish('incidents', [toJsonMessage(incident.id, failing({ observedRate: 0.5 }))])
  await expect.poll(() => slack.posts[0]?.message['text'], { timeout: 20_000 }).toContain('50 % of requests')
  const silences = (await (await fetch(`${second.services.address}/api/v1/silences`)).json()) as { items: unknown[] }
  expect(silences.items).toMatchObject([{ author: 'ana', service: 'checkout' }])
  const told = (await (await fetch(`${second.services.address}/api/v1/incidents/${incident.id}`)).json()) as object
  expect(told).toMatchObject({ id: incident.id, notified_at: expect.stringMatching(/^\d{4}-.*Z$/) })
  expect(JSON.stringify(slack.posts[0]?.message)).toContain('ana started the rollback')
  await second.services.stop()
  expect(slack.posts.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1)
  expect(askedToRollBack()).toHaveLength(1)
  const [{ headers, body } = { headers: {}, body: '' }] = askedToRollBack()
  expect(new Webhook(HOOK_SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'rollback.requested',
    data: { service: 'checkout', change_id: 'd42', requested_by: 'ana' },
  })
})
