import { afterEach, beforeEach, expect, test } from 'vitest'
import { toSlackMessage } from '../../../../services/notifier/core/slack-blocks.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import type { RollBack } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import type { IncidentDocument } from '../../../../shared/domain/incident-wire.ts'
import { type FakeSlack, startFakeSlack } from '../../../support/fake-slack.ts'
import { startHttpSink } from '../../../support/http-sink.ts'
import { findBlockErrors, type Json } from '../../../support/slack-limits.ts'
import { drawSlackPreview } from '../../../support/slack-preview.ts'
import { at, deploy, flag, incident, searchConfig } from '../cli/incident-samples.ts'
import { hostileIncident } from './hostile-incident.ts'
import {
  createClock,
  createNoticeTable,
  document,
  openIncident,
  rollback,
  sampleMessage,
  slackBot,
  startNotifier,
  startRollbacks,
} from './notifier-world.ts'

let slack: FakeSlack

beforeEach(async () => {
  slack = await startFakeSlack()
})
afterEach(() => slack.close())

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** What a message says, without the ids of this run. */
const shown = ({ method, arguments: given }: FakeSlack['calls'][number]) => ({
  method,
  in_thread: given['thread_ts'] !== undefined,
  text: given['text'],
  blocks: given['blocks'],
})

const acknowledged: Partial<IncidentDocument> = {
  timeline: [
    { kind: 'acknowledge', id: 'a1', at: '2026-10-02T14:06:00.000Z', author: 'ana', note: null, incident_id: 'inc_1' },
  ],
}
const started: RollBack = {
  kind: 'roll_back',
  id: 'p1',
  at: '2026-10-02T14:07:50.000Z',
  author: 'ana',
  note: null,
  incident_id: 'inc_1',
  change_id: 'd42',
}
const asked: Partial<IncidentDocument> = {
  timeline: [
    ...(acknowledged.timeline ?? []),
    {
      kind: 'feedback',
      id: 'f1',
      at: '2026-10-02T14:30:00.000Z',
      author: 'ben',
      note: null,
      incident_id: 'inc_1',
      verdict: 'right',
      suspect_id: 'd42',
      change_id: null,
    },
  ],
}

/** An incident's whole life: unexplained at first, then explained, worse, taken, its rollback started, rolled back, over, judged. */
const LIFE: readonly (readonly [string, Incident, Partial<IncidentDocument>])[] = [
  [
    '14:03:30',
    openIncident({
      suspects: [],
      cause: 'unknown',
      severity: 'major',
      observedRate: 0.04,
      cleared: [],
      otherCauses: [{ cause: 'unknown', probability: 1, evidence: [] }],
      recommendation: {
        action: 'investigate',
        changeId: null,
        toVersion: null,
        command: null,
        reason: 'no change explains it: look at what checkout calls',
        cautions: [],
      },
    }),
    {},
  ],
  ['14:04:00', openIncident({ severity: 'major', observedRate: 0.05, updatedAtMs: at('14:04:00') }), {}],
  ['14:05:00', openIncident({ updatedAtMs: at('14:05:00') }), {}],
  ['14:06:00', openIncident({ state: 'acknowledged', updatedAtMs: at('14:06:00') }), acknowledged],
  ['14:08:00', openIncident({ state: 'acknowledged', updatedAtMs: at('14:08:00') }), acknowledged],
  ['14:17:10', openIncident({ state: 'acknowledged', updatedAtMs: at('14:17:00') }), acknowledged],
  ['14:21:00', incident(), acknowledged],
  ['14:30:00', incident(), asked],
]

test('every message of a whole life is as it was looked at, and within what Slack takes', async () => {
  const clock = createClock()
  const sink = await startHttpSink()
  const rollbacks = startRollbacks({ url: sink.url, clock, table: new Map() })
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table: createNoticeTable() }, { rollbacks })
  const drawn: { message: Json; isReply: boolean }[] = []
  for (const [time, of, people] of LIFE) {
    clock.advance(Math.max(0, at(time) - clock.nowMs()))
    const before = slack.calls.length
    if (time === '14:17:10') await notifier.takeChanges([changeReportSchema.parse(changeToWire(rollback))])
    if (time === '14:08:00') await notifier.takeCommands([started])
    await notifier.takeIncidents([document(of, people)])
    await notifier.idle()
    const calls = slack.calls.slice(before)
    drawn.push(...calls.map(({ arguments: message }) => ({ message, isReply: message['thread_ts'] !== undefined })))
  }
  await sink.close()
  expect(sink.requests).toHaveLength(1)
  expect(slack.calls.flatMap(({ arguments: message }) => findBlockErrors(message))).toEqual([])
  expect(slack.posts.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1)
  await expect(pretty(slack.calls.map(shown))).toMatchFileSnapshot('golden/slack-life.json')
  await expect(drawSlackPreview(drawn)).toMatchFileSnapshot('golden/slack-life.html')
})

const HOSTILE = [
  '<!channel>',
  '<!here|now>',
  '<https://evil.example|checkout>',
  '<@U0ADMIN>',
  '`rm -rf /` *bold* _it_ ~no~',
  '```\nfake code\n```',
  '&lt;!channel&gt;',
  ':rotating_light: :ok:',
  'a\r\nb\tc',
  '\u202Egnp.exe',
  '\u001b[31mred',
  '\u0000',
  'e\u0301'.repeat(2_000),
  'z\u0335'.repeat(3_000),
  '😀'.repeat(2_500),
  'x'.repeat(5_000),
  '"><script>alert(1)</script>',
  '',
]

test.each(HOSTILE.map((text) => [text.slice(0, 20), text] as const))(
  'a name like %j is shown literally and short',
  (_name, text) => {
    const of = hostileIncident(text)
    const silence = {
      id: 's',
      author: text,
      note: text,
      env: null,
      service: null,
      incidentId: null,
      startsAtMs: 0,
      endsAtMs: 1,
    }
    const offer = { changeId: text, toVersion: text, isDryRun: true }
    const message = toSlackMessage(
      sampleMessage(of, { silence, offer, changes: [deploy, flag, searchConfig], runbookUrl: text }),
      {
        isInteractive: true,
        chartFileId: null,
      },
    )
    expect(findBlockErrors(message as unknown as Json)).toEqual([])
    expect(message.text).not.toMatch(/<[^>]*>/)
    expect(message.text.length).toBeLessThan(600)
    expect(JSON.stringify(message).length).toBeLessThan(12_000)
    // Nothing from outside stands where Slack reads mark-up.
    expect(JSON.stringify(message.blocks)).not.toContain('mrkdwn')
    expect(JSON.stringify(message.blocks)).not.toContain('evil.example","text"')
  },
)

test('only addresses that a browser may be sent to become links', () => {
  const links = (url: string) =>
    JSON.stringify(
      toSlackMessage(
        sampleMessage(
          openIncident({
            suspects: [{ changeId: 'd42', probability: 0.9, change: { ...deploy, url }, evidence: [] }],
          }),
        ),
        { isInteractive: true, chartFileId: null },
      ),
    )
  expect(links('https://github.com/a/b/pull/1')).toContain('"url":"https://github.com/a/b/pull/1"')
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'nonsense'])
    expect(links(url)).not.toContain(url)
})
