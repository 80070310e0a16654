import { afterEach, beforeEach, expect, test } from 'vitest'
import { toCommand } from '../../../../services/notifier/core/slack-press.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import { commandSchema } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { type FakeSlack, startFakeSlack } from '../../../support/fake-slack.ts'
import { findBlockErrors } from '../../../support/slack-limits.ts'
import { at, incident } from '../cli/incident-samples.ts'
import {
  createClock,
  createNoticeTable,
  document,
  openIncident,
  rollback,
  slackBot,
  startNotifier,
  type TestClock,
} from './notifier-world.ts'

let slack: FakeSlack
let clock: TestClock
let table: ReturnType<typeof createNoticeTable>

beforeEach(async () => {
  clock = createClock()
  slack = await startFakeSlack(clock.nowMs)
  table = createNoticeTable()
})

afterEach(() => slack.close())

const roots = () => slack.posts.filter(({ threadTs }) => threadTs === undefined)
const replies = () => slack.posts.filter(({ threadTs }) => threadTs !== undefined).map(({ message }) => message['text'])

test('an incident is one message, edited as it moves, its story in the thread', async () => {
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table })
  const tell = async (of: Incident) => {
    await notifier.takeIncidents([document(of)])
    await notifier.idle()
  }
  await tell(openIncident())
  clock.advance(5 * 60_000)
  await tell(openIncident({ observedRate: 0.2, updatedAtMs: at('14:09:00') }))
  await notifier.takeChanges([changeReportSchema.parse(changeToWire(rollback))])
  await notifier.idle()
  clock.advance(10 * 60_000)
  await tell(incident())
  expect(roots()).toHaveLength(1)
  expect(roots()[0]?.message['text']).toContain('🟢 checkout is back to normal after 16 min')
  expect(replies()).toEqual([
    'worse: checkout is failing 20 % of requests (it was 8.1 %); critical',
    'rollback v41 by ben began at 14:17 UTC; whether it helps shows shortly',
    'back to normal after 16 min: normal again 2 min after rollback v41',
  ])
})

test('twenty affected routes and eight updates cost one message, its edits, and at most eight replies', async () => {
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table })
  const routes = Array.from({ length: 20 }, (_, index) => ({
    service: index < 12 ? 'checkout' : `caller-${index}`,
    method: 'GET',
    route: `/route/${index}`,
    version: 'v42',
    region: null,
    requests: 500,
    errors: 40,
    shareOfExcess: 0.05,
  }))
  for (let update = 0; update < 8; update++) {
    await notifier.takeIncidents([
      document(
        openIncident({
          affected: routes,
          observedRate: 0.0075 * 2 ** update,
          updatedAtMs: at('14:04:00') + update * 300_000,
        }),
      ),
    ])
    await notifier.idle()
    clock.advance(300_000)
  }
  expect(roots()).toHaveLength(1)
  expect(roots()[0]?.edits).toBeGreaterThan(0)
  expect(replies().length).toBeLessThanOrEqual(8)
  expect(slack.posts.flatMap(({ message }) => findBlockErrors(message))).toEqual([])
})

test('the same news twice, in two deliveries, is told once', async () => {
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table })
  await Promise.all([
    notifier.takeIncidents([document(openIncident())]),
    notifier.takeIncidents([document(openIncident()), document(openIncident())]),
  ])
  await notifier.idle()
  expect(slack.posts).toHaveLength(1)
})

test('two hundred at once and a channel that asks to wait: a message a second at most, in order, none lost', async () => {
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table })
  slack.refuse(1, 30)
  const all = Array.from({ length: 200 }, (_, index) =>
    document(openIncident({ id: `inc_${index}`, service: `s${index}` })),
  )
  await notifier.takeIncidents(all.slice(0, 120))
  slack.refuse(3, 7)
  await notifier.takeIncidents(all.slice(120))
  await notifier.idle()
  const gaps = slack.calls.slice(1).map(({ atMs }, index) => atMs - (slack.calls[index]?.atMs ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000)
  expect(gaps.filter((gap) => gap >= 7_000)).toHaveLength(4)
  expect(slack.posts.map(({ message }) => /🔴 (s\d+)/.exec(String(message['text']))?.[1])).toEqual(
    all.map(({ service }) => service),
  )
})

