import fc from 'fast-check'
import { expect, test } from 'vitest'
import { baselineRate, excessOf } from '../../../../../services/correlator/core/excess.ts'
import { total } from '../../../../../services/correlator/core/total.ts'
import { spikeAt } from '../drawn-log.ts'
import { plainCase, seriesTotal } from '../plain-case.ts'

const before = (requestsBefore: number, errorsBefore: number) => seriesTotal({ requestsBefore, errorsBefore })
const pay = { method: 'POST', route: '/pay' }

test.each([
  ['what the detector took for normal of the whole service', [spikeAt(120, { baselineRate: 0.02 })], 0.02],
  ['of a route alone the log says it', [spikeAt(120, { ...pay, baselineRate: 0.02 })], 0.03],
  ['a service that never failed fails once in a million', [spikeAt(120, { baselineRate: 0 })], 1e-6],
])('the normal rate: %s', (_, spikes, expected) => {
  const incident = plainCase({ spikes, data: { totals: [before(900, 20), before(100, 10)] } })
  expect(baselineRate(incident, 'checkout')).toBe(expected)
})

test('of another service the normal rate is its own', () => {
  const totals = [
    before(1000, 10),
    { ...before(1000, 50), service: 'search' },
    { ...before(1000, 0), service: 'stock' },
  ]
  const incident = plainCase({ data: { totals } })
  expect(baselineRate(incident, 'search')).toBe(0.05)
  expect(baselineRate(incident, 'stock')).toBe(1e-6)
})

test('where the log has nothing from before, what the detector assumed has to do', () => {
  const spikes = [
    spikeAt(120, { ...pay, baselineRate: 0.01 }),
    spikeAt(121, { ...pay, route: '/x', baselineRate: 0.03 }),
  ]
  expect(baselineRate(plainCase({ spikes }), 'checkout')).toBe(0.03)
})

test.each<[string, Parameters<typeof seriesTotal>[0], number]>([
  ['nothing', {}, 0],
  ['no errors', { requests: 1000 }, 0],
  ['its normal', { requests: 1000, errors: 10, requestsBefore: 100_000, errorsBefore: 1000 }, 0],
  ['less than its normal', { requests: 1000, errors: 5, requestsBefore: 100_000, errorsBefore: 1000 }, 0],
  ['more than its normal', { requests: 1000, errors: 60, requestsBefore: 99_800, errorsBefore: 998 }, 50],
  // Nothing from before: the service's rate stands for its own.
  ['one error of two requests of a new series', { requests: 2, errors: 1 }, 0.98],
])('errors above normal at a service rate of 1 %%: %s', (_, row, expected) => {
  expect(excessOf([seriesTotal(row)], 0.01).excess).toBeCloseTo(expected, 9)
})

test('any counts: errors above normal are never negative and never more than the errors', () => {
  const count = fc.integer({ min: 0, max: 1e9 })
  const row = fc.record({ requests: count, errors: count, requestsBefore: count, errorsBefore: count })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), fc.double({ min: 1e-6, max: 1, noNaN: true }), (rows, rate) => {
      const { errors, excess } = excessOf(rows.map(seriesTotal), rate)
      expect(excess).toBeGreaterThanOrEqual(0)
      expect(excess).toBeLessThanOrEqual(errors)
    }),
  )
})

test('the total of nothing is 0', () => {
  const none: readonly { readonly errors: number }[] = []
  expect(total(none, 'errors')).toBe(0)
  expect(total([{ errors: 1 }, { errors: 2 }], 'errors')).toBe(3)
})
