import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeToWire } from '../../../../shared/domain/change-wire.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { incidentToWire, roundToOne } from '../../../../shared/domain/incident-wire.ts'

const AT_MS = Date.UTC(2026, 9, 2, 14, 3, 10)

const incident: Incident = {
  id: 'inc_0123456789abcdef',
  env: 'prod',
  service: 'checkout',
  signal: 'error_rate',
  state: 'open',
  severity: 'critical',
  startedAtMs: AT_MS,
  detectedAtMs: AT_MS + 20_000,
  updatedAtMs: AT_MS + 960_000,
  resolvedAtMs: null,
  alreadyFailing: false,
  chronic: false,
  baselineRate: 0.00123456,
  observedRate: 0.0424138,
  requests: 17565,
  errors: 745,
  excessErrors: 723.6,
  statuses: { '500': 742, '502': 3 },
  affected: [
    {
      service: 'checkout',
      method: 'POST',
      route: '/pay/{id}',
      version: 'v42',
      region: null,
      requests: 9014,
      errors: 731,
      shareOfExcess: 0.98123,
    },
  ],
  cause: 'change',
  suspects: [
    {
      changeId: 'd1',
      probability: 0.94333333,
      change: {
        id: 'd1',
        startedAtMs: AT_MS - 20_000,
        kind: 'deploy',
        service: 'checkout',
        env: 'prod',
        version: 'v42',
        status: 'succeeded',
        reversible: true,
      },
      evidence: [
        {
          kind: 'version_split',
          logOdds: 4.2234,
          text: 'v42 fails',
          data: { share: 0.123456789, n: 12, nested: [{ x: 1 / 3 }], name: 'v42' },
        },
      ],
    },
  ],
  otherCauses: [
    { cause: 'upstream', probability: 0.03333333, evidence: [] },
    { cause: 'unknown', probability: 0.02333334, evidence: [] },
  ],
  cleared: [
    { changeId: 'd2', reason: 'began_after_onset', text: 'config search #71 began 4 min after the first errors' },
  ],
  recommendation: {
    action: 'rollback',
    changeId: 'd1',
    toVersion: 'v41',
    command: null,
    reason: 'back to v41',
    cautions: [],
  },
  verification: { state: 'confirmed', text: 'normal again', recoveredAfterMs: 120_400 },
}

test('writes an incident as the contract says, and whether it began before the log and became normal', () => {
  expect(incidentToWire(incident)).toEqual({
    id: 'inc_0123456789abcdef',
    env: 'prod',
    service: 'checkout',
    signal: 'error_rate',
    state: 'open',
    severity: 'critical',
    started_at: '2026-10-02T14:03:10.000Z',
    detected_at: '2026-10-02T14:03:30.000Z',
    updated_at: '2026-10-02T14:19:10.000Z',
    resolved_at: null,
    baseline_rate: 0.001235,
    observed_rate: 0.04241,
    requests: 17565,
    errors: 745,
    excess_errors: 724,
    statuses: { '500': 742, '502': 3 },
    affected: [
      {
        service: 'checkout',
        method: 'POST',
        route: '/pay/{id}',
        version: 'v42',
        region: null,
        requests: 9014,
        errors: 731,
        share_of_excess: 0.9812,
      },
    ],
    cause: 'change',
    suspects: [
      {
        change_id: 'd1',
        probability: 0.9433,
        change: {
          id: 'd1',
          ts: '2026-10-02T14:02:50.000Z',
          kind: 'deploy',
          service: 'checkout',
          env: 'prod',
          version: 'v42',
          status: 'succeeded',
          reversible: true,
        },
        evidence: [
          {
            kind: 'version_split',
            log_odds: 4.22,
            text: 'v42 fails',
            data: { share: 0.1235, n: 12, nested: [{ x: 0.3333 }], name: 'v42' },
          },
        ],
      },
    ],
    other_causes: [
      { cause: 'upstream', probability: 0.0333, evidence: [] },
      { cause: 'unknown', probability: 0.0234, evidence: [] },
    ],
    cleared: [
      { change_id: 'd2', reason: 'began_after_onset', text: 'config search #71 began 4 min after the first errors' },
    ],
    recommendation: {
      action: 'rollback',
      change_id: 'd1',
      to_version: 'v41',
      command: null,
      reason: 'back to v41',
      cautions: [],
    },
    verification: { state: 'confirmed', text: 'normal again', recovered_after_s: 120 },
    already_failing: false,
    chronic: false,
  })
})

test('probabilities as written still sum to 1', () => {
  const weights = fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(weights, (given) => {
      const sum = given.reduce((total, weight) => total + weight, 0)
      const rounded = roundToOne(given.map((weight) => weight / sum))
      expect(rounded.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 9)
      const drifts = rounded.map((share, index) => Math.abs(share - (given[index] ?? 0) / sum))
      expect(Math.max(...drifts)).toBeLessThanOrEqual(1e-4)
    }),
  )
})

test('writes every known field of a change in snake case and leaves out the unknown ones', () => {
  const wire = changeToWire({
    id: 'a',
    startedAtMs: AT_MS,
    finishedAtMs: AT_MS + 1_500,
    kind: 'deploy',
    env: 'prod',
    previousVersion: 'v41',
    pullRequest: '12',
    status: 'succeeded',
    scope: { regions: ['eu'] },
    reversible: false,
    rollback: { command: 'make back' },
  })
  expect(wire).toEqual({
    id: 'a',
    ts: '2026-10-02T14:03:10.000Z',
    finished_at: '2026-10-02T14:03:11.500Z',
    kind: 'deploy',
    env: 'prod',
    previous_version: 'v41',
    pull_request: '12',
    status: 'succeeded',
    scope: { regions: ['eu'] },
    reversible: false,
    rollback: { command: 'make back' },
  })
})
