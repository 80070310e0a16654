import { expect, test } from 'vitest'
import {
  type Circumstances,
  type Decision,
  decideNotice,
  toldAfter,
} from '../../../../../services/notifier/core/decide-notice.ts'
import type { IncidentNews } from '../../../../../services/notifier/core/incident-news.ts'
import type { Told } from '../../../../../services/notifier/core/notice.ts'
import type { RollbackAttempt } from '../../../../../services/notifier/core/rollback-attempt.ts'
import type { Incident } from '../../../../../shared/domain/incident.ts'
import { at, change, deploy, incident } from '../../cli/incident-samples.ts'
import { document, openIncident, rollback } from '../notifier-world.ts'

const MINUTE_MS = 60_000
const circumstances: Circumstances = {
  nowMs: at('14:03:40'),
  silence: undefined,
  rollback: undefined,
  changes: [],
  blameAt: 0.5,
  repeatMs: 4 * 60 * MINUTE_MS,
}

const news = (of: Incident, mergedInto: string | null = null): IncidentNews => ({
  incident: of,
  document: document(of),
  mergedInto,
  said: [],
})

/** What readers know after the plain incident was opened. */
const opened: Told = toldAfter(undefined, 'opened', { news: news(openIncident()), at: circumstances })

function decide(told: Told | undefined, of: Incident, changed: Partial<Circumstances> = {}): string {
  const decision = decideNotice(told, news(of), { ...circumstances, ...changed })
  return sayDecision(decision)
}

function sayDecision(decision: Decision): string {
  if (decision.kind === 'tell') return decision.reason
  return decision.kind === 'silent' ? `silent: ${decision.because}` : 'refresh'
}

const later = (minutes: number) => ({ nowMs: circumstances.nowMs + minutes * MINUTE_MS })
const minor = (fields: Partial<Incident> = {}) => openIncident({ severity: 'minor', ...fields })
const rolling = change({ id: 'd43', status: 'started', startedAtMs: at('14:02:50') })
const started: RollbackAttempt = {
  incidentId: 'inc_1',
  service: 'checkout',
  changeId: 'd42',
  by: 'ana',
  atMs: at('14:06:00'),
  outcome: 'asked',
  because: null,
}
const second = {
  ...openIncident().suspects[0],
  changeId: 'd43',
  probability: 0.8,
  change: change({ id: 'd43' }),
  evidence: [],
}

test.each([
  ['a new incident is told at once', undefined, openIncident(), {}, 'opened'],
  ['the same again is only kept up to date', opened, openIncident({ requests: 9_900 }), later(1), 'refresh'],
  ['a graver one is told', { ...opened, severity: 'minor' }, openIncident(), later(0), 'worse'],
  ['twice the share failing is told', opened, openIncident({ observedRate: 0.17 }), later(4), 'worse'],
  ['but not within three minutes of the last word', opened, openIncident({ observedRate: 0.17 }), later(2), 'refresh'],
  [
    'a hair more than nothing is not worse',
    { ...opened, rate: 0.001 },
    openIncident({ observedRate: 0.004 }),
    later(9),
    'refresh',
  ],
  ['another change to blame is told', opened, openIncident({ suspects: [second] }), later(4), 'new_suspect'],
  ['a first change to blame is told at once', { ...opened, suspectId: null }, openIncident(), later(0), 'new_suspect'],
  ['no change to blame any more is no news', opened, openIncident({ suspects: [] }), later(4), 'refresh'],
  ['that somebody has taken it is told', opened, openIncident({ state: 'acknowledged' }), later(0), 'acknowledged'],
  ['a rollback is told', opened, openIncident(), { ...later(20), changes: [rollback] }, 'undone'],
  ['once', { ...opened, undoId: 'r41' }, openIncident(), { ...later(20), changes: [rollback] }, 'refresh'],
  [
    "another service's rollback is not",
    opened,
    openIncident(),
    { ...later(20), changes: [{ ...rollback, service: 'x' }] },
    'refresh',
  ],
  ['that somebody started a rollback is told', opened, openIncident(), { rollback: started }, 'rollback'],
  [
    'not while nobody knows what came of it',
    opened,
    openIncident(),
    { rollback: { ...started, outcome: 'begun' } },
    'refresh',
  ],
  ['nor twice', { ...opened, rollback: `asked@${started.atMs}` }, openIncident(), { rollback: started }, 'refresh'],
  [
    'a rollback that did not help is told',
    opened,
    openIncident({ verification: { state: 'refuted' } }),
    later(30),
    'not_helped',
  ],
  ['recovery is told', opened, incident(), later(17), 'recovered'],
  ['what nobody took is told again when that is due', opened, openIncident(), later(241), 'repeat_due'],
  [
    'what somebody took is not',
    { ...opened, state: 'acknowledged' },
    openIncident({ state: 'acknowledged' }),
    later(241),
    'refresh',
  ],
  ['nor when repeats are off', opened, openIncident(), { ...later(241), repeatMs: null }, 'refresh'],
  ['what was over before anybody was told is news', undefined, incident(), later(20), 'over'],
  ['for an hour', undefined, incident(), later(90), 'silent: over_before_it_was_told'],
] satisfies [string, Told | undefined, Incident, Partial<Circumstances>, string][])(
  '%s',
  (_name, told, of, changed, expected) => {
    expect(decide(told as Told | undefined, of, changed)).toBe(expected)
  },
)

