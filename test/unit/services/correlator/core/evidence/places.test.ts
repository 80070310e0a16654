import { expect, test } from 'vitest'
import { weighDose } from '../../../../../../services/correlator/core/evidence/dose.ts'
import { weighHostSplit } from '../../../../../../services/correlator/core/evidence/host-split.ts'
import { weighScope } from '../../../../../../services/correlator/core/evidence/scope.ts'
import type { Change } from '../../../../../../shared/domain/change.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const quiet = steady(0, 60)

function caseOf(lines: readonly DrawnLine[], change: Change) {
  const incident = drawCase(drawLog(lines), [spikeAt(60, { resolvedMinute: 75 })])
  return [incident, candidateOf(incident, change)] as const
}

test('new instances that fail while the old ones do not point at the rollout', () => {
  const lines = [
    { host: 'old-1', requests: steady(300, 75) },
    { host: 'old-2', requests: steady(300, 60) },
    { host: 'new-1', requests: [...quiet, ...steady(300, 15)], failures: [...quiet, ...steady(40, 15)] },
  ]
  const finding = weighHostSplit(...caseOf(lines, changeAt(59, { finishedMinute: 62 })))
  expect(finding?.evidence.logOdds).toBe(6)
  expect(finding?.evidence.text).toBe(
    'changed instances (1) fail 13 % of 4,500 requests, the others at the same time 0 % of 4,500',
  )
})

test('instances that come later in a rollout whose end nobody recorded belong to it', () => {
  const lines = [
    { host: 'old-1', requests: [...steady(300, 66), ...steady(0, 9)] },
    { host: 'new-1', requests: [...quiet, ...steady(300, 15)], failures: [...quiet, ...steady(40, 15)] },
    {
      host: 'new-2',
      requests: [...quiet, ...steady(0, 4), ...steady(300, 11)],
      failures: [...quiet, ...steady(0, 4), ...steady(40, 11)],
    },
  ]
  expect(weighHostSplit(...caseOf(lines, changeAt(59.5)))?.evidence.logOdds).toBe(6)
})

test('a rollout that began before the instances are read can’t be split by them', () => {
  const failing = { requests: [...steady(0, 29), ...steady(300, 46)], failures: [...quiet, ...steady(30, 15)] }
  const later = { requests: [...steady(0, 32), ...steady(300, 43)], failures: [...quiet, ...steady(30, 15)] }
  const lines = [
    { host: 'new-1', ...failing },
    { host: 'new-2', ...later },
  ]
  expect(weighHostSplit(...caseOf(lines, changeAt(28, { finishedMinute: 33 })))).toBeUndefined()
})

test('unchanged instances that fail alike clear a change of some hosts', () => {
  const failing = { requests: steady(300, 75), failures: [...quiet, ...steady(30, 15)] }
  const change = changeAt(59, { kind: 'infra', scope: { hosts: ['a'] } })
  const finding = weighHostSplit(
    ...caseOf(
      [
        { host: 'a', ...failing },
        { host: 'b', ...failing },
      ],
      change,
    ),
  )
  expect(finding?.clears).toBe('unchanged_hosts_fail_alike')
})

test('errors that are where the new version is, region by region, point at it', () => {
  const lines = [
    { region: 'east', version: 'v1', requests: steady(600, 75) },
    { region: 'west', version: 'v1', requests: steady(600, 60) },
    {
      region: 'west',
      version: 'v2',
      requests: [...quiet, ...steady(600, 15)],
      failures: [...quiet, ...steady(30, 15)],
    },
  ]
  const finding = weighDose(...caseOf(lines, changeAt(60, { version: 'v2' })))
  expect(finding?.evidence.logOdds).toBeGreaterThan(1)
  expect(finding?.evidence.text).toBe(
    'errors against the share of v2: west with 100 % of it fails 5 %, east with 0 % of it fails 0 %',
  )
})

test('errors in both regions speak against a version that is in one', () => {
  const failures = [...quiet, ...steady(30, 15)]
  const lines = [
    { region: 'east', version: 'v1', requests: steady(600, 75), failures },
    { region: 'west', version: 'v1', requests: steady(600, 60) },
    { region: 'west', version: 'v2', requests: [...quiet, ...steady(600, 15)], failures },
  ]
  expect(weighDose(...caseOf(lines, changeAt(60, { version: 'v2' })))?.evidence.logOdds).toBe(-3)
})

const twoRoutes = [
  { route: '/pay', requests: steady(300, 75), failures: [...quiet, ...steady(30, 15)] },
  { route: '/list', requests: steady(300, 75) },
]
test.each([
  ['the failing route', { routes: ['/pay'] }, 0.5, undefined],
  ['the failing route with its method', { routes: ['POST /pay'] }, 0.5, undefined],
  ['another route', { routes: ['/list'] }, -4, 'outside_its_scope'],
  ['a twentieth of the requests that is exceeded', { percent: 1 }, -3, 'outside_its_scope'],
  ['enough of the requests', { percent: 10 }, 0, undefined],
])('a change of %s is weighed by where the errors are', (_, scope, least, clears) => {
  const finding = weighScope(...caseOf(twoRoutes, changeAt(59, { kind: 'feature_flag', scope })))
  expect(finding?.evidence.logOdds).toBeGreaterThanOrEqual(least)
  expect(finding?.clears).toBe(clears)
})

test('a scope in names that the log does not use says nothing', () => {
  const change = changeAt(59, { kind: 'config', scope: { regions: ['eu'], routes: ['/checkout/pay'] } })
  expect(weighScope(...caseOf(twoRoutes, change))).toBeUndefined()
})
