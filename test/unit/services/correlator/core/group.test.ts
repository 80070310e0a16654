import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StatusShares } from '../../../../../services/correlator/core/evidence-data.ts'
import { groupSpikes } from '../../../../../services/correlator/core/group.ts'
import { findRoot } from '../../../../../services/correlator/core/root.ts'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { buildTopology } from '../../../../../services/correlator/core/topology.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { changeAt, MINUTE_MS, spikeAt } from '../drawn-log.ts'

const calls = { gateway: { calls: ['checkout'] }, checkout: { calls: ['payments'] } }
const topology = buildTopology({ ...DEFAULT_SETTINGS, services: calls }, { services: [], upstreams: [] })
const unknown: typeof topology = new Map()
const { envAliases } = DEFAULT_SETTINGS

const GATEWAY: StatusShares = { internal: 0, gateway: 1, unavailable: 0 }
const OWN: StatusShares = { internal: 1, gateway: 0, unavailable: 0 }

/** `checkout@10-20 gateway@12`: spikes, opening and closing minutes; a name in capitals fails with 502 and 504. */
function draw(text: string): { spikes: Spike[]; statuses: Map<string, StatusShares> } {
  const statuses = new Map<string, StatusShares>()
  const spikes = text.split(' ').map((word) => {
    const [, name = '', route, from, to] = /^([a-zA-Z]+)(\/\w+)?@([\d.]+)(?:-([\d.]+))?$/.exec(word) ?? []
    const spike = spikeAt(Number(from), {
      service: name.toLowerCase(),
      ...(route !== undefined && { method: 'GET', route }),
      ...(to !== undefined && { resolvedMinute: Number(to) }),
    })
    statuses.set(spike.id, name === name.toLowerCase() ? OWN : GATEWAY)
    return spike
  })
  return { spikes, statuses }
}

/** Incidents as `services`, the root first, joined by `|`. */
function show(text: string, known = topology, platformChanges: readonly Change[] = []): string {
  const { spikes, statuses } = draw(text)
  return groupSpikes(spikes, { topology: known, statuses, platformChanges, envAliases })
    .map((group) => {
      const root = findRoot(group.spikes, known, statuses)?.service ?? ''
      const others = new Set(group.spikes.map(({ service }) => service).filter((service) => service !== root))
      return [root, ...[...others].toSorted()].join('+')
    })
    .join(' | ')
}

test.each([
  ['a service and its routes', 'checkout@10-30 checkout/pay@10-30 checkout/list@14-20', 'checkout'],
  ['a route that opens while the service is failing', 'checkout@10-60 checkout/pay@40-50', 'checkout'],
  ['a relapse nine minutes after recovery', 'checkout@10-20 checkout@29-40', 'checkout'],
  ['a relapse eleven minutes after recovery', 'checkout@10-20 checkout@31-40', 'checkout | checkout'],
  ['another route after recovery', 'checkout/pay@10-20 checkout/list@26-40', 'checkout | checkout'],
  ['caller and callee within five minutes', 'gateway@10-30 checkout@13-30', 'gateway+checkout'],
  ['caller and callee half an hour apart', 'gateway@10-60 checkout@40-60', 'gateway | checkout'],
  ['strangers at the same time', 'search@10-30 stock@10-30', 'search | stock'],
])('%s', (_, drawn, expected) => {
  expect(show(drawn)).toBe(expected)
})

test.each([
  ['the callee that failed first is the root', 'GATEWAY@10.5-30 checkout@10-30', 'checkout+gateway'],
  ['so is one whose onset is later by less than clocks differ', 'GATEWAY@10-30 checkout@10.5-30', 'checkout+gateway'],
  ['the deepest one is the root', 'GATEWAY@11-30 CHECKOUT@10.5-30 payments@10-30', 'payments+checkout+gateway'],
  ['a caller that shows it late belongs to it', 'checkout@10-60 GATEWAY@30-60', 'checkout+gateway'],
])('of a cascade along known calls: %s', (_, drawn, expected) => {
  expect(show(drawn)).toBe(expected)
})

test.each([
  ['gateway errors beside own errors at the same moment', 'GATEWAY@10.5-30 payments@10-30', 'payments+gateway'],
  ['the earlier one does not win by being earlier', 'GATEWAY@10-30 payments@11-30', 'payments+gateway'],
  ['gateway errors an hour later', 'payments@10-20 GATEWAY@70-80', 'payments | gateway'],
  ['three services in one minute', 'a@10-30 b@10.5-30 c@11-30', 'a+b+c'],
  ['two services in one minute', 'a@10-30 b@10.5-30', 'a | b'],
])('where no call is known: %s', (_, drawn, expected) => {
  expect(show(drawn, unknown)).toBe(expected)
})

test('services hit by one change of the whole platform are one incident', () => {
  const { service: _, ...platform } = changeAt(9, { kind: 'infra', finishedMinute: 12 })
  expect(show('a@10-30 b@13-30', unknown, [platform])).toBe('a+b')
  expect(show('a@10-30 b@13-30', unknown, [changeAt(9)])).toBe('a | b')
})

test('what has been chronic for hours does not swallow a new fault of another route', () => {
  const chronic = spikeAt(10, { method: 'GET', route: '/old', chronic: true })
  const fresh = spikeAt(400, { method: 'GET', route: '/new' })
  const facts = { topology: unknown, statuses: new Map(), platformChanges: [], envAliases }
  expect(groupSpikes([chronic, fresh], facts)).toHaveLength(2)
})

test('environments are never mixed', () => {
  const spikes = [spikeAt(10), spikeAt(10, { env: 'staging' })]
  expect(groupSpikes(spikes, { topology: unknown, statuses: new Map(), platformChanges: [], envAliases })).toHaveLength(
    2,
  )
})

test('an incident keeps its id when more spikes are found, and bears the same in any order', () => {
  const { spikes, statuses } = draw('checkout@10-30 checkout/pay@9-30 GATEWAY@11-30')
  const seen = spikes.map((spike, index) => ({ ...spike, detectedAtMs: spike.detectedAtMs + index * 3 * MINUTE_MS }))
  const facts = { topology, statuses, platformChanges: [], envAliases }
  const first = groupSpikes(seen.slice(0, 1), facts)[0]?.id
  fc.assert(
    fc.property(fc.shuffledSubarray(seen, { minLength: seen.length }), (shuffled) => {
      expect(groupSpikes(shuffled, facts).map(({ id }) => id)).toEqual([first])
    }),
  )
})

test('learns who calls whom from the upstream in the log', () => {
  const learned = buildTopology(DEFAULT_SETTINGS, {
    services: ['edge', 'checkout', 'pay-api'],
    upstreams: [
      { service: 'edge', upstream: 'http://checkout.prod.svc:8080' },
      { service: 'edge', upstream: '10.0.0.1:8080' },
      { service: 'checkout', upstream: 'pay-api' },
    ],
  })
  expect([...learned].map(([caller, callees]) => [caller, ...callees])).toEqual([
    ['edge', 'checkout'],
    ['checkout', 'pay-api'],
  ])
})
