import { expect, test } from 'vitest'
import type { InjectedRise } from '../../../../../services/detector/core/injected-rises.ts'
import { delaysOf, scoreLevels } from '../../../../../services/detector/core/score-rises.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { spikeAt } from '../../correlator/drawn-log.ts'

/** Twenty minutes from the drawing's minute 100 on. */
const cell = (minute: number) => spikeAt(minute).onsetAtMs / 10_000
const rise: InjectedRise = {
  ...{ seriesId: 1, env: 'prod', service: 'checkout', method: 'POST', route: '/pay', addedRate: 0.1 },
  ...{ fromCell: cell(100), toCell: cell(120) },
}
const toldAfter = (minutes: number, given: Partial<Spike> = {}): Spike => {
  const onset = spikeAt(101)
  return { ...onset, detectedAtMs: spikeAt(100 + minutes).onsetAtMs, ...given }
}

test.each<[string, Spike, number | null]>([
  ['the spike of its service', toldAfter(2), 120_000],
  ['the spike of its route', toldAfter(2, { method: 'POST', route: '/pay' }), 120_000],
  ['not the spike of another route', toldAfter(2, { method: 'GET', route: '/cart' }), null],
  ['not the spike of another service', toldAfter(2, { service: 'search' }), null],
  ['not one of before', { ...spikeAt(90), detectedAtMs: spikeAt(101).onsetAtMs }, null],
  ['not one told long after it ended', toldAfter(40), null],
])('a rise is found by %s', (_, spike, delayMs) => {
  expect(delaysOf([rise], [spike])).toEqual([delayMs])
})

test('the earliest word on it counts', () => {
  expect(delaysOf([rise], [toldAfter(5), toldAfter(3, { method: 'POST', route: '/pay' })])).toEqual([180_000])
})

test('the card tells of each size how many were found and how soon', () => {
  const rises = [rise, rise, rise, { ...rise, addedRate: 1 }]
  expect(scoreLevels(rises, [60_000, null, 120_000, 20_000]).filter(({ injected }) => injected > 0)).toEqual([
    { addedRate: 0.1, injected: 3, found: 2, medianMs: 60_000, ninetiethMs: 120_000 },
    { addedRate: 1, injected: 1, found: 1, medianMs: 20_000, ninetiethMs: 20_000 },
  ])
})
