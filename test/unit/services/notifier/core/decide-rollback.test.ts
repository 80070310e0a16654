import { expect, test } from 'vitest'
import { decideRollback, type RollbackSettings } from '../../../../../services/notifier/core/decide-rollback.ts'
import { toNews } from '../../../../../services/notifier/core/incident-news.ts'
import type { RollbackAttempt } from '../../../../../services/notifier/core/rollback-attempt.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { at, deploy } from '../../cli/incident-samples.ts'
import { document, openIncident, rollback } from '../notifier-world.ts'

const MINUTE_MS = 60_000
const settings: RollbackSettings = {
  mode: 'automatic',
  probability: 0.95,
  severities: ['critical'],
  services: null,
  waitMs: 2 * MINUTE_MS,
  cooldownMs: 60 * MINUTE_MS,
  dailyMax: 3,
}
const suspect = { changeId: 'd42', probability: 0.97, change: deploy, evidence: [] }
const sure = (fields: Partial<Incident> = {}) => openIncident({ suspects: [suspect], ...fields })
const nowMs = at('14:06:00')
const said = {
  kind: 'acknowledge',
  id: 'c',
  at: '2026-10-02T14:04:00.000Z',
  author: 'ana',
  note: null,
  incident_id: 'inc_1',
} as const
const asked = (
  incidentId: string,
  service: string,
  minutesAgo: number,
  fields: Partial<RollbackAttempt> = {},
): RollbackAttempt => ({
  incidentId,
  changeId: 'd42',
  by: null,
  outcome: 'asked',
  because: null,
  ...fields,
  service,
  atMs: nowMs - minutesAgo * MINUTE_MS,
})
const irreversible = { ...suspect, change: { ...deploy, reversible: false } }

test.each([
  ['everything speaks for it', sure(), {}, 'ask'],
  ['a person is to start it', sure(), { settings: { ...settings, mode: 'button' as const } }, 'a_person_decides'],
  ['people have had less than their time', sure(), { nowMs: at('14:05:00') }, 'people_first'],
  ['the suspect is not sure enough', sure({ suspects: [{ ...suspect, probability: 0.94 }] }), {}, 'not_sure_enough'],
  ['it is not grave enough', sure({ severity: 'major' }), {}, 'not_grave_enough'],
  [
    'the service is none of those named',
    sure(),
    { settings: { ...settings, services: ['search'] } },
    'not_this_service',
  ],
  ['a rollback is unsafe', sure({ suspects: [irreversible] }), {}, 'nothing_to_roll_back'],
  [
    'something else is advised',
    sure({ recommendation: { ...sure().recommendation, action: 'investigate' } }),
    {},
    'nothing_to_roll_back',
  ],
  ['it is over', sure({ state: 'resolved', resolvedAtMs: nowMs }), {}, 'nothing_to_roll_back'],
  ['somebody has taken it', sure({ state: 'acknowledged' }), {}, 'people_are_on_it'],
  ['somebody is rolling back', sure(), { changes: [{ ...rollback, startedAtMs: at('14:05:00') }] }, 'people_are_on_it'],
  ['somebody said something', sure(), { said: [said] }, 'people_are_on_it'],
  ['it was asked for', sure(), { asked: [asked('inc_1', 'checkout', 90)] }, 'asked_before'],
  ['the service was rolled back just now', sure(), { asked: [asked('inc_0', 'checkout', 59)] }, 'cooling_down'],
  [
    'the same was tried and did not get through',
    sure(),
    { asked: [asked('inc_1', 'checkout', 1, { outcome: 'failed' })] },
    'asked_before',
  ],
  ['another was refused', sure(), { asked: [asked('inc_0', 'checkout', 5, { outcome: 'refused' })] }, 'ask'],
  ['an hour has passed', sure(), { asked: [asked('inc_0', 'checkout', 61)] }, 'ask'],
  ['there were enough today', sure(), { asked: ['a', 'b', 'c'].map((id) => asked(id, id, 600)) }, 'enough_for_today'],
])('a rollback is asked for without a person only then: %s', (_when, incident, changed, expected) => {
  const given = { nowMs, changes: [], settings, press: undefined, asked: [], said: [], ...changed }
  const news = { ...toNews(document(incident)), incident, said: given.said }
  const decision = decideRollback(news, given.asked, given)
  expect(decision.kind === 'ask' ? 'ask' : decision.because).toBe(expected)
})

const press = { changeId: 'd42', atMs: nowMs }
const doubtful = openIncident({ severity: 'minor', state: 'acknowledged' })

test.each([
  ['whatever its grade, however sure, and taken or not', doubtful, {}, 'ask'],
  ['in either mode', sure(), { settings: { ...settings, mode: 'button' as const } }, 'ask'],
  [
    'after one that did not get through',
    sure(),
    { asked: [asked('inc_1', 'checkout', 1, { outcome: 'failed' })] },
    'ask',
  ],
  ['of the change that is advised', sure(), { press: { ...press, changeId: 'd41' } }, 'advice_changed'],
  ['within ten minutes of the press', sure(), { press: { ...press, atMs: nowMs - 601_000 } }, 'too_late'],
  ['once', sure(), { asked: [asked('inc_1', 'checkout', 90)] }, 'asked_before'],
  ['after the cool-down', sure(), { asked: [asked('inc_0', 'checkout', 59)] }, 'cooling_down'],
  ['so often a day', sure(), { asked: ['a', 'b', 'c'].map((id) => asked(id, id, 600)) }, 'enough_for_today'],
  ['of a service it is for', sure(), { settings: { ...settings, services: ['search'] } }, 'not_this_service'],
  ['where nobody else does', sure(), { changes: [{ ...rollback, startedAtMs: at('14:05:00') }] }, 'people_are_on_it'],
  ['while it lasts', sure({ state: 'resolved', resolvedAtMs: nowMs }), {}, 'nothing_to_roll_back'],
  ['where it is safe', sure({ suspects: [irreversible] }), {}, 'nothing_to_roll_back'],
])('a person starts a rollback %s', (_when, incident, changed, expected) => {
  const given = { nowMs, changes: [], settings, asked: [], press, ...changed }
  const decision = decideRollback({ ...toNews(document(incident)), incident, said: [said] }, given.asked, given)
  expect(decision.kind === 'ask' ? 'ask' : decision.because).toBe(expected)
})
