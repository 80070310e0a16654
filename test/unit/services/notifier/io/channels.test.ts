import type { LookupAddress } from 'node:dns'
import { createServer as createTlsServer } from 'node:tls'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Channel, DeliveryError } from '../../../../../services/notifier/io/channel.ts'
import { createEmail } from '../../../../../services/notifier/io/email.ts'
import { createGrafana } from '../../../../../services/notifier/io/grafana.ts'
import { createOpsgenie } from '../../../../../services/notifier/io/opsgenie.ts'
import { createPagerDuty, sendPagerDutyChange } from '../../../../../services/notifier/io/pagerduty.ts'
import { createSlackWebhook } from '../../../../../services/notifier/io/slack-webhook.ts'
import { createTeams } from '../../../../../services/notifier/io/teams.ts'
import { createWebhook } from '../../../../../services/notifier/io/webhook.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { createGuardedConnect } from '../../../../../shared/runtime/guarded-connect.ts'
import { createGuardedFetch } from '../../../../../shared/runtime/guarded-fetch.ts'
import { startFakeSlack } from '../../../../support/fake-slack.ts'
import { type HttpSink, startHttpSink } from '../../../../support/http-sink.ts'
import { deploy, incident } from '../../cli/incident-samples.ts'
import {
  createClock,
  createNoticeTable,
  document,
  openIncident,
  sampleMessage,
  sampleNotices,
  startNotifier,
} from '../notifier-world.ts'

const fetch = createGuardedFetch({ allowedHosts: ['127.0.0.1'] })
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
let sink: HttpSink

beforeEach(async () => {
  sink = await startHttpSink()
})
afterEach(() => sink.close())

/** The plain story on a channel: it opens, somebody takes it, it is over. */
async function tellStory(channel: Channel): Promise<void> {
  const clock = createClock()
  const notifier = startNotifier({ clock, channel, table: createNoticeTable() })
  const story: Incident[] = [openIncident(), openIncident({ state: 'acknowledged' }), incident()]
  for (const stage of story) {
    await notifier.takeIncidents([document(stage)])
    await notifier.idle()
    clock.advance(10 * 60_000)
  }
}

const sunk = () => sink.requests.map(({ method, path, body }) => ({ method, path, body: JSON.parse(body) as unknown }))

test('PagerDuty: the alert of an incident is triggered, acknowledged and resolved', async () => {
  await tellStory(createPagerDuty(fetch, { routingKey: 'key-key-key', apiUrl: sink.url }))
  const summary = 'checkout is failing 8.1 % of requests: very likely deploy v42 by ana, 94 %'
  expect(sunk()).toMatchObject([
    {
      path: '/v2/enqueue',
      body: { event_action: 'trigger', dedup_key: 'inc_1', payload: { summary, severity: 'critical' } },
    },
    { path: '/v2/enqueue', body: { event_action: 'acknowledge', dedup_key: 'inc_1', routing_key: 'key-key-key' } },
    { path: '/v2/enqueue', body: { event_action: 'resolve', dedup_key: 'inc_1' } },
  ])
})

test('PagerDuty: a change is shown beside the incidents', async () => {
  await sendPagerDutyChange(fetch, { routingKey: 'key-key-key', apiUrl: sink.url }, deploy)
  expect(sunk()).toMatchObject([
    {
      path: '/v2/change/enqueue',
      body: { payload: { summary: 'checkout deploy v42 by ana', timestamp: '2026-10-02T14:02:50.000Z' } },
    },
  ])
})

test('Opsgenie: the alert is made, acknowledged and closed under the name of the incident', async () => {
  await tellStory(createOpsgenie(fetch, { apiKey: 'genie-key', apiUrl: sink.url }))
  expect(sunk()).toMatchObject([
    { path: '/v2/alerts', body: { alias: 'inc_1', priority: 'P1', message: 'checkout is failing 8.1 % of requests' } },
    { path: '/v2/alerts/inc_1/acknowledge?identifierType=alias' },
    { path: '/v2/alerts/inc_1/close?identifierType=alias' },
  ])
  expect(sink.requests[0]?.headers['authorization']).toBe('GenieKey genie-key')
})

test('Teams: a card each time, names in runs that are shown literally', async () => {
  await tellStory(createTeams(fetch, { url: `${sink.url}/workflow` }))
  expect(sink.requests).toHaveLength(3)
  const cards = sunk().map(
    ({ body }) => body as { attachments: { content: { version: string; body: { type: string }[] } }[] },
  )
  expect(new Set(cards.flatMap(({ attachments }) => attachments[0]?.content.body.map(({ type }) => type)))).toEqual(
    new Set(['RichTextBlock']),
  )
  expect(JSON.stringify(cards[2])).toContain('checkout is back to normal after 16 min')
})

