import { expect, test } from 'vitest'
import { settingName } from '../../../../../../services/api/core/webhooks/map-changes.ts'
import { DEFAULT_SENDER_SETTINGS } from '../../../../../../services/api/core/webhooks/sender-settings.ts'
import { SENDERS } from '../../../../../../services/api/core/webhooks/table.ts'
import { NOW_MS, startWebhookServer } from '../../../../../support/webhook-server.ts'

const SECRET = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`
/** What these tell is of no service unless the settings say so. */
const OF_EVERYTHING = new Set(['terraform', 'launchdarkly'])
const withSecret = (secret: string, settings = DEFAULT_SENDER_SETTINGS) => ({
  secrets: [secret],
  allowUnsigned: false,
  settings,
})
const everySender = (secret: string) =>
  Object.fromEntries(SENDERS.map(({ name }) => [settingName(name), withSecret(secret)]))

test.each(['a-plain-secret-of-some-length', SECRET])(
  'a test of each sender is signed with %s and says what would be recorded, and nothing is',
  async (secret) => {
    const server = await startWebhookServer({ senders: everySender(secret) })
    for (const { name } of SENDERS) {
      const tested = await server.test(name)
      expect([name, tested]).toMatchObject([name, { outcome: 'recorded', because: null, changes: [{ env: 'prod' }] }])
      const [change] = tested['changes'] as { ts: string; service?: string; kind: string; version?: string }[]
      expect([name, Date.parse(change?.ts ?? '')]).toEqual([name, NOW_MS])
      expect([name, change?.service]).toEqual([name, OF_EVERYTHING.has(name) ? undefined : 'checkout'])
    }
    expect(server.published).toEqual([])
    // Nor is what is sent later taken for the test.
    const delivery = { ts: '2026-10-02T14:02:50Z', kind: 'deploy', service: 'checkout', version: 'v42' }
    const headers = { authorization: `Bearer ${secret}` }
    expect((await server.post('standard', headers, JSON.stringify(delivery))).body.accepted).toBe(1)
    await server.close()
  },
)

test('a test says why deliveries are refused, or that the settings leave them out', async () => {
  const settings = { ...DEFAULT_SENDER_SETTINGS, services: { 'acme/checkout': false as const } }
  const server = await startWebhookServer({ senders: { github: withSecret('secret', settings) } })
  expect(await server.test('gitlab')).toMatchObject({
    outcome: 'refused',
    because: expect.stringContaining('webhooks.gitlab.secret_file'),
    changes: [],
  })
  expect(await server.test('github')).toMatchObject({
    outcome: 'ignored',
    because: 'webhooks.github.services says that this is none of ours',
  })
  expect(await server.test('nobody')).toMatchObject({ status: 404, code: 'not_found' })
  await server.close()
})

test('a dry run is refused like any delivery that is not signed', async () => {
  const server = await startWebhookServer({ senders: { github: withSecret('secret') } })
  expect((await server.post('github?dry_run=true', {}, '{}')).status).toBe(401)
  await server.close()
})