test('a process that ends while it sends repeats that one message at most, and none that was sent before', async () => {
  const first = startNotifier({ clock, channel: slackBot(slack, clock), table })
  await first.takeIncidents([document(openIncident({ id: 'inc_a' }))])
  await first.idle()
  // The second message arrives, and the process ends before it can note so.
  const dying = startNotifier(
    { clock, channel: slackBot(slack, clock), table },
    {
      storeNotices: async (notices) =>
        notices.some(({ state }) => state === 'sent') ? new Promise(() => {}) : table.store(notices),
    },
  )
  dying.remember({
    notices: [...table.rows.values()],
    incidents: [document(openIncident({ id: 'inc_a' }))],
    changes: [],
    silences: [],
  })
  await dying.takeIncidents([document(openIncident({ id: 'inc_b' }))])
  await expect.poll(() => slack.posts.length).toBe(2)
  const next = startNotifier({ clock, channel: slackBot(slack, clock), table })
  const incidents = ['inc_a', 'inc_b'].map((id) => document(openIncident({ id })))
  next.remember({ notices: [...table.rows.values()], incidents, changes: [], silences: [] })
  await next.takeIncidents(incidents)
  await next.idle()
  expect(slack.posts).toHaveLength(3)
  expect([...table.rows.values()].map(({ state }) => state)).toEqual(['sent', 'sent'])
})

test('what Slack refuses for good is given up, and the next incident is told', async () => {
  const channel = slackBot(slack, clock)
  const refusing = {
    send: (delivery: Parameters<typeof channel.send>[0]) =>
      channel.send(
        delivery.message.incidentId === 'inc_bad'
          ? { ...delivery, message: { ...delivery.message, headline: '' } }
          : delivery,
      ),
  }
  const notifier = startNotifier({ clock, channel: refusing, table })
  await notifier.takeIncidents([document(openIncident({ id: 'inc_bad' })), document(openIncident({ id: 'inc_good' }))])
  await notifier.idle()
  expect(slack.posts).toHaveLength(1)
  expect([...table.rows.values()].map(({ incidentId, state }) => [incidentId, state])).toEqual([
    ['inc_bad', 'dropped'],
    ['inc_good', 'sent'],
  ])
})

test('a muted incident is edited in place and disturbs nobody', async () => {
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table })
  await notifier.takeIncidents([document(openIncident())])
  await notifier.idle()
  const press = { id: 'press', action: 'mute', incidentId: 'inc_1', suspectId: null, by: 'ana' } as const
  await notifier.takeCommands([commandSchema.parse(toCommand(press, clock.nowMs()))])
  await notifier.idle()
  clock.advance(600_000)
  await notifier.takeIncidents([document(openIncident({ observedRate: 0.5, updatedAtMs: at('14:14:00') }))])
  await notifier.idle()
  expect(replies()).toEqual([])
  expect(JSON.stringify(roots()[0]?.message)).toContain('muted by ana until 15:03 UTC')
  expect(roots()[0]?.message['text']).toContain('failing 50 % of requests')
})

test('an environment by another name is routed, muted and seen to be rolled back all the same', async () => {
  const planned = {
    id: 'm',
    author: null,
    note: null,
    env: 'live',
    service: 'search',
    incidentId: null,
    startsAtMs: 0,
    endsAtMs: 9e15,
  }
  const notifier = startNotifier(
    { clock, channel: slackBot(slack, clock), table },
    { plannedSilences: () => [planned] },
    { routes: [{ envs: ['prod'], targets: ['slack'] }], defaultTargets: [] },
  )
  const live = openIncident({ env: 'production' })
  await notifier.takeIncidents([document(live), document({ ...live, id: 'inc_2', service: 'search' })])
  await notifier.takeChanges([changeReportSchema.parse(changeToWire(rollback))])
  await notifier.idle()
  expect(roots()).toHaveLength(1)
  expect(replies()).toEqual(['rollback v41 by ben began at 14:17 UTC; whether it helps shows shortly'])
})
