import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupSpikes } from '../../../../../services/correlator/core/group.ts'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { areTied, type TieFacts } from '../../../../../services/correlator/core/ties.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { atMinute, changeAt, spikeAt } from '../drawn-log.ts'

const OWN = { internal: 1, gateway: 0, unavailable: 0 }
const GATEWAY = { internal: 0, gateway: 1, unavailable: 0 }
const { service: _, ...platform } = changeAt(118, { kind: 'infra', finishedMinute: 119 })

/** Gateway calls checkout; nothing else is known but what is given. */
function facts(given: Partial<TieFacts> = {}): TieFacts {
  return {
    topology: new Map([['gateway', new Set(['checkout'])]]),
    statuses: new Map(),
    platformChanges: [],
    envAliases: DEFAULT_SETTINGS.envAliases,
    ...given,
  }
}

function spike(service: string, onset: number, given: Parameters<typeof spikeAt>[1] = {}): Spike {
  return spikeAt(onset, { service, ...given })
}

/** Of three other services, so many still send. */
function silent(service: string, onset: number, othersSending: number): Spike {
  const traffic = { expectedRequests: 9_000, silentSinceMs: atMinute(onset), othersKnown: 3, othersSending }
  return spike(service, onset, { signal: 'traffic_drop', traffic })
}

const onRoute = (route: string) => ({ method: 'GET', route })

test.each<[string, Spike, Spike, boolean]>([
  ['within five minutes', spike('checkout', 120), spike('checkout', 125, onRoute('/pay')), true],
  [
    'two routes one after the other',
    spike('checkout', 120, { ...onRoute('/a'), resolvedMinute: 121 }),
    spike('checkout', 126, onRoute('/b')),
    false,
  ],
  [
    'a route that opens while another fails',
    spike('checkout', 120, { ...onRoute('/a'), resolvedMinute: 200 }),
    spike('checkout', 190, onRoute('/b')),
    true,
  ],
  [
    'the same route again within ten minutes',
    spike('checkout', 120, { ...onRoute('/a'), resolvedMinute: 130 }),
    spike('checkout', 140, onRoute('/a')),
    true,
  ],
  [
    'the same route again after more',
    spike('checkout', 120, { ...onRoute('/a'), resolvedMinute: 130 }),
    spike('checkout', 141, onRoute('/a')),
    false,
  ],
  [
    'a route soon after its whole service',
    spike('checkout', 120, { resolvedMinute: 130 }),
    spike('checkout', 139, onRoute('/a')),
    true,
  ],
  [
    'a new route beside a chronic one',
    spike('checkout', 0, { ...onRoute('/a'), chronic: true }),
    spike('checkout', 300),
    false,
  ],
  ['falling silent alone while it fails', spike('checkout', 120), silent('checkout', 130, 3), true],
  ['falling silent with all others while it fails', spike('checkout', 120), silent('checkout', 130, 0), false],
  ['falling silent with all others as it begins to fail', spike('checkout', 120), silent('checkout', 124, 0), true],
  ['a chronic series itself', spike('checkout', 0, { chronic: true }), spike('checkout', 300), true],
])('of one service: %s', (_name, first, second, tied) => {
  expect(areTied(first, second, facts())).toBe(tied)
})

const lasting = spike('checkout', 120)
const late = spike('gateway', 150)

test.each<[string, Spike, Spike, TieFacts, boolean]>([
  ['together', lasting, spike('gateway', 124), facts(), true],
  ['together, the caller first', spike('gateway', 120), spike('checkout', 124), facts(), true],
  ['apart', lasting, late, facts(), false],
  ['a caller late, failing as a proxy', lasting, late, facts({ statuses: new Map([[late.id, GATEWAY]]) }), true],
  ['a caller late, failing by itself', lasting, late, facts({ statuses: new Map([[late.id, OWN]]) }), false],
  [
    'a callee late',
    spike('gateway', 120),
    spike('checkout', 150),
    facts({ statuses: new Map([[spike('checkout', 150).id, GATEWAY]]) }),
    false,
  ],
])('of caller and callee: %s', (_name, first, second, known, tied) => {
  expect(areTied(first, second, known)).toBe(tied)
})

