import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../../../services/correlator/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from './drawn-log.ts'
import { readDrawnLog } from './read-drawn-log.ts'

interface Story {
  readonly lines: readonly DrawnLine[]
  readonly spikes: readonly Spike[]
  readonly changes?: readonly Change[]
  readonly services?: typeof DEFAULT_SETTINGS.services
}

async function tell({ lines, spikes, changes = [], services = {} }: Story): Promise<Incident> {
  const input = { spikes, changes, settings: { ...DEFAULT_SETTINGS, services } }
  const incidents = await correlateSpikes(readDrawnLog(drawLog(lines)), input)
  const [incident] = incidents
  if (incident === undefined || incidents.length > 1) throw new Error(`${incidents.length} incidents, not one`)
  return incident
}

const quiet = steady(0, 120)
/** Fails from minute 120 to 140. */
const failing = (perMinute: number) => [...quiet, ...steady(perMinute, 20)]
const spike = spikeAt(120, { resolvedMinute: 140 })
const v42 = changeAt(119.5, {
  id: 'v42',
  version: 'v42',
  previousVersion: 'v41',
  finishedMinute: 126,
  source: 'kubernetes',
})
const rollout: readonly DrawnLine[] = [
  { version: 'v41', requests: [...steady(600, 120), ...steady(300, 6)] },
  {
    version: 'v42',
    requests: [...quiet, ...steady(300, 6), ...steady(600, 14), ...quiet],
    failures: [...quiet, ...steady(30, 6), ...steady(60, 14)],
  },
  { version: 'v41', requests: [...steady(0, 140), ...steady(600, 20)] },
]
const rollback = changeAt(139, {
  id: 'back',
  kind: 'rollback',
  version: 'v41',
  previousVersion: 'v42',
  finishedMinute: 140,
})

test('names the bad deploy, what to do about it, and that taking it back ended it', async () => {
  const incident = await tell({ lines: rollout, spikes: [spike], changes: [v42, rollback] })
  expect(incident).toMatchObject({
    service: 'checkout',
    state: 'resolved',
    severity: 'critical',
    cause: 'change',
    requests: 12_000,
    errors: 1020,
    statuses: { 500: 1020 },
    suspects: [{ changeId: 'v42', probability: expect.closeTo(0.995, 3) }],
    cleared: [{ changeId: 'back', reason: 'began_after_onset' }],
    recommendation: {
      action: 'rollback',
      changeId: 'v42',
      toVersion: 'v41',
      command: 'kubectl -n prod rollout undo deployment/checkout',
      reason: 'back to v41: 72,000 requests at 0 % before',
      cautions: [],
    },
    verification: { state: 'confirmed', text: 'normal again 60 s after rollback v41 began', recoveredAfterMs: 60_000 },
  })
  expect(incident.suspects[0]?.evidence.slice(0, 3).map(({ text }) => text)).toEqual([
    'v42 fails 10 % of 1,800 requests, v41 at the same time 0 % of 1,800',
    '5 % fail from the first errors to the end of the rollout, 10 % after it',
    'first errors as v42 took traffic',
  ])
})

test('blames no change that began after the spike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: 122, max: 300, noNaN: true }), { maxLength: 5 }), async (minutes) => {
      const changes = minutes.map((minute, index) => changeAt(minute, { id: `late-${index}` }))
      const incident = await tell({
        lines: [{ requests: steady(600, 140), failures: failing(60) }],
        spikes: [spike],
        changes,
      })
      expect(incident.suspects).toEqual([])
      expect(incident.cause).not.toBe('change')
    }),
    { numRuns: 20 },
  )
})

