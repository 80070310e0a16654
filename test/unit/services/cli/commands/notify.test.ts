import { afterEach, beforeEach, expect, test } from 'vitest'
import { FAKE_TOKEN, type FakeSlack, startFakeSlack } from '../../../../support/fake-slack.ts'
import { type HttpSink, startHttpSink } from '../../../../support/http-sink.ts'
import { runCommand } from '../../../../support/run-command.ts'

let slack: FakeSlack
let sink: HttpSink

beforeEach(async () => {
  slack = await startFakeSlack()
  sink = await startHttpSink()
})
afterEach(async () => {
  await slack.close()
  await sink.close()
})

const environment = () => ({
  CULPRIT_NOTIFY__SLACK__BOT_TOKEN: FAKE_TOKEN,
  CULPRIT_NOTIFY__SLACK__CHANNEL: '#incidents',
  CULPRIT_NOTIFY__SLACK__API_URL: slack.apiUrl,
  CULPRIT_NOTIFY__PAGERDUTY__ROUTING_KEY: 'key-key-key',
  CULPRIT_NOTIFY__PAGERDUTY__API_URL: sink.url,
  CULPRIT_NOTIFY__ALLOWED_HOSTS: '[127.0.0.1]',
})
const sample = (given: Readonly<Record<string, string>>) => runCommand(['notify', 'test'], { environment: given })

test('every channel gets a sample that says it is one, and its end, so that nothing stays open', async () => {
  expect(await sample(environment())).toEqual({ code: 0, text: 'slack: sent\npagerduty: sent\n' })
  expect(slack.posts.map(({ message }) => String(message['text']))).toEqual([
    expect.stringContaining('🟢 [sample] checkout is back to normal'),
    expect.stringContaining('sample: back to normal'),
  ])
  const events = sink.requests.map(({ body }) => JSON.parse(body) as { event_action: string; payload?: object })
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve'])
  expect(events[0]?.payload).toMatchObject({ summary: expect.stringContaining('[sample]'), severity: 'warning' })
})

test('a channel that does not take it is named with the reason and without its secret, and the others get it', async () => {
  sink.answer(403, 'key-key-key is not welcome')
  const { code, text } = await sample(environment())
  expect(code).toBe(1)
  expect(text).toContain('slack: sent\npagerduty: PagerDuty: answers 403\n')
  expect(text).toContain('1 of 2 did not get the sample')
  expect(text).not.toContain('key-key-key')
})

test('where no channel is set up, that is said', async () => {
  expect(await sample({})).toMatchObject({
    code: 1,
    text: expect.stringContaining('set notify.slack or another channel'),
  })
})
