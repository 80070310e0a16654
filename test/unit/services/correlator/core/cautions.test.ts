import { expect, test } from 'vitest'
import { findCautions } from '../../../../../services/correlator/core/cautions.ts'
import type { Target } from '../../../../../services/correlator/core/rollback-target.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { atMinute, changeAt, spikeAt } from '../drawn-log.ts'
import { candidate, plainCase } from '../plain-case.ts'

const incident = plainCase({ spikes: [spikeAt(120, { resolvedMinute: 140 })] })
const v42 = changeAt(118, { id: 'v42', version: 'v42', finishedMinute: 119 })
const rollout = { version: 'v42', exposed: new Set(['v42']) }

function cautionsOf(change: Change, others: readonly Change[] = [], target?: Target): readonly string[] {
  return findCautions(incident, candidate(change, { rollout }), { target, changes: [change, ...others] })
}

function target(lastMinute: number): Target {
  return { version: 'v41', requests: 1000, errorRate: 0, lastAtMs: atMinute(lastMinute) }
}

test('an ordinary deploy with nothing since needs no caution', () => {
  expect(cautionsOf(v42, [], target(125))).toEqual([])
})

test('a deploy that only the log knows of is told as such', () => {
  expect(cautionsOf({ ...v42, source: 'inferred' })).toEqual([
    'nobody reported deploy v42: it is inferred from the version that the log names',
  ])
})

test('a change that can not be undone safely is told', () => {
  const change = changeAt(118, { kind: 'migration', title: 'drop column', reversible: false })
  expect(cautionsOf(change)).toEqual([
    'migration drop column is marked as not reversible: going back could do more harm',
  ])
})

test('a rollout that has not ended is to be paused first, one that has is not', () => {
  expect(cautionsOf(changeAt(118, { version: 'v42', status: 'started' }))).toEqual([
    'deploy v42 is still rolling out: pause it first',
  ])
  expect(cautionsOf({ ...v42, status: 'started' })).toEqual([])
})

test('a rollout that the recommended command ends itself is not to be paused', () => {
  const change = changeAt(118, { version: 'v42', status: 'started' })
  const facts = { target: undefined, changes: [change], endsRollout: true }
  expect(findCautions(incident, candidate(change, { rollout }), facts)).toEqual([
    'deploy v42 is still rolling out: taking it back ends that too',
  ])
})

test.each<[string, Change, boolean]>([
  ['a later deploy', changeAt(125, { version: 'v43' }), true],
  ['a later setting', changeAt(125, { kind: 'config', title: 'pool' }), true],
  ['one at the very end', changeAt(140, { version: 'v43' }), true],
  ['one after the incident', changeAt(141, { version: 'v43' }), false],
  ['one at the same moment', changeAt(118, { id: 'same' }), false],
  ['an earlier one', changeAt(110), false],
  ['a rollback, which may be the cure', changeAt(125, { kind: 'rollback', version: 'v41' }), false],
  ['a cancelled one', changeAt(125, { status: 'cancelled' }), false],
  ['one of another service', changeAt(125, { service: 'search' }), false],
  ['one in another environment', changeAt(125, { env: 'staging' }), false],
])('what was changed on top since is told: %s', (_, later, isTold) => {
  expect(cautionsOf(v42, [later]).length > 0).toBe(isTold)
})

test('of many changes since the first three are named, in the order they were made', () => {
  const since = [129, 125, 127, 126, 128].map((minute) => changeAt(minute, { version: `v${minute}` }))
  expect(cautionsOf(v42, since)).toEqual([
    'changed since on the same service: deploy v125, deploy v126, deploy v127 and 2 more',
  ])
})

test('a version that last served over a day before may be gone', () => {
  expect(cautionsOf(v42, [], target(120 - 24 * 60))).toEqual([])
  expect(cautionsOf(v42, [], target(120 - 72 * 60))).toEqual([
    'v41 last served 3 days before: see that it can still be deployed',
  ])
})

test('several cautions are all told', () => {
  const change = changeAt(118, { version: 'v42', reversible: false, status: 'started' })
  expect(cautionsOf(change, [changeAt(125)], target(-3000))).toHaveLength(4)
})
