import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildIncident } from '../../../../../services/correlator/core/build-incident.ts'
import type { IncidentCase } from '../../../../../services/correlator/core/incident-case.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { drawCase } from '../drawn-case.ts'
import { atMinute, changeAt, drawLog, spikeAt, steady } from '../drawn-log.ts'
import { plainCase, seriesTotal } from '../plain-case.ts'

const noRecord = () => ({ changeCount: 0, blamedCount: 0 })
const build = (incident: IncidentCase, changes: readonly Change[] = []) => buildIncident(incident, changes, noRecord)
const resolved = spikeAt(120, { resolvedMinute: 140, baselineRate: 0.001 })

test('an incident of which the store has nothing is told with zeros, and no change is blamed', () => {
  const incident = build(plainCase())
  expect(incident).toMatchObject({
    service: 'checkout',
    env: 'prod',
    signal: 'error_rate',
    state: 'open',
    severity: 'minor',
    requests: 0,
    errors: 0,
    excessErrors: 0,
    observedRate: 0,
    baselineRate: 0.001,
    statuses: {},
    affected: [],
    suspects: [],
    cleared: [],
    recommendation: { changeId: null, command: null },
    verification: { state: 'not_applicable' },
  })
  expect(incident.otherCauses.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9)
})

test('harm is counted on the root alone, above what is normal there', () => {
  const totals = [
    seriesTotal({ requests: 1000, errors: 100 }),
    seriesTotal({ route: '/list', requests: 1000, errors: 0 }),
    seriesTotal({ service: 'gateway', requests: 5000, errors: 5000 }),
  ]
  expect(build(plainCase({ spikes: [resolved], data: { totals } }))).toMatchObject({
    requests: 2000,
    errors: 100,
    observedRate: 0.05,
    excessErrors: 98,
  })
})

test('fewer errors than normal are no negative harm', () => {
  const totals = [seriesTotal({ requests: 100_000, errors: 1 })]
  expect(build(plainCase({ data: { totals } })).excessErrors).toBe(0)
})

test('statuses are the root’s server errors, lowest first', () => {
  const statuses = [
    { service: 'checkout', status: 503, requests: 3 },
    { service: 'checkout', status: 200, requests: 900 },
    { service: 'checkout', status: 500, requests: 97 },
    { service: 'checkout', status: 404, requests: 5 },
    { service: 'gateway', status: 502, requests: 70 },
  ]
  expect(Object.entries(build(plainCase({ data: { statuses } })).statuses)).toEqual([
    ['500', 97],
    ['503', 3],
  ])
})

test('it was detected when its first spike was, and is as new as its newest; it is over when all of it is', () => {
  const route = spikeAt(119, {
    method: 'POST',
    route: '/pay',
    detectedAtMs: atMinute(125),
    updatedAtMs: atMinute(160),
    resolvedMinute: 150,
  })
  const whole = { ...resolved, detectedAtMs: atMinute(121), updatedAtMs: atMinute(141) }
  expect(build(plainCase({ spikes: [route, whole] }))).toMatchObject({
    detectedAtMs: atMinute(121),
    updatedAtMs: atMinute(160),
    resolvedAtMs: atMinute(150),
    state: 'resolved',
  })
  const { resolvedAtMs: _, ...lasting } = whole
  expect(build(plainCase({ spikes: [route, { ...lasting, resolvedAtMs: null }] }))).toMatchObject({
    resolvedAtMs: null,
    state: 'open',
  })
})

const rows = drawLog([
  { version: 'v41', requests: [...steady(600, 120), ...steady(300, 20)] },
  {
    version: 'v42',
    requests: [...steady(0, 120), ...steady(300, 20)],
    failures: [...steady(0, 120), ...steady(30, 20)],
  },
])
const v42 = changeAt(119.9, { id: 'v42', version: 'v42', previousVersion: 'v41' })

test('evidence for a suspect comes before evidence against it', () => {
  const [suspect] = build(drawCase(rows, [resolved]), [v42]).suspects
  const logOdds = suspect?.evidence.map((evidence) => evidence.logOdds) ?? []
  expect(logOdds.length).toBeGreaterThan(2)
  expect(logOdds).toEqual(logOdds.toSorted((a, b) => b - a))
})

test('whatever changes there are: cause, suspects, advice and verification tell one story', () => {
  const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.constantFrom('v41', 'v42', 'v43')), {
    maxLength: 5,
  })
  const incidentCase = drawCase(rows, [resolved])
  fc.assert(
    fc.property(minutes, (drawn) => {
      const changes = drawn.map(([minute, version], index) => changeAt(minute, { id: `c${index}`, version }))
      const { cause, suspects, otherCauses, cleared, recommendation, verification } = build(incidentCase, changes)
      const ofChanges = suspects.reduce((sum, { probability }) => sum + probability, 0)
      const others = otherCauses.map(({ probability }) => probability)
      expect(others.reduce((sum, probability) => sum + probability, ofChanges)).toBeCloseTo(1, 9)
      expect(cause === 'change').toBe(ofChanges >= Math.max(...others))
      expect(recommendation.changeId === null).toBe(cause !== 'change')
      if (cause !== 'change') expect(verification.state).toBe('not_applicable')
      const told = [...suspects, ...cleared].map(({ changeId }) => changeId)
      expect(new Set(told).size).toBe(told.length)
    }),
  )
})
