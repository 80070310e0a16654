import { afterEach, expect, test } from 'vitest'
import {
  DEFAULT_SENDER_SETTINGS,
  type SenderSettings,
} from '../../../../../../services/api/core/webhooks/sender-settings.ts'
import { startWebhookServer, type WebhookServer } from '../../../../../support/webhook-server.ts'

const CHANGE = { ts: '2026-10-02T14:02:50Z', kind: 'deploy', service: 'checkout', version: 'v42' }

let server: WebhookServer
afterEach(() => server.close())

async function serveUnsigned(sender: string, settings: Partial<SenderSettings> = {}): Promise<void> {
  const access = { secrets: [], allowUnsigned: true, settings: { ...DEFAULT_SENDER_SETTINGS, ...settings } }
  server = await startWebhookServer({ senders: { [sender]: access } })
}

test('a sender without a secret is refused, and told which setting to set', async () => {
  server = await startWebhookServer({})
  const { status, body } = await server.post('azure-devops', { authorization: 'Bearer x' }, '{}')
  expect(status).toBe(403)
  expect(body).toMatchObject({ code: 'no_secret' })
  expect(body.detail).toContain('webhooks.azure_devops.secret_file')
  expect(body.detail).toContain('CULPRIT_WEBHOOKS__AZURE_DEVOPS__SECRET')
})

test('who listens to this machine alone takes deliveries that are not signed', async () => {
  server = await startWebhookServer({ allowUnsigned: true })
  expect(await server.post('standard', {}, JSON.stringify(CHANGE))).toMatchObject({
    status: 202,
    body: { accepted: 1 },
  })
  expect(server.published).toMatchObject([{ service: 'checkout', version: 'v42', source: 'standard' }])
})

test('an unknown sender is told which there are', async () => {
  server = await startWebhookServer({ allowUnsigned: true })
  const { status, body } = await server.post('githab', {}, '{}')
  expect(status).toBe(404)
  expect(body.detail).toContain('github')
})

test('a delivery that is no change is taken, with the reason', async () => {
  await serveUnsigned('github')
  const { status, body } = await server.post('github', { 'x-github-event': 'star' }, '{}')
  expect({ status, body }).toEqual({
    status: 202,
    body: { accepted: 0, ids: [], ignored: 'star events are no changes of what runs' },
  })
})

test('a sender that shows its password only when asked is asked', async () => {
  const access = { secrets: ['abcdefgh'], allowUnsigned: false, settings: DEFAULT_SENDER_SETTINGS }
  server = await startWebhookServer({ senders: { codedeploy: access } })
  const { status, headers } = await server.post('codedeploy', {}, '{}')
  expect(status).toBe(401)
  expect(headers['www-authenticate']).toContain('Basic')
})

test('a body that is too large, compressed or not JSON is refused', async () => {
  await serveUnsigned('gitlab')
  expect((await server.post('gitlab', {}, ' '.repeat(5 * 1024 * 1024 + 1))).status).toBe(413)
  expect((await server.post('gitlab', { 'content-encoding': 'gzip' }, '{}')).status).toBe(415)
  expect((await server.post('gitlab', {}, '{')).status).toBe(400)
  expect((await server.post('gitlab', {}, '')).status).toBe(400)
})

test('GitHub may send its largest payload, as JSON or as a form', async () => {
  await serveUnsigned('github')
  const payload = JSON.stringify({ zen: 'x'.repeat(6 * 1024 * 1024) })
  expect((await server.post('github', { 'x-github-event': 'ping' }, payload)).status).toBe(202)
  const form = { 'x-github-event': 'release', 'content-type': 'application/x-www-form-urlencoded' }
  const release = {
    action: 'published',
    release: { id: 1, tag_name: 'v42' },
    repository: { name: 'checkout', full_name: 'acme/checkout' },
  }
  const answer = await server.post('github', form, `payload=${encodeURIComponent(JSON.stringify(release))}`)
  expect(answer.body).toMatchObject({ accepted: 1 })
  expect(server.published).toMatchObject([{ service: 'checkout', version: 'v42' }])
})