test('gives the same incidents whatever order spikes and changes come in', async () => {
  const route = spikeAt(120, { method: 'POST', route: '/pay', resolvedMinute: 139, evidence: 90 })
  const changes = [
    v42,
    rollback,
    changeAt(118, { id: 'flag', kind: 'feature_flag' }),
    changeAt(100, { id: 'other', service: 'search' }),
  ]
  const reader = readDrawnLog(drawLog(rollout))
  const settings = DEFAULT_SETTINGS
  const expected = await correlateSpikes(reader, { spikes: [spike, route], changes, settings })
  const anyOrder = fc.tuple(
    fc.shuffledSubarray([spike, route], { minLength: 2 }),
    fc.shuffledSubarray(changes, { minLength: 4 }),
  )
  await fc.assert(
    fc.asyncProperty(anyOrder, async ([spikes, shuffled]) => {
      expect(await correlateSpikes(reader, { spikes, changes: shuffled, settings })).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

test('an innocent deploy beside a guilty flag is cleared by its old version', async () => {
  const innocent: readonly DrawnLine[] = [
    { version: 'v41', requests: [...steady(600, 118), ...steady(300, 12)], failures: [...quiet, ...steady(30, 10)] },
    {
      version: 'v42',
      requests: [...steady(0, 118), ...steady(300, 12), ...steady(600, 10)],
      failures: [...quiet, ...steady(30, 10), ...steady(60, 10)],
    },
  ]
  const flag = changeAt(119.5, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })
  const deploy = changeAt(118, { id: 'v42', version: 'v42', finishedMinute: 130 })
  const incident = await tell({ lines: innocent, spikes: [spike], changes: [flag, deploy] })
  expect(incident.suspects.map(({ changeId }) => changeId)).toEqual(['flag'])
  expect(incident.suspects[0]?.probability).toBeGreaterThan(0.9)
  expect(incident.cleared).toEqual([
    { changeId: 'v42', reason: 'old_version_fails_alike', text: expect.stringContaining('deploy v42: v42 fails 10 %') },
  ])
  expect(incident.recommendation).toMatchObject({ action: 'disable_flag', reason: 'undo flag new-cart' })
})

test('of two changes that fit alike neither is blamed, and the cheaper one is tried first', async () => {
  const deploy = changeAt(119.5, { id: 'deploy', version: '7' })
  const flag = changeAt(119.5, { id: 'flag', kind: 'feature_flag', title: 'new-cart' })
  const lines = [{ requests: steady(600, 140), failures: failing(60) }]
  const incident = await tell({ lines, spikes: [spike], changes: [deploy, flag] })
  const shares = incident.suspects.map(({ probability }) => probability)
  expect(Math.max(...shares)).toBeLessThan(0.7)
  expect(incident.recommendation.changeId).toBe('flag')
  expect(incident.recommendation.reason).toBe(
    'taking back flag new-cart is the quickest way to tell the suspects apart; undo flag new-cart',
  )
})

const calls = { gateway: { calls: ['checkout'] } }
const cascade: readonly DrawnLine[] = [
  { requests: steady(600, 140), failures: failing(60) },
  { service: 'gateway', route: '/', requests: steady(900, 140), failures: failing(50), status: 502 },
]

test('a broken service and its caller are one incident, of the service, and the caller’s deploy is cleared', async () => {
  const changes = [changeAt(119.5, { id: 'bad' }), changeAt(119.5, { id: 'caller', service: 'gateway' })]
  const spikes = [spikeAt(120, { service: 'gateway', resolvedMinute: 140, evidence: 500 }), spike]
  const incident = await tell({ lines: cascade, spikes, changes, services: calls })
  expect(incident.service).toBe('checkout')
  expect(incident.affected.map(({ service }) => service).toSorted()).toEqual(['checkout', 'gateway'])
  expect(incident.suspects.map(({ changeId }) => changeId)).toEqual(['bad'])
  expect(incident.cleared).toEqual([
    {
      changeId: 'caller',
      reason: 'victim_of_dependency',
      text: expect.stringContaining('gateway fails because checkout, which it calls, does'),
    },
  ])
})

test('the same without anybody having said who calls whom', async () => {
  const spikes = [spikeAt(120, { service: 'gateway', resolvedMinute: 140, evidence: 500 }), spike]
  expect((await tell({ lines: cascade, spikes, changes: [changeAt(119.5)] })).service).toBe('checkout')
})

test.each<[Incident['cause'], Incident['recommendation']['action'], readonly DrawnLine[]]>([
  ['upstream', 'escalate_upstream', [{ requests: steady(600, 140), failures: failing(60), status: 504 }]],
  ['load', 'scale', [{ requests: [...steady(600, 120), ...steady(2000, 20)], failures: failing(200), status: 503 }]],
  [
    'client',
    'block_client',
    [
      { requests: steady(600, 140), client: 'a' },
      { requests: failing(60), failures: failing(57), client: 'b' },
    ],
  ],
  ['unknown', 'investigate', [{ requests: steady(600, 140), failures: failing(60) }]],
])('without a change that fits, says %s and advises to %s', async (cause, action, lines) => {
  const search = { service: 'search', requests: steady(60, 140) }
  const changes = [changeAt(119, { service: 'search' })]
  const incident = await tell({ lines: [...lines, search], spikes: [spike], changes })
  expect(incident.cause).toBe(cause)
  expect(incident.recommendation).toMatchObject({ action, changeId: null, command: null })
  const all = [...incident.suspects, ...incident.otherCauses].map(({ probability }) => probability)
  expect(all.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9)
})

test('a migration that can’t be undone is rolled forward, and what came after it is told', async () => {
  const changes = [
    changeAt(119.8, { id: 'schema', kind: 'migration', title: 'drop column', reversible: false }),
    changeAt(125, { id: 'next', kind: 'config', title: 'pool size' }),
  ]
  const incident = await tell({
    lines: [{ requests: steady(600, 140), failures: failing(60) }],
    spikes: [spike],
    changes,
  })
  expect(incident.recommendation).toMatchObject({
    action: 'roll_forward',
    command: null,
    cautions: [
      'migration drop column is marked as not reversible: going back could do more harm',
      'changed since on the same service: config pool size',
    ],
  })
})

test('a rollout still going on is to be paused first', async () => {
  const changes = [changeAt(119.8, { version: 'v42', status: 'started' })]
  const open = spikeAt(120, { updatedAtMs: spikeAt(126).onsetAtMs })
  const incident = await tell({
    lines: [{ requests: steady(600, 126), failures: failing(60) }],
    spikes: [open],
    changes,
  })
  expect(incident.state).toBe('open')
  expect(incident.verification.state).toBe('pending')
  expect(incident.recommendation.cautions).toEqual(['deploy v42 is still rolling out: pause it first'])
})

test('is over when its service is, though a quiet route had too few requests since to show it', async () => {
  const lines = [{ requests: steady(600, 160), failures: failing(60) }]
  const service = spikeAt(120, { resolvedMinute: 135 })
  const quiet = { method: 'GET', route: '/rare' }
  const silent = spikeAt(121, { ...quiet, lastErrorAtMs: (service.resolvedAtMs ?? 0) - 10_000 })
  const failingStill = spikeAt(121, { ...quiet, lastErrorAtMs: (service.resolvedAtMs ?? 0) + 60_000 })
  const over = await tell({ lines, spikes: [service, silent], changes: [] })
  expect(over).toMatchObject({ state: 'resolved', resolvedAtMs: service.resolvedAtMs })
  expect(await tell({ lines, spikes: [service, failingStill], changes: [] })).toMatchObject({ state: 'open' })
})

test('an incident that the log begins inside says so and blames nothing for its timing', async () => {
  const spikes = [spikeAt(0, { alreadyFailing: true, resolvedMinute: 15 })]
  const incident = await tell({
    lines: [{ requests: steady(600, 60), failures: steady(60, 15) }],
    spikes,
    changes: [changeAt(-1)],
  })
  expect(incident.alreadyFailing).toBe(true)
  expect(incident.recommendation.reason).toContain('already failing when the log begins')
  expect(incident.suspects[0]?.probability).toBeLessThan(0.5)
})

test('names the route and the version that hold the errors, and no route where all do', async () => {
  const lines = [
    { route: '/pay', requests: steady(300, 140), failures: failing(60) },
    { route: '/list', requests: steady(300, 140) },
  ]
  const oneRoute = await tell({ lines, spikes: [spike] })
  expect(oneRoute.affected).toEqual([
    expect.objectContaining({ method: 'POST', route: '/pay', version: null, errors: 1200 }),
  ])
  const all = await tell({ lines: lines.map((line) => ({ ...line, failures: failing(30) })), spikes: [spike] })
  expect(all.affected).toEqual([expect.objectContaining({ method: null, route: null, errors: 1200, shareOfExcess: 1 })])
})

test('what once broke a service weighs when it changes again', async () => {
  const again = spikeAt(400, { resolvedMinute: 420 })
  const lines = [{ requests: steady(600, 420), failures: [...failing(60), ...steady(0, 260), ...steady(60, 20)] }]
  const changes = [changeAt(119.8, { id: 'first' }), changeAt(399.8, { id: 'second' })]
  const incidents = await correlateSpikes(readDrawnLog(drawLog(lines)), {
    spikes: [spike, again],
    changes,
    settings: DEFAULT_SETTINGS,
  })
  expect(incidents.map(({ suspects }) => suspects[0]?.changeId)).toEqual(['first', 'second'])
  expect(incidents[1]?.suspects[0]?.evidence.map(({ text }) => text)).toContain(
    '1 of 1 earlier change of this kind broke this service',
  )
})

test('no spikes, no incidents, and nothing is read', async () => {
  const unread = async () => {
    throw new Error('read')
  }
  const input = { spikes: [], changes: [changeAt(1)], settings: DEFAULT_SETTINGS }
  expect(await correlateSpikes({ readLinks: unread, readEvidence: unread }, input)).toEqual([])
})
