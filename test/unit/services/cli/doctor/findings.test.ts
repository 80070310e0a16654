import { expect, test } from 'vitest'
import { diagnose } from '../../../../../services/cli/doctor/findings.ts'
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
  [
    'a clock that is ahead',
    { newest_event_at: '2026-11-21T12:20:00.000Z' },
    { about: 'clock', text: /20 min in the future/ },
  ],
  ['a silent source', { newest_event_at: '2026-11-21T11:00:00.000Z' }, { about: 'events', text: /60 min old/ }],
  ['a detector that lags', { judged_until: '2026-11-21T11:30:00.000Z' }, { about: 'detector', state: 'failed' }],
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