test('a change event of ours that is wrong is refused, with the field', async () => {
  await serveUnsigned('standard')
  const { status, body } = await server.post('standard', {}, JSON.stringify({ ...CHANGE, ts: 'yesterday' }))
  expect(status).toBe(400)
  expect(body.detail).toContain('ts: "yesterday"')
})

test('JSON that is nested as deeply as can be is refused, not run out of', async () => {
  await serveUnsigned('standard')
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect((await server.post('standard', {}, deep)).status).toBe(400)
})

test('a subscription is confirmed at the sender itself, once it has shown the secret', async () => {
  const confirmation = (SubscribeURL: string) => JSON.stringify({ Type: 'SubscriptionConfirmation', SubscribeURL })
  const own =
    'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:t&Token=abc'
  const access = { secrets: ['abcdefgh'], allowUnsigned: false, settings: DEFAULT_SENDER_SETTINGS }
  server = await startWebhookServer({ senders: { codedeploy: access } })
  const proven = { authorization: `Basic ${Buffer.from('sns:abcdefgh').toString('base64')}` }
  expect((await server.post('codedeploy', proven, confirmation(own))).body.ignored).toContain('is confirmed')
  expect(server.confirmed).toEqual([own])
  for (const foreign of [
    'https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription',
    'https://sns.eu-west-1.amazonaws.com@10.0.0.1/?Action=ConfirmSubscription',
    'http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
    'https://169.254.169.254/?Action=ConfirmSubscription',
    'https://sns.eu-west-1.amazonaws.com/latest?Action=ConfirmSubscription',
  ])
    expect((await server.post('codedeploy', proven, confirmation(foreign))).body.ignored).toContain('not one of SNS')
  expect(server.confirmed).toEqual([own])
})

test('nobody who has not shown a secret makes us ask for an address', async () => {
  await serveUnsigned('codedeploy')
  const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc'
  const answer = await server.post('codedeploy', {}, JSON.stringify({ Type: 'SubscriptionConfirmation', SubscribeURL }))
  expect(answer.body.ignored).toContain('not confirmed')
  expect(server.confirmed).toEqual([])
})

const CANARY = 'canary-3f9c1e77a2'
const TOKEN = `ghp_${'c4n4ry'.repeat(6)}`

test.each([
  [
    'jenkins',
    {},
    {
      name: 'deploy-checkout',
      build: {
        full_url: `https://ana:${CANARY}@ci.example/job/deploy-checkout/12/?token=${CANARY}`,
        number: 12,
        phase: 'FINALIZED',
        status: 'SUCCESS',
        log: `export PASSWORD=${CANARY}`,
        parameters: { VERSION: 'v42', DB_PASSWORD: CANARY, ENVIRONMENT: 'production' },
        scm: { url: `https://x-access-token:${TOKEN}@github.com/acme/checkout.git`, commit: 'a1b2c3d' },
      },
    },
  ],
  [
    'github',
    { 'x-github-event': 'push' },
    {
      ref: 'refs/heads/main',
      after: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
      repository: { name: 'checkout', full_name: 'acme/checkout', default_branch: 'main' },
      head_commit: { message: `rotate api_key=${CANARY} and ${TOKEN}`, timestamp: '2026-10-02T14:02:50Z' },
      commits: [{ modified: ['config/app.yaml'] }],
    },
  ],
  [
    'kubernetes',
    {},
    {
      type: 'MODIFIED',
      object: {
        kind: 'Secret',
        metadata: { name: 'checkout-secrets', namespace: 'prod', resourceVersion: '9' },
        data: { password: Buffer.from(CANARY).toString('base64') },
        stringData: { password: CANARY, token: TOKEN },
      },
    },
  ],
] as const)('secrets in what %s sends go no further', async (sender, headers, payload) => {
  await serveUnsigned(sender, { configPaths: ['config/**'] })
  expect((await server.post(sender, headers, JSON.stringify(payload))).body).toMatchObject({ accepted: 1 })
  const kept = JSON.stringify(server.published)
  expect(kept).toContain('checkout')
  for (const secret of [CANARY, TOKEN, Buffer.from(CANARY).toString('base64')]) expect(kept).not.toContain(secret)
})