const [search, stock] = [spike('search', 120), spike('stock', 121)]
const afterStock = spike('stock', 124)

test.each<[string, Spike, TieFacts, boolean]>([
  ['at the same moment, nothing known', stock, facts(), false],
  [
    'at the same moment, both by themselves',
    stock,
    facts({
      statuses: new Map([
        [search.id, OWN],
        [stock.id, OWN],
      ]),
    }),
    false,
  ],
  ['at the same moment, one as a proxy', stock, facts({ statuses: new Map([[search.id, GATEWAY]]) }), true],
  ['minutes apart, one as a proxy', afterStock, facts({ statuses: new Map([[search.id, GATEWAY]]) }), false],
  [
    'minutes apart, one as a proxy and one by itself',
    afterStock,
    facts({
      statuses: new Map([
        [search.id, GATEWAY],
        [afterStock.id, OWN],
      ]),
    }),
    true,
  ],
  ['after a change of the whole platform', stock, facts({ platformChanges: [platform] }), true],
  ['after one in another environment', stock, facts({ platformChanges: [{ ...platform, env: 'staging' }] }), false],
  ['long after one', stock, facts({ platformChanges: [{ ...platform, finishedAtMs: atMinute(118) }] }), false],
  [
    'before one',
    stock,
    facts({ platformChanges: [{ ...platform, startedAtMs: atMinute(122), finishedAtMs: atMinute(123) }] }),
    false,
  ],
])('of strangers: %s', (_name, second, known, tied) => {
  expect(areTied(search, second, known)).toBe(tied)
})

test('a change of the platform ties what its log calls by another name of the same environment', () => {
  const [one, other] = [spike('search', 120, { env: 'Production' }), spike('stock', 121, { env: 'Production' })]
  expect(areTied(one, other, facts({ platformChanges: [platform] }))).toBe(true)
})

test('an onset that may lie anywhere in ten minutes ties what a sharp one would not', () => {
  const vague = spike('gateway', 130, {
    onsetGuesses: Array.from({ length: 11 }, (_guess, index) => ({ atMs: atMinute(120 + index), weight: 1 / 11 })),
  })
  expect(areTied(lasting, spike('gateway', 130), facts())).toBe(false)
  expect(areTied(lasting, vague, facts())).toBe(true)
})

test('whatever is tied through others is one incident, in any order', () => {
  const drawn = fc.array(
    fc.record({
      service: fc.constantFrom('checkout', 'gateway', 'search'),
      onset: fc.integer({ min: 0, max: 120 }),
      length: fc.integer({ min: 1, max: 60 }),
      gateway: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  const anyOrder = drawn
    .map((list) =>
      list.map(({ service, onset, length, gateway }, index) => ({
        spike: spike(service, onset, { id: `s${index}`, resolvedMinute: onset + length }),
        status: gateway ? GATEWAY : OWN,
      })),
    )
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
  fc.assert(
    fc.property(anyOrder, ([list, shuffled]) => {
      const known = facts({ statuses: new Map(list.map(({ spike: one, status }) => [one.id, status])) })
      const groups = groupSpikes(
        shuffled.map(({ spike: one }) => one),
        known,
      )
      expect(groups).toEqual(
        groupSpikes(
          list.map(({ spike: one }) => one),
          known,
        ),
      )
      const groupOf = new Map(groups.flatMap(({ id, spikes }) => spikes.map((one) => [one.id, id])))
      const inOrder = list
        .map(({ spike: one }) => one)
        .toSorted((a, b) => a.onsetAtMs - b.onsetAtMs || (a.id < b.id ? -1 : 1))
      for (const [index, second] of inOrder.entries())
        for (const first of inOrder.slice(0, index))
          if (areTied(first, second, known)) expect(groupOf.get(second.id)).toBe(groupOf.get(first.id))
    }),
  )
})
