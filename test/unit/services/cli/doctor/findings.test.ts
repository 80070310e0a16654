import { expect, test } from 'vitest'
import { DEFAULT_SENDER_SETTINGS } from '../../../../../services/api/core/webhooks/sender-settings.ts'
import {
  diagnose,
  judgeClocks,
  judgeProcesses,
  judgeQueue,
  judgeSenders,
} from '../../../../../services/cli/doctor/findings.ts'
import type { Diagnosis, ServiceDiagnosis } from '../../../../../shared/domain/diagnosis.ts'

const checkout: ServiceDiagnosis = {
  env: 'prod',
  service: 'checkout',
  requests: 10_000,
  without_version: 0,
  without_host: 0,
  overflow: 0,
  routes: 12,
  biggest_route: '/pay/{id}',
  biggest_route_requests: 4_000,
}
const well: Diagnosis = {
  now: '2026-11-21T12:00:00.000Z',
  newest_event_at: '2026-11-21T11:59:50.000Z',
  judged_until: '2026-11-21T11:59:50.000Z',
  history_read_until: null,
  rejected_lines: 3,
  requests: 10_000,
  changes: 2,
  services: [checkout],
}

const wrong = (diagnosis: Diagnosis) => diagnose(diagnosis).filter(({ state }) => state !== 'ok')

test('a set-up without mistakes has nothing to mend', () => {
  expect(wrong(well)).toEqual([])
})

test.each<[string, Partial<Diagnosis>, object]>([
  ['a silent source', { newest_event_at: '2026-11-21T11:00:00.000Z' }, { about: 'events', text: /60 min old/ }],
  ['a detector that lags', { judged_until: '2026-11-21T11:30:00.000Z' }, { about: 'detector', state: 'failed' }],
  [
    'a detector that has just been started',
    { judged_until: '2026-11-18T11:30:00.000Z', history_read_until: '2026-11-21T11:00:00.000Z' },
    { about: 'detector', state: 'warning', text: 'starting: reading history, 60 min of it to go' },
  ],
  ['a detector that never ran', { judged_until: null }, { about: 'detector', state: 'failed' }],
  ['lines that are not read', { rejected_lines: 1_000 }, { about: 'lines', text: /9.1 %/ }],
  ['deploys that nobody tells', { changes: 0 }, { about: 'changes', state: 'warning' }],
  [
    'logs without versions',
    { services: [{ ...checkout, without_version: 10_000 }] },
    { about: 'versions', text: /checkout/ },
  ],
  ['logs without hosts', { services: [{ ...checkout, without_host: 9_900 }] }, { about: 'hosts', text: /checkout/ }],
  ['too many routes', { services: [{ ...checkout, overflow: 2_000 }] }, { about: 'routes', text: /checkout/ }],
  [
    'one route that is all',
    { services: [{ ...checkout, biggest_route_requests: 9_990 }] },
    { about: 'routes', text: /\/pay\/\{id\} is nearly all/ },
  ],
])('finds %s, and says the fix', (_, found, expected) => {
  const [finding, ...others] = wrong({ ...well, ...found })
  const { text, ...rest } = { text: /./, ...expected }
  expect(finding).toMatchObject({ ...rest, text: expect.stringMatching(text), fix: expect.stringMatching(/./) })
  expect(others).toEqual([])
})

test('of a service with few requests nothing is said', () => {
  expect(wrong({ ...well, services: [{ ...checkout, requests: 500, without_version: 500 }] })).toEqual([])
})

test('nothing stored is one finding', () => {
  expect(diagnose({ ...well, newest_event_at: null })).toMatchObject([{ state: 'warning', about: 'events' }])
})

test('a clock that is ahead is found by what was counted as of now, and one that is right is not', () => {
  const metrics = (clamped: number) =>
    `# HELP x\nculprit_events_accepted_total 1000\nculprit_events_clamped_total ${clamped}\n`
  expect(judgeClocks(metrics(400))).toMatchObject({
    about: 'clock',
    text: expect.stringMatching(/^40 % of the events/),
    fix: expect.stringMatching(/NTP/),
  })
  expect(judgeClocks(metrics(2))).toBeUndefined()
  expect(judgeClocks('')).toBeUndefined()
})

test('events that wait in Kafka are found, a few under way are not', () => {
  expect(judgeQueue({ brokers: 3, waiting: 5_000 })).toMatchObject({
    state: 'warning',
    text: '5,000 messages of events wait to be stored',
  })
  expect(judgeQueue({ brokers: 3, waiting: 3 })).toEqual({ state: 'ok', about: 'kafka', text: '3 brokers in reach' })
  expect(judgeQueue({ brokers: 1, waiting: undefined })).toMatchObject({ state: 'ok' })
})

test('a service that no process runs is found', () => {
  const all = { ingest: 2, detector: 1, correlator: 2, notifier: 1 }
  expect(judgeProcesses({ processes: all })).toMatchObject({
    state: 'ok',
    text: 'ingest 2, detector 1, correlator 2, notifier 1',
  })
  expect(judgeProcesses({ processes: { ...all, correlator: 0 } })).toEqual({
    state: 'failed',
    about: 'processes',
    text: 'nobody runs correlator',
    fix: 'culprit start --only correlator',
  })
  const none = { ingest: 0, detector: 0, correlator: 0, notifier: 0 }
  expect(judgeProcesses({ processes: none })).toMatchObject({ state: 'warning' })
})

test('a sender without a secret is found, and one that needs none is not', () => {
  const sender = (secrets: string[], allowUnsigned: boolean) => ({
    secrets,
    allowUnsigned,
    settings: DEFAULT_SENDER_SETTINGS,
  })
  const senders = { github: sender([], false), gitlab: sender(['s'], false), jenkins: sender([], true) }
  expect(judgeSenders({ senders, allowUnsigned: false, envAliases: {} })).toMatchObject([
    { state: 'failed', text: 'github: refused, as no secret is set', fix: expect.stringMatching(/secret_file/) },
    { state: 'warning', text: 'jenkins: whoever claims to be it is believed' },
  ])
  expect(judgeSenders({ senders: { jenkins: sender([], true) }, allowUnsigned: true, envAliases: {} })).toEqual([])
})
