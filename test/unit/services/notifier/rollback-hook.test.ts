import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toNews } from '../../../../services/notifier/core/incident-news.ts'
import type { RollbackAttempt } from '../../../../services/notifier/core/rollback-attempt.ts'
import type { RollBack } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { type FakeSlack, startFakeSlack } from '../../../support/fake-slack.ts'
import { type HttpSink, type SunkRequest, startHttpSink } from '../../../support/http-sink.ts'
import { at, deploy } from '../cli/incident-samples.ts'
import {
  createClock,
  createNoticeTable,
  document,
  HOOK_SECRET,
  openIncident,
  slackBot,
  startNotifier,
  startRollbacks,
  type TestClock,
} from './notifier-world.ts'

let sink: HttpSink
let clock: TestClock
let table: Map<string, RollbackAttempt>

beforeEach(async () => {
  sink = await startHttpSink()
  clock = createClock(at('14:06:00'))
  table = new Map()
})
afterEach(() => sink.close())

const start = (settings: Parameters<typeof startRollbacks>[1] = {}) =>
  startRollbacks({ url: `${sink.url}/rollback`, clock, table }, settings)

const suspect = {
  changeId: 'd42',
  probability: 0.97,
  change: { ...deploy, title: 'Über-Kasse · 支払い' },
  evidence: [],
}
const sure = (fields: Partial<Incident> = {}) => openIncident({ suspects: [suspect], ...fields })
const news = (of: Incident) => toNews(document(of))
const press = (by = 'ana', incidentId = 'inc_1'): RollBack => ({
  kind: 'roll_back',
  id: `press_${by}`,
  at: new Date(clock.nowMs()).toISOString(),
  author: by,
  note: null,
  incident_id: incidentId,
  change_id: 'd42',
})
const outcomes = () => [...table.values()].map(({ incidentId, outcome }) => `${incidentId} ${outcome}`)

/** As standardwebhooks.com says, over the bytes that came. */
function isRightlySigned({ headers, bytes }: SunkRequest): boolean {
  const key = Buffer.from(HOOK_SECRET.replace('whsec_', ''), 'base64')
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), bytes])
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

test('whoever rolls back is asked once, under a signature over the bytes, with all that he has to know', async () => {
  const hook = start()
  await hook.press(press(), news(sure()), [])
  await hook.press(press('ben'), news(sure()), [])
  await start().press(press('cleo'), news(sure()), [])
  expect(sink.requests).toHaveLength(1)
  const [request] = sink.requests
  if (request === undefined) throw new Error('nobody was asked')
  expect(isRightlySigned(request)).toBe(true)
  expect(request.headers['webhook-timestamp']).toBe(String(at('14:06:00') / 1000))
  expect(JSON.parse(request.body)).toMatchObject({
    type: 'rollback.requested',
    timestamp: '2026-10-02T14:06:00.000Z',
    data: {
      service: 'checkout',
      env: 'prod',
      change_id: 'd42',
      to_version: 'v41',
      probability: 0.97,
      requested_by: 'ana',
      command: 'kubectl -n prod rollout undo deployment/checkout',
      change: { id: 'd42', version: 'v42', title: 'Über-Kasse · 支払い' },
      incident: { id: 'inc_1', severity: 'critical', excess_errors: 724 },
    },
  })
  expect(table.get('inc_1')).toMatchObject({ by: 'ana', outcome: 'asked' })
})

test('nobody is asked by itself unless that is set, and then only for what is sure, grave and left alone', async () => {
  const left = [sure({ severity: 'major' }), openIncident(), sure({ state: 'acknowledged' })].map(news)
  await start().look([news(sure())], [])
  await start({ mode: 'automatic' }).look(left, [])
  await start({ mode: 'automatic', waitMs: 600_000 }).look([news(sure())], [])
  expect(sink.requests).toEqual([])
  const hook = start({ mode: 'automatic' })
  await hook.look([news(sure())], [])
  await hook.look([news(sure())], [])
  expect(sink.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ data: { requested_by: null } }])
})

