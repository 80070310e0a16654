import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { DEFAULT_SENDER_SETTINGS } from '../../../../../../services/api/core/webhooks/sender-settings.ts'
import { hexHmac, NOW_MS, startWebhookServer, type WebhookServer } from '../../../../../support/webhook-server.ts'

const SECRET = "It's a Secret to Everybody"
const OTHER = 'nobody knows this one'
const KEY = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`
const OTHER_KEY = `whsec_${Buffer.from('another of twenty-four by').toString('base64')}`
const NOW_S = NOW_MS / 1_000

const GITHUB = JSON.stringify({
  action: 'created',
  deployment_status: { state: 'success', created_at: '2026-10-02T14:02:50Z' },
  deployment: {
    id: 7,
    sha: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
    environment: 'production',
    created_at: '2026-10-02T14:02:10Z',
  },
  repository: { name: 'checkout', full_name: 'acme/checkout' },
})
const GITLAB = JSON.stringify({
  object_kind: 'deployment',
  status: 'success',
  status_changed_at: '2026-10-02 14:02:50 +0000',
  deployable_id: 12,
  environment: 'production',
  project: { path_with_namespace: 'acme/checkout', web_url: 'https://gitlab.example/acme/checkout' },
  short_sha: 'a1b2c3d4',
})
const CHANGE = JSON.stringify({ ts: '2026-10-02T14:02:50Z', kind: 'deploy', service: 'checkout', version: 'v42' })

let server: WebhookServer
afterEach(() => server.close())

async function serve(sender: string, ...secrets: readonly string[]): Promise<void> {
  const access = { secrets, allowUnsigned: false, settings: DEFAULT_SENDER_SETTINGS }
  server = await startWebhookServer({ senders: { [sender]: access } })
}

/** Signs as the specification's own library does. */
function sign(
  body: string,
  { key = KEY, id = 'msg_1', atS = NOW_S }: { key?: string; id?: string; atS?: number } = {},
) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atS),
    'webhook-signature': new Webhook(key).sign(id, new Date(atS * 1_000), body),
  }
}

type Case = readonly [
  name: string,
  secrets: readonly string[],
  headers: Readonly<Record<string, string>>,
  body: string,
  status: number,
]

const reserialised = (body: string) => JSON.stringify(JSON.parse(body), null, 1)
const hub = (secret: string, body = GITHUB) => ({ 'x-hub-signature-256': `sha256=${hexHmac(secret, body)}` })

const GITHUB_CASES: readonly Case[] = [
  ['a right signature', [SECRET], hub(SECRET), GITHUB, 202],
  ['a wrong signature', [SECRET], { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, GITHUB, 401],
  ['no signature', [SECRET], {}, GITHUB, 401],
  ['an empty signature', [SECRET], { 'x-hub-signature-256': '' }, GITHUB, 401],
  [
    'a short signature',
    [SECRET],
    { 'x-hub-signature-256': hub(SECRET)['x-hub-signature-256'].slice(0, 20) },
    GITHUB,
    401,
  ],
  ['the signature of another secret', [SECRET], hub(OTHER), GITHUB, 401],
  ['the signature of another body', [SECRET], hub(SECRET, '{}'), GITHUB, 401],
  ['the body written anew', [SECRET], hub(SECRET), reserialised(GITHUB), 401],
  ['a signature without its algorithm', [SECRET], { 'x-hub-signature-256': hexHmac(SECRET, GITHUB) }, GITHUB, 401],
  [
    'only the old SHA-1 signature',
    [SECRET],
    { 'x-hub-signature': `sha1=${hexHmac(SECRET, GITHUB, 'sha1')}` },
    GITHUB,
    401,
  ],
  ['the old secret while it is replaced', [OTHER, SECRET], hub(SECRET), GITHUB, 202],
  ['the new secret while it is replaced', [OTHER, SECRET], hub(OTHER), GITHUB, 202],
]

const GITLAB_CASES: readonly Case[] = [
  ['the right token', [SECRET], { 'x-gitlab-token': SECRET }, GITLAB, 202],
  ['a wrong token', [SECRET], { 'x-gitlab-token': OTHER }, GITLAB, 401],
  ['no token', [SECRET], {}, GITLAB, 401],
  ['a short token', [SECRET], { 'x-gitlab-token': SECRET.slice(0, 5) }, GITLAB, 401],
  ['the old token while it is replaced', [OTHER, SECRET], { 'x-gitlab-token': SECRET }, GITLAB, 202],
  ['a right signature', [KEY], sign(GITLAB), GITLAB, 202],
  ['the signature of another key', [KEY], sign(GITLAB, { key: OTHER_KEY }), GITLAB, 401],
  ['the body written anew', [KEY], sign(GITLAB), reserialised(GITLAB), 401],
  ['a signature of 301 s ago', [KEY], sign(GITLAB, { atS: NOW_S - 301 }), GITLAB, 401],
  ['a signature of 301 s from now', [KEY], sign(GITLAB, { atS: NOW_S + 301 }), GITLAB, 401],
  ['the old key while it is replaced', [OTHER_KEY, KEY], sign(GITLAB), GITLAB, 202],
  [
    'an old signature with the right token',
    [KEY, SECRET],
    { ...sign(GITLAB, { atS: NOW_S - 301 }), 'x-gitlab-token': SECRET },
    GITLAB,
    401,
  ],
  [
    'a signature whose key is not known here, with the right token',
    [SECRET],
    { ...sign(GITLAB), 'x-gitlab-token': SECRET },
    GITLAB,
    202,
  ],
]

const STANDARD_CASES: readonly Case[] = [
  ['a right signature', [KEY], sign(CHANGE), CHANGE, 202],
  [
    'one of several signatures',
    [KEY],
    { ...sign(CHANGE), 'webhook-signature': `v1,AAAA ${sign(CHANGE)['webhook-signature']}` },
    CHANGE,
    202,
  ],
  ['a wrong signature', [KEY], { ...sign(CHANGE), 'webhook-signature': 'v1,AAAA' }, CHANGE, 401],
  ['no signature', [KEY], {}, CHANGE, 401],
  [
    'a short signature',
    [KEY],
    { ...sign(CHANGE), 'webhook-signature': sign(CHANGE)['webhook-signature'].slice(0, 12) },
    CHANGE,
    401,
  ],
  ['the signature of another key', [KEY], sign(CHANGE, { key: OTHER_KEY }), CHANGE, 401],
  ['the signature of another message id', [KEY], { ...sign(CHANGE), 'webhook-id': 'msg_2' }, CHANGE, 401],
  ['the body written anew', [KEY], sign(CHANGE), reserialised(CHANGE), 401],
  ['a signature of 301 s ago', [KEY], sign(CHANGE, { atS: NOW_S - 301 }), CHANGE, 401],
  ['a signature of 301 s from now', [KEY], sign(CHANGE, { atS: NOW_S + 301 }), CHANGE, 401],
  ['a signature of 299 s ago', [KEY], sign(CHANGE, { atS: NOW_S - 299 }), CHANGE, 202],
  ['a timestamp that is no number', [KEY], { ...sign(CHANGE), 'webhook-timestamp': 'now' }, CHANGE, 401],
  ['the old key while it is replaced', [OTHER_KEY, KEY], sign(CHANGE), CHANGE, 202],
]

describe.each([
  ['github', { 'x-github-event': 'deployment_status' }, GITHUB_CASES],
  ['gitlab', {}, GITLAB_CASES],
  ['standard', {}, STANDARD_CASES],
] as const)('%s', (sender, always, cases) => {
  test.each(cases)('%s', async (_name, secrets, headers, body, status) => {
    await serve(sender, ...secrets)
    const answer = await server.post(sender, { ...always, ...headers }, body)
    expect(answer.status).toBe(status)
    expect(server.published).toHaveLength(status === 202 ? 1 : 0)
    if (status === 401) expect(answer.body.code).toBe('bad_signature')
  })
})

test.each([
  ['github', [SECRET], { 'x-github-event': 'deployment_status', 'x-github-delivery': 'd-1', ...hub(SECRET) }, GITHUB],
  ['gitlab', [KEY], sign(GITLAB), GITLAB],
  ['standard', [KEY], sign(CHANGE), CHANGE],
] as const)(
  '%s: a delivery that comes again is answered as taken, and does nothing',
  async (sender, secrets, headers, body) => {
    await serve(sender, ...secrets)
    expect((await server.post(sender, headers, body)).body).toMatchObject({ accepted: 1 })
    const again = await server.post(sender, headers, body)
    expect(again.status).toBe(202)
    expect(again.body).toMatchObject({ accepted: 0, ignored: 'it was delivered before' })
    expect(server.published).toHaveLength(1)
  },
)

test("GitHub's documented example of a signature is right", async () => {
  await serve('github', SECRET)
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  const answer = await server.post('github', { 'x-hub-signature-256': signature }, 'Hello, World!')
  expect(answer).toMatchObject({ status: 400, body: { detail: 'the body is not JSON' } })
})

test.each([
  ['circleci', { 'circleci-signature': `v0=abc,v1=${hexHmac(SECRET, '{}')}` }, '{}'],
  ['bitbucket', { 'x-hub-signature': `sha256=${hexHmac(SECRET, '{}')}` }, '{}'],
  ['buildkite', { 'x-buildkite-token': SECRET }, '{}'],
  ['buildkite', { 'x-buildkite-signature': `timestamp=${NOW_S},signature=${hexHmac(SECRET, `${NOW_S}.{}`)}` }, '{}'],
  ['terraform', { 'x-tfe-notification-signature': hexHmac(SECRET, '{}', 'sha512') }, '{}'],
  ['launchdarkly', { 'x-ld-signature': hexHmac(SECRET, '{}') }, '{}'],
  ['sentry', { 'sentry-hook-signature': hexHmac(SECRET, '{}') }, '{}'],
  ['flux', { 'x-signature': `sha256=${hexHmac(SECRET, '{}')}` }, '{}'],
  ['datadog', { 'dd-api-key': SECRET }, '{}'],
  ['pagerduty', {}, JSON.stringify({ routing_key: SECRET })],
  ['argocd', { 'x-culprit-token': SECRET }, '{}'],
  ['codedeploy', { authorization: `Basic ${Buffer.from(`sns:${SECRET}`).toString('base64')}` }, '{}'],
] as const)('%s is proven its own way, and only by the secret', async (sender, headers, body) => {
  await serve(sender, SECRET)
  expect((await server.post(sender, headers, body)).status).toBe(202)
  await server.close()
  await serve(sender, OTHER)
  expect((await server.post(sender, headers, body)).status).toBe(401)
})

test('a bearer token is the secret', async () => {
  await serve('jenkins', 'abcdefgh')
  expect((await server.post('jenkins', { authorization: 'Bearer abcdefgh' }, '{}')).status).toBe(202)
  expect((await server.post('jenkins', { authorization: 'Bearer abcdefg' }, '{}')).status).toBe(401)
})

test('a stamped signature counts for five minutes', async () => {
  await serve('buildkite', SECRET)
  const stamp = (atS: number) => ({
    'x-buildkite-signature': `timestamp=${atS},signature=${hexHmac(SECRET, `${atS}.{}`)}`,
  })
  expect((await server.post('buildkite', stamp(NOW_S - 299), '{}')).status).toBe(202)
  expect((await server.post('buildkite', stamp(NOW_S - 301), '{}')).status).toBe(401)
  expect((await server.post('buildkite', stamp(NOW_S + 301), '{}')).status).toBe(401)
})
