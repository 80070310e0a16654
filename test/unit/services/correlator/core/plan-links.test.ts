import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planLinks } from '../../../../../services/correlator/core/plan-links.ts'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import { areTied } from '../../../../../services/correlator/core/ties.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { atMinute, spikeAt } from '../drawn-log.ts'

function spike(service: string, onset: number, given: Parameters<typeof spikeAt>[1] = {}): Spike {
  return spikeAt(onset, { id: `${service}@${onset}`, service, ...given })
}

/** Whose statuses are asked for. */
function asked(...spikes: readonly Spike[]): string[] {
  return planLinks(spikes).spikes.map(({ id }) => id)
}

test('no spikes, no questions', () => {
  expect(planLinks([])).toEqual({ services: [], spikes: [] })
})

test.each<[string, readonly Spike[], number]>([
  ['one service alone', [spike('checkout', 120), spike('checkout', 121)], 0],
  ['two services together', [spike('checkout', 120), spike('gateway', 124)], 2],
  ['one that opens while another lasts', [spike('checkout', 120), spike('gateway', 600)], 2],
  ['one that opens after another is over', [spike('checkout', 120, { resolvedMinute: 130 }), spike('gateway', 140)], 0],
  [
    'one that opens just after a short one',
    [spike('checkout', 120, { resolvedMinute: 121 }), spike('gateway', 124)],
    2,
  ],
  ['two environments', [spike('checkout', 120), spike('gateway', 120, { env: 'staging' })], 0],
])('asks how spikes fail only where it may tie them: %s', (_, spikes, count) => {
  expect(asked(...spikes)).toHaveLength(count)
  expect(asked(...spikes.toReversed())).toHaveLength(count)
})

test('names every service once, in order', () => {
  const spikes = [spike('gateway', 120), spike('checkout', 120), spike('gateway', 500), spike('alone', 900)]
  expect(planLinks(spikes).services).toEqual(['alone', 'checkout', 'gateway'])
})

test.each<[string, Parameters<typeof spikeAt>[1], number]>([
  ['the first ten minutes of one that lasts', { updatedAtMs: atMinute(200) }, 130],
  ['all of a shorter one', { resolvedMinute: 124 }, 124],
  ['what there is of one that is new', { updatedAtMs: atMinute(122) }, 122],
  ['at least what it took to see it', { resolvedMinute: 120.1, detectedAtMs: atMinute(121) }, 121],
])('reads %s', (_, given, toMinute) => {
  const [read] = planLinks([spike('checkout', 120, given), spike('gateway', 120)]).spikes
  expect(read?.range).toEqual({ fromMs: atMinute(120), toMs: atMinute(toMinute) })
})

test('asks about no more than 2,000 spikes', () => {
  const many = Array.from({ length: 2100 }, (_, index) =>
    spike(index % 2 === 0 ? 'checkout' : 'gateway', 120, { id: `s${index}` }),
  )
  expect(planLinks(many).spikes).toHaveLength(2000)
})

test('whatever spikes: how one fails is read wherever that could tie it to another service’s', () => {
  const drawn = fc.array(
    fc.record({
      service: fc.constantFrom('checkout', 'gateway', 'search'),
      onset: fc.integer({ min: 0, max: 100 }),
      vague: fc.integer({ min: 0, max: 10 }),
      length: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  const gateway = { internal: 0, gateway: 1, unavailable: 0 }
  fc.assert(
    fc.property(drawn, (list) => {
      const spikes = list
        .map(({ service, onset, vague, length }, index) =>
          spike(service, onset, {
            id: `s${index}`,
            onsetGuesses: [onset - vague, onset].map((minute) => ({ atMs: atMinute(minute), weight: 0.5 })),
            ...(length !== undefined && { resolvedMinute: onset + length }),
          }),
        )
        .toSorted((a, b) => a.onsetAtMs - b.onsetAtMs)
      const wanted = planLinks(spikes).spikes
      for (const { range } of wanted) expect(range.toMs).toBeGreaterThan(range.fromMs)
      const known = new Set(wanted.map(({ id }) => id))
      const facts = {
        topology: new Map([['gateway', new Set(['checkout'])]]),
        statuses: new Map(spikes.map(({ id }) => [id, gateway])),
        platformChanges: [],
        envAliases: DEFAULT_SETTINGS.envAliases,
      }
      for (const [index, second] of spikes.entries())
        for (const first of spikes.slice(0, index))
          if (first.service !== second.service && areTied(first, second, facts))
            expect([known.has(first.id), known.has(second.id)]).toEqual([true, true])
    }),
    { numRuns: 500 },
  )
})
