import { expect, test } from 'vitest'
import { selectCandidates } from '../../../../../services/correlator/core/candidates.ts'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { drawCase } from '../drawn-case.ts'
import { changeAt, drawLog, spikeAt, steady } from '../drawn-log.ts'

const settings = { ...DEFAULT_SETTINGS, services: { checkout: { calls: ['payments'] } } }
const rows = drawLog([
  { version: 'v41', requests: [...steady(300, 118), 200, 100, 100, 0] },
  { version: 'v42', requests: [...steady(0, 118), 100, 200, 200, ...steady(300, 30)] },
  { service: 'payments', requests: steady(300, 150) },
  { service: 'search', requests: steady(300, 150) },
])
const incident = drawCase(rows, [spikeAt(120, { resolvedMinute: 140 })], settings)

/** `root`, `callee`, … for a candidate, the reason and text for a cleared one, `ignored` for what is of another time. */
function judge(change: Change, others: readonly Change[] = []): string {
  const { candidates, cleared } = selectCandidates(incident, [change, ...others])
  const found = candidates.find((candidate) => candidate.change.id === change.id)
  const innocent = cleared.find(({ changeId }) => changeId === change.id)
  return found?.relation ?? (innocent === undefined ? 'ignored' : `${innocent.reason}: ${innocent.text}`)
}

const { service: _, ...platform } = changeAt(119, { kind: 'infra' })
const v42 = changeAt(118, { id: 'v42', version: 'v42' })

test.each<[string, Change, string]>([
  ['a deploy of the failing service before the onset', changeAt(119), 'root'],
  ['one that ended within the lookback though it began before', changeAt(-10, { finishedMinute: 20 }), 'root'],
  ['one that was over before the lookback', changeAt(-10), 'ignored'],
  ['one of what it calls', changeAt(119, { service: 'payments' }), 'callee'],
  ['one of the whole platform', platform, 'platform'],
  ['one of a service that no log knows', changeAt(119, { service: 'ledger' }), 'unseen'],
  ['a failed one', changeAt(119, { status: 'failed' }), 'root'],
  ['one in another environment', changeAt(119, { env: 'staging' }), 'ignored'],
  ['one in the same environment by another name', changeAt(119, { env: 'production' }), 'root'],
  ['one recorded a minute after the onset', changeAt(121), 'root'],
  [
    'one that began four minutes after',
    changeAt(124, { kind: 'config', title: 'pool #71' }),
    'began_after_onset: config pool #71 of checkout began 4 min after the first errors',
  ],
  ['one after the recovery', changeAt(141), 'ignored'],
  [
    'one of a service that has nothing to do with it',
    changeAt(119, { service: 'search', version: '7' }),
    'outside_its_scope: deploy 7 of search: search is not failing, nor known to serve checkout',
  ],
])('%s', (_, change, expected) => {
  expect(judge(change)).toBe(expected)
})

test('a deploy counts from its first request, whatever the time on its record', () => {
  const early = changeAt(110, { version: 'v42', finishedMinute: 121 })
  const [candidate] = selectCandidates(incident, [early]).candidates
  expect(candidate?.startMs).toBe(v42.startedAtMs)
  expect(candidate?.rollout?.version).toBe('v42')
})

test('a deploy without a version is known by the version that appeared with it', () => {
  const [candidate] = selectCandidates(incident, [changeAt(118)]).candidates
  expect(candidate?.rollout?.version).toBe('v42')
})

test('a deploy whose version took no request is cleared, where the log is known to name versions as deploys do', () => {
  const absent = changeAt(119, { version: 'v43' })
  expect(judge(absent, [v42])).toBe('no_traffic_through_it: deploy v43 took no traffic: no request names its version')
  expect(judge({ ...absent, version: 'build-9' })).toBe('root')
})

test('a deploy whose first request came well after the errors is cleared', () => {
  const late = drawCase(rows, [spikeAt(114, { resolvedMinute: 140 })], settings)
  const [cleared] = selectCandidates(late, [changeAt(113, { version: 'v42' })]).cleared
  expect(cleared).toMatchObject({
    reason: 'no_traffic_through_it',
    text: 'deploy v42 took its first request 4 min after the first errors',
  })
})

test('a change into a log that was failing from its start is told apart from one that could have begun it', () => {
  const within = drawCase(rows, [spikeAt(0, { alreadyFailing: true })], settings)
  const { candidates, cleared } = selectCandidates(within, [changeAt(-5), changeAt(5)])
  expect(candidates).toHaveLength(1)
  expect(cleared[0]?.reason).toBe('fault_already_there')
})

test('looks at no more than the 200 nearest changes', () => {
  const many = Array.from({ length: 300 }, (_, index) => changeAt(119 - index / 10, { id: `c${index}` }))
  const { candidates } = selectCandidates(incident, many)
  expect(candidates).toHaveLength(200)
  expect(candidates[0]?.change.id).toBe('c0')
})

test('where more changes are near than can be told, those that touch what fails are looked at first', () => {
  const elsewhere = Array.from({ length: 300 }, (_, index) => changeAt(119, { id: `s${index}`, service: 'search' }))
  const { candidates, cleared } = selectCandidates(incident, [...elsewhere, changeAt(30, { id: 'own' })])
  expect(candidates.map(({ change }) => change.id)).toEqual(['own'])
  expect(cleared).toHaveLength(199)
})

test('a one-service log need not know the service by the name that the deploys of one service bear', () => {
  const alone = drawCase(drawLog([{ service: 'web', requests: steady(300, 150) }]), [spikeAt(120, { service: 'web' })])
  expect(selectCandidates(alone, [changeAt(119, { service: 'shop' })]).candidates[0]?.relation).toBe('root')
  const ofTwo = [changeAt(119, { service: 'shop' }), changeAt(118, { service: 'ledger' })]
  expect(selectCandidates(alone, ofTwo).candidates.map(({ relation }) => relation)).toEqual(['unseen', 'unseen'])
})
