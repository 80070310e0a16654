import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { document, openIncident } from '../unit/services/notifier/notifier-world.ts'

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

test('an incident is told on Slack with its picture, muted over HTTP, told once over a restart; the heart beats', {
  timeout: 90_000,
}, async () => {
  const first = await start()
  const incident = failing()
  await first.bus.publish('incidents', [toJsonMessage(incident.id, incident)])
  await expect.poll(() => JSON.stringify(slack.posts[0]?.message ?? {}), { timeout: 20_000 }).toContain('slack_file')
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
  await second.services.stop()
  expect(slack.posts).toHaveLength(1)
})