test.each([
  ['waits for the rollout to end', minor({ statuses: { '502': 40, '503': 5 } }), 'silent: rolling_out'],
  ['is told when other things fail', minor({ statuses: { '500': 40, '503': 5 } }), 'opened'],
  ['is told at once when it is critical', openIncident({ statuses: { '503': 45 } }), 'opened'],
])('503s while instances are replaced: %s', (_name, of, expected) => {
  expect(decide(undefined, of, { changes: [rolling] })).toBe(expected)
})

test('a rollout is given two minutes, and one that has ended none', () => {
  const churn = minor({ statuses: { '503': 45 } })
  expect(decide(undefined, churn, { ...later(3), changes: [rolling] })).toBe('opened')
  expect(decide(undefined, churn, { changes: [{ ...deploy, finishedAtMs: at('14:03:00') }] })).toBe('opened')
})

test('an incident that comes and goes is told less and less often that it is over', () => {
  let told: Told = opened
  let nowMs = at('14:20:00')
  const over = () => incident({ resolvedAtMs: nowMs })
  const say = (reason: 'recovered' | 'reopened', of: Incident) => {
    told = toldAfter(told, reason, { news: news(of), at: { ...circumstances, nowMs } })
  }
  const waits: number[] = []
  for (let round = 0; round < 5; round++) {
    const resolved = over()
    const since = nowMs
    while (decide(told, resolved, { nowMs }) !== 'recovered') nowMs += MINUTE_MS
    waits.push((nowMs - since) / MINUTE_MS)
    say('recovered', resolved)
    nowMs += MINUTE_MS
    expect(decide(told, openIncident(), { nowMs })).toBe('reopened')
    say('reopened', openIncident())
  }
  expect(waits).toEqual([0, 5, 10, 20, 40])
})

test('under a silence nothing is told, and what is still open is told when it ends', () => {
  const silence = {
    id: 's',
    author: 'ana',
    note: null,
    env: null,
    service: null,
    incidentId: null,
    startsAtMs: 0,
    endsAtMs: 0,
  }
  expect(decide(undefined, openIncident(), { silence })).toBe('silent: silenced')
  expect(decide(opened, incident(), { silence })).toBe('silent: silenced')
  expect(decide(undefined, openIncident(), later(60))).toBe('opened')
})

test('an incident that is part of another is told once, and not at all if nobody knew of it', () => {
  const merged = (told: Told | undefined) => sayDecision(decideNotice(told, news(incident(), 'inc_0'), circumstances))
  expect(merged(opened)).toBe('merged')
  expect(merged({ ...opened, isMerged: true })).toBe('silent: merged')
  expect(merged(undefined)).toBe('silent: merged_before_it_was_told')
})
