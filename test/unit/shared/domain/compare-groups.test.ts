import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareGroups, type Stratum } from '../../../../shared/domain/compare-groups.ts'

/** `exposed errors/requests` against `other errors/requests`. */
function stratum(exposed: readonly [number, number], other: readonly [number, number]): Stratum {
  return {
    exposedErrors: exposed[0],
    exposedRequests: exposed[1],
    otherErrors: other[0],
    otherRequests: other[1],
  }
}

function factor(strata: readonly Stratum[], correlation = 0): number {
  return compareGroups(strata, correlation)?.logBayesFactor ?? Number.NaN
}

test.each<[string, readonly Stratum[]]>([
  ['nothing', []],
  ['no traffic', [stratum([0, 0], [0, 0])]],
  ['no errors', [stratum([0, 1000], [0, 1000])]],
  ['one error of two requests', [stratum([1, 1], [0, 1])]],
  ['two errors', [stratum([2, 1000], [0, 1000])]],
  ['one group alone', [stratum([500, 1000], [0, 0])]],
  ['groups that never served at the same time', [stratum([500, 1000], [0, 0]), stratum([0, 0], [5, 1000])]],
])('%s tells nothing', (_, strata) => {
  expect(compareGroups(strata, 0)).toBeUndefined()
})

// With as much traffic on both sides and all errors on one, the likelihood ratio at r is (2r / (r + 1))^k, else (2 / (r + 1))^k.
test.each([3, 10, 100])('%d errors on one side of equal traffic have the Bayes factor worked out by hand', (errors) => {
  const ratios = [1.5, 2, 3, 5, 10, 30, 100, 1000]
  const mean = (at: (ratio: number) => number) =>
    Math.log(ratios.reduce((sum, ratio) => sum + at(ratio) ** errors, 0) / ratios.length)
  const exposed = stratum([errors, 1000], [0, 1000])
  const other = stratum([0, 1000], [errors, 1000])
  expect(factor([exposed])).toBeCloseTo(
    mean((ratio) => (2 * ratio) / (ratio + 1)),
    9,
  )
  expect(factor([other])).toBeCloseTo(
    mean((ratio) => 2 / (ratio + 1)),
    9,
  )
})

test.each<[string, Stratum, 'exposed' | 'alike']>([
  ['all errors on the exposed', stratum([10, 1000], [0, 1000]), 'exposed'],
  ['ten times the share on the exposed', stratum([80, 1000], [8, 1000]), 'exposed'],
  ['all errors on a tenth of the traffic', stratum([10, 100], [0, 900]), 'exposed'],
  ['the same share on both', stratum([50, 1000], [50, 1000]), 'alike'],
  ['the same share of unequal traffic', stratum([10, 100], [90, 900]), 'alike'],
  ['all errors on the others', stratum([0, 1000], [50, 1000]), 'alike'],
])('%s', (_, given, says) => {
  expect(factor([given]) > 0 ? 'exposed' : 'alike').toBe(says)
})

test('what moved both groups at once is no evidence: only minutes that both served count, each by itself', () => {
  const quiet = stratum([0, 900], [0, 100])
  const storm = stratum([10, 100], [90, 900])
  expect(factor([quiet, storm])).toBeCloseTo(factor([storm]), 9)
  const { totals } = compareGroups([quiet, storm, stratum([50, 50], [0, 0])], 0) ?? {}
  expect(totals).toEqual(stratum([10, 1000], [90, 1000]))
})

test('bursts discount the evidence and turn nothing round', () => {
  const guilty = [stratum([80, 1000], [8, 1000])]
  const factors = [0, 0.001, 0.01, 0.05].map((correlation) => factor(guilty, correlation))
  expect(factors).toEqual(factors.toSorted((a, b) => b - a))
  expect(Math.min(...factors)).toBeGreaterThan(0)
})

const strata = fc.array(
  fc
    .record({
      requests: fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 })),
      shares: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ requests: [exposed, other], shares: [a, b] }) =>
      stratum([Math.floor(exposed * a), exposed], [Math.floor(other * b), other]),
    ),
  { maxLength: 20 },
)
const correlation = fc.double({ min: 0, max: 0.05, noNaN: true })

test('any counts give a finite number, the same in any order', () => {
  fc.assert(
    fc.property(strata, correlation, (given, bursty) => {
      const compared = compareGroups(given, bursty)
      if (compared === undefined) return
      expect(Number.isFinite(compared.logBayesFactor)).toBe(true)
      const reversed = compareGroups(given.toReversed(), bursty)
      expect(reversed?.totals).toEqual(compared.totals)
      const scale = Math.max(1, Math.abs(compared.logBayesFactor))
      expect((reversed?.logBayesFactor ?? Number.NaN) / scale).toBeCloseTo(compared.logBayesFactor / scale, 9)
    }),
  )
})

test('an error that moves from the others to the exposed never speaks for the exposed being well', () => {
  const whole = fc.tuple(
    fc.integer({ min: 3, max: 1e6 }),
    fc.integer({ min: 1, max: 1e6 }),
    fc.integer({ min: 1, max: 1e6 }),
  )
  fc.assert(
    fc.property(whole, fc.double({ min: 0, max: 1, noNaN: true }), ([errors, exposed, other], share) => {
      const onExposed = Math.floor((errors - 1) * share)
      const before = factor([stratum([onExposed, exposed + errors], [errors - onExposed, other + errors])])
      const after = factor([stratum([onExposed + 1, exposed + errors], [errors - onExposed - 1, other + errors])])
      expect(after).toBeGreaterThanOrEqual(before)
    }),
  )
})
