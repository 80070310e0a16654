import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { toSlackMessage } from '../../../../../services/notifier/core/slack-blocks.ts'
import { slackInteractions } from '../../../../../services/notifier/io/slack-interactions.ts'
import { type Command, commandSchema } from '../../../../../shared/domain/command.ts'
import { createHttpServer } from '../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../shared/runtime/log.ts'
import { openIncident, sampleMessage } from '../notifier-world.ts'

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
const NEXT_SECRET = 'the-secret-after-the-rotation'
const NOW_MS = Date.parse('2026-10-02T14:05:00Z')
const NOW_SECONDS = NOW_MS / 1000

async function serve(publish?: (command: Command) => Promise<void>) {
  const sent: Command[] = []
  const keep = async (command: Command) => void sent.push(commandSchema.parse(command))
  const routes = slackInteractions({ publish: publish ?? keep, nowMs: () => NOW_MS, sleep: async () => {} }, [
    SECRET,
    NEXT_SECRET,
  ])
  const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [routes])
  const post = (payload: string | Buffer, headers: Record<string, string>) =>
    server.inject({
      method: 'POST',
      url: '/webhooks/slack/interactions',
      payload,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  return { sent, post }
}

const sign = (body: string, seconds = NOW_SECONDS, secret = SECRET) => ({
  'x-slack-request-timestamp': String(seconds),
  'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`,
})

function pressed(action: string, fields: Record<string, unknown> = {}): string {
  const value = JSON.stringify({ incident: 'inc_1', suspect: 'd42' })
  return `payload=${encodeURIComponent(
    JSON.stringify({
      type: 'block_actions',
      user: { id: 'U1', username: 'ana', team_id: 'T1' },
      actions: [{ type: 'button', action_id: action, action_ts: '1790000000.123456', value, ...fields }],
    }),
  )}`
}

const BODY = pressed('acknowledge')
const good = sign(BODY)

test.each([
  ['as Slack signs it', BODY, good, 200],
  ['under the secret after a rotation', BODY, sign(BODY, NOW_SECONDS, NEXT_SECRET), 200],
  ['299 seconds old', BODY, sign(BODY, NOW_SECONDS - 299), 200],
  ['301 seconds old', BODY, sign(BODY, NOW_SECONDS - 301), 401],
  ['301 seconds ahead', BODY, sign(BODY, NOW_SECONDS + 301), 401],
  ['under another secret', BODY, sign(BODY, NOW_SECONDS, 'another'), 401],
  ['with another signature', BODY, { ...good, 'x-slack-signature': `v0=${'0'.repeat(64)}` }, 401],
  ['with a signature cut short', BODY, { ...good, 'x-slack-signature': good['x-slack-signature'].slice(0, 40) }, 401],
  ['without a signature', BODY, { 'x-slack-request-timestamp': String(NOW_SECONDS) }, 401],
  ['without a time', BODY, { 'x-slack-signature': good['x-slack-signature'] }, 401],
  ['with a time that is no number', BODY, { ...good, 'x-slack-request-timestamp': 'now' }, 401],
  ['written anew with the same meaning', decodeURIComponent(BODY), good, 401],
])('a request %s', async (_what, body, headers, status) => {
  const { post, sent } = await serve()
  expect((await post(body, headers as Record<string, string>)).statusCode).toBe(status)
  expect(sent).toHaveLength(status === 200 ? 1 : 0)
})

test('a request that is sent again does nothing more', async () => {
  const { post, sent } = await serve()
  for (let time = 0; time < 3; time++) expect((await post(BODY, good)).statusCode).toBe(200)
  expect(sent).toHaveLength(1)
})

test.each([
  ['acknowledge', { kind: 'acknowledge', incident_id: 'inc_1' }],
  ['mute', { kind: 'silence', incident_id: 'inc_1', ends_at: '2026-10-02T15:05:00.000Z' }],
  ['right_suspect', { kind: 'feedback', verdict: 'right', suspect_id: 'd42' }],
  ['roll_back', { kind: 'roll_back', incident_id: 'inc_1', change_id: 'd42' }],
  ['wrong_suspect', { kind: 'feedback', verdict: 'wrong', suspect_id: 'd42' }],
])('whoever presses %s is heard by name', async (action, expected) => {
  const { post, sent } = await serve()
  const body = pressed(action)
  await post(body, sign(body))
  expect(sent).toMatchObject([{ author: 'ana', at: '2026-10-02T14:05:00.000Z', ...expected }])
})

test.each([
  ['a button that opens a page', pressed('open_0', { value: undefined })],
  ['a value that is not ours', pressed('acknowledge', { value: '{"incident":7}' })],
  ['a rollback of nothing', pressed('roll_back', { value: '{"incident":"inc_1","suspect":null}' })],
  ['no JSON', 'payload=%7Bnope'],
  ['no payload', 'a=b'],
])('%s is taken and does nothing', async (_what, body) => {
  const { post, sent } = await serve()
  expect((await post(body, sign(body))).statusCode).toBe(200)
  expect(sent).toEqual([])
})

test('whoever presses is answered in time even while the bus stalls', async () => {
  const { post } = await serve(() => new Promise(() => {}))
  expect((await post(BODY, good)).statusCode).toBe(200)
})

test('a press that could not be kept may be pressed again', async () => {
  let attempts = 0
  const { post } = await serve(async () => {
    attempts += 1
    throw new Error('the bus is full')
  })
  expect((await post(BODY, good)).statusCode).toBe(500)
  await post(BODY, good)
  expect(attempts).toBe(2)
})

test('every button of a message is one that is understood', async () => {
  const offer = { changeId: 'd42', toVersion: 'v41', isDryRun: false }
  const message = sampleMessage(openIncident(), { offer })
  const { blocks } = toSlackMessage(message, { isInteractive: true, chartFileId: null })
  const actions = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
  const { post, sent } = await serve()
  for (const button of actions) {
    const { action_id, value } = button as { action_id: string; value: string }
    const body = pressed(action_id, { value })
    await post(body, sign(body))
  }
  expect(sent.map(({ kind }) => kind)).toEqual(['acknowledge', 'roll_back', 'feedback', 'feedback', 'silence'])
})