test('a webhook gets each notice with the incident as the API writes it, under a signature that verifies', async () => {
  await tellStory(createWebhook(fetch, { url: sink.url, secret: WEBHOOK_SECRET, nowMs: Date.now }))
  expect(sunk()).toMatchObject([
    { body: { type: 'incident.opened', data: { incident: { id: 'inc_1', excess_errors: 724 } } } },
    { body: { type: 'incident.acknowledged' } },
    { body: { type: 'incident.recovered', data: { incident: { state: 'resolved' } } } },
  ])
  const receiver = new Webhook(WEBHOOK_SECRET)
  for (const { body, headers } of sink.requests) receiver.verify(body, headers as Record<string, string>)
  expect(new Set(sink.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
})

test('Grafana: one annotation, which ends with the incident', async () => {
  await tellStory(createGrafana(fetch, { url: sink.url, token: 'glsa_token' }))
  expect(sunk()).toMatchObject([
    { method: 'POST', path: '/api/annotations', body: { tags: expect.arrayContaining(['service:checkout']) } },
    { method: 'PATCH', path: '/api/annotations/7' },
    { method: 'PATCH', path: '/api/annotations/7', body: { timeEnd: Date.parse('2026-10-02T14:19:00Z') } },
  ])
})

test("an incoming webhook of Slack gets messages that Slack's limits allow, with links instead of buttons", async () => {
  const slack = await startFakeSlack()
  await tellStory(createSlackWebhook(fetch, { url: slack.webhookUrl }))
  expect(slack.posts).toHaveLength(3)
  expect(JSON.stringify(slack.posts)).not.toContain('acknowledge"')
  expect(JSON.stringify(slack.posts[0])).toContain('https://culprit.example.com/incidents/inc_1')
  await slack.close()
})

/** A mail server on this machine that speaks no TLS. */
async function startMailServer() {
  const mails: string[] = []
  let connections = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_session, done) {
      connections += 1
      done()
    },
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  return {
    mails,
    port,
    connections: () => connections,
    close: () => new Promise<void>((done) => server.close(() => done())),
  }
}

/** Every name is one of this machine's. */
const resolve = ((_name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) =>
  callback(null, [{ address: '127.0.0.1', family: 4 }])) as never
const mailTo = (smtpUrl: string, allowedHosts: readonly string[]) =>
  createEmail(createGuardedConnect({ allowedHosts, resolve }), {
    smtpUrl,
    from: 'culprit@example.com',
    to: ['on-call@example.com'],
  })
const plainDelivery = () => ({
  message: sampleMessage(),
  document: document(openIncident()),
  notices: sampleNotices(),
  receipt: undefined,
  drawChart: async () => undefined,
})

test('mail: a message each time, the later ones answers to the first', async () => {
  const { mails, port, close } = await startMailServer()
  await tellStory(mailTo(`smtp://mail.example.com:${port}`, ['mail.example.com']))
  await close()
  expect(mails).toHaveLength(3)
  const [first = '', second = ''] = mails
  const id = /^Message-ID: (<.+>)/im.exec(first)?.[1] ?? 'none'
  expect(first).toContain('Subject: [critical] checkout is failing 8.1 % of requests')
  expect(second).toContain(`In-Reply-To: ${id}`)
})

test('a mail server on a private address is not connected to, whatever its name', async () => {
  const { port, connections, close } = await startMailServer()
  for (const host of ['127.0.0.1', '[::1]', 'mail.example.com', '10.0.0.1', '169.254.169.254'])
    await expect(mailTo(`smtp://${host}:${port}`, []).send(plainDelivery())).rejects.toMatchObject({
      code: 'address_refused',
      retryable: false,
    })
  expect(connections()).toBe(0)
  await close()
})

test('a mail server that is not allowed by name gets nothing without TLS', async () => {
  const { mails, port, close } = await startMailServer()
  const trusting = createGuardedConnect({ allowedHosts: ['127.0.0.1'] })
  const channel = createEmail(async () => ({ ...(await trusting('127.0.0.1', port)), isTrusted: false }), {
    smtpUrl: 'smtp://mail.example.com',
    from: 'culprit@example.com',
    to: ['on-call@example.com'],
  })
  await expect(channel.send(plainDelivery())).rejects.toBeInstanceOf(DeliveryError)
  await close()
  expect(mails).toEqual([])
})

test('a mail server is asked for its certificate by its name, though connected to by address', async () => {
  const asked: string[] = []
  const server = createTlsServer({
    SNICallback(name, done) {
      asked.push(name)
      done(new Error('no certificate'))
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const channel = mailTo(`smtps://mail.example.com:${port}`, ['mail.example.com'])
  await expect(channel.send(plainDelivery())).rejects.toMatchObject({ retryable: true })
  server.close()
  expect(asked).toEqual(['mail.example.com'])
})

test.each([
  [429, { 'retry-after': '30' }, { retryable: true, retryAfterMs: 30_000 }],
  [503, {}, { retryable: true, retryAfterMs: undefined }],
  [400, {}, { retryable: false }],
  [302, { location: 'http://169.254.169.254/' }, { retryable: false }],
])('an answer of %i is told as what it is, and nothing secret is in its words', async (status, headers, expected) => {
  sink.answer(status, 'the key key-key-key is wrong', headers as Record<string, string>)
  const failure = await createTeams(fetch, { url: `${sink.url}/secret-path` })
    .send(plainDelivery())
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(DeliveryError)
  expect(failure).toMatchObject(expected)
  expect(String(failure)).not.toMatch(/secret|key-key/)
})
