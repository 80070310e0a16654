import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawErrors, planRises, RISE_LEVELS } from '../../../../../services/detector/core/injected-rises.ts'
import { spikeAt } from '../../correlator/drawn-log.ts'

const DAY_CELLS = 8_640
const judged = { first: 1_000_000, last: 1_000_000 + DAY_CELLS }
const routes = ['checkout', 'search'].flatMap((service, index) =>
  ['/a', '/b'].map((route, place) => {
    return { id: 2 * index + place, env: 'prod', service, method: 'GET', route, requests: 9_000 - 8_000 * place }
  }),
)

test('rises are spread over services, sizes and time, and never overlap within a service', () => {
  const rises = planRises(routes, judged, [])
  expect(new Set(rises.map(({ service }) => service))).toEqual(new Set(['checkout', 'search']))
  expect(new Set(rises.map(({ addedRate }) => addedRate))).toEqual(new Set(RISE_LEVELS))
  for (const service of ['checkout', 'search']) {
    const own = rises.filter((rise) => rise.service === service).toSorted((a, b) => a.fromCell - b.fromCell)
    for (const [index, { fromCell }] of own.entries())
      expect(fromCell).toBeGreaterThan(own[index - 1]?.toCell ?? judged.first + 700)
    expect(own.at(-1)?.toCell).toBeLessThan(judged.last)
  }
})

test('the same traffic gives the same rises', () => {
  expect(planRises(routes, judged, [])).toEqual(planRises(routes, judged, []))
})

test('nothing is put where something was really alarmed, or where history is too short to learn from', () => {
  const whole = {
    env: 'prod',
    service: 'checkout',
    onsetAtMs: judged.first * 10_000,
    resolvedAtMs: judged.last * 10_000,
  }
  const real = { ...spikeAt(0), ...whole }
  expect(planRises(routes, judged, [real]).some(({ service }) => service === 'checkout')).toBe(false)
  expect(planRises(routes, { first: judged.first, last: judged.first + 360 }, [])).toEqual([])
})

test('errors are whole, never more than the requests, and on average their share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5_000 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (requests, rate) => {
        const drawn = Array.from({ length: 60 }, (_, seed) => drawErrors(requests, rate, `seed ${seed}`))
        expect(drawn.every((errors) => Number.isInteger(errors) && errors >= 0 && errors <= requests)).toBe(true)
        const mean = drawn.reduce((sum, errors) => sum + errors, 0) / drawn.length
        const deviation = Math.sqrt((requests * rate * (1 - rate)) / drawn.length)
        expect(Math.abs(mean - requests * rate)).toBeLessThanOrEqual(6 * deviation + 0.5)
      },
    ),
    { numRuns: 100 },
  )
})