test('a cool-down a service and a cap a day hold for people and by itself, over a restart, too', async () => {
  const of = (id: string, service: string) => news(sure({ id, service }))
  await start().press(press('ana', 'inc_1'), of('inc_1', 'a'), [])
  await start().press(press('ana', 'inc_2'), of('inc_2', 'a'), [])
  clock.advance(3_600_000)
  await start().press(press('ana', 'inc_2'), of('inc_2', 'a'), [])
  await start({ mode: 'automatic' }).look([of('inc_3', 'b'), of('inc_4', 'c')], [])
  await start().press(press('ben', 'inc_4'), of('inc_4', 'c'), [])
  expect(sink.requests).toHaveLength(3)
  expect(outcomes()).toEqual(['inc_1 asked', 'inc_2 asked', 'inc_3 asked', 'inc_4 refused'])
  expect(table.get('inc_4')?.because).toBe('enough_for_today')
})

test('a dry run asks nobody, and does not stand in the way of the first that is none', async () => {
  await start({ isDryRun: true }).press(press(), news(sure()), [])
  expect(sink.requests).toEqual([])
  expect(outcomes()).toEqual(['inc_1 rehearsed'])
  await start().press(press(), news(sure()), [])
  expect(sink.requests).toHaveLength(1)
})

test('what was not taken is not tried again by itself; pressed again it goes under the same id', async () => {
  sink.answer(503)
  const hook = start({ mode: 'automatic' })
  await hook.look([news(sure())], [])
  await hook.look([news(sure())], [])
  expect(outcomes()).toEqual(['inc_1 failed'])
  sink.answer(200)
  await start().press(press(), news(sure()), [])
  expect(outcomes()).toEqual(['inc_1 asked'])
  expect(sink.requests).toHaveLength(2)
  expect(new Set(sink.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('what may have been asked for when a process died is not asked for again by itself', async () => {
  table.set('inc_1', {
    incidentId: 'inc_1',
    service: 'checkout',
    changeId: 'd42',
    by: null,
    atMs: clock.nowMs() - 60_000,
    outcome: 'begun',
    because: null,
  })
  await start({ mode: 'automatic' }).look([news(sure())], [])
  expect(sink.requests).toEqual([])
})

const toldOn = (slack: FakeSlack) => ({
  buttons: /"action_id":"(roll_back)"/.exec(JSON.stringify(slack.posts[0]?.message))?.[1],
  people: JSON.stringify(slack.posts[0]?.message),
  thread: slack.posts.slice(1).map(({ message }) => message['text']),
})

test('under the message there is a button until somebody presses it, and then who did, and what came of it', async () => {
  const slack = await startFakeSlack()
  const of = { clock, channel: slackBot(slack, clock), table: createNoticeTable() }
  const notifier = startNotifier(of, { rollbacks: start() })
  await notifier.takeIncidents([document(sure()), document(sure({ id: 'inc_2' }))])
  await notifier.idle()
  expect(toldOn(slack).buttons).toBe('roll_back')
  await Promise.all([notifier.takeCommands([press('ana')]), notifier.takeCommands([press('ben')])])
  await notifier.takeCommands([press('ben', 'inc_2')])
  await notifier.idle()
  expect(sink.requests).toHaveLength(1)
  expect(toldOn(slack).buttons).toBeUndefined()
  expect(toldOn(slack).people).toContain('ana started the rollback at 14:06 UTC')
  expect(toldOn(slack).thread.slice(1)).toEqual([
    'ana started the rollback at 14:06 UTC',
    'ben pressed Start rollback at 14:06 UTC: not started, as this service was rolled back a short while ago',
  ])
  await slack.close()
})

test('a rollback that started by itself is told within the next look', async () => {
  const slack = await startFakeSlack()
  const of = { clock, channel: slackBot(slack, clock), table: createNoticeTable() }
  const notifier = startNotifier(of, { rollbacks: start({ mode: 'automatic' }) })
  await notifier.takeIncidents([document(sure())])
  await notifier.tick()
  await notifier.tick()
  await notifier.idle()
  expect(toldOn(slack).thread).toEqual(['the rollback started by itself at 14:06 UTC'])
  await slack.close()
})

test('without a hook there is no button', async () => {
  const slack = await startFakeSlack()
  const notifier = startNotifier({ clock, channel: slackBot(slack, clock), table: createNoticeTable() })
  await notifier.takeIncidents([document(sure())])
  await notifier.idle()
  expect(toldOn(slack).buttons).toBeUndefined()
  await slack.close()
})
