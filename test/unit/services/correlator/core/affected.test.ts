import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findAffected } from '../../../../../services/correlator/core/affected.ts'
import type { SeriesTotal } from '../../../../../services/correlator/core/evidence-data.ts'
import { plainCase, seriesTotal } from '../plain-case.ts'

function affectedBy(totals: readonly SeriesTotal[], services: readonly string[] = ['checkout']) {
  return findAffected(plainCase({ services, data: { totals } }))
}

/** What sets the affected apart, `-` for what does not, and their share of the errors above normal in percent. */
function show(totals: readonly SeriesTotal[], services?: readonly string[]): string[] {
  return affectedBy(totals, services).map(({ service, route, version, region, shareOfExcess }) =>
    [service, route, version, region]
      .map((value) => value ?? '-')
      .join(' ')
      .concat(` ${Math.round(100 * shareOfExcess)}`),
  )
}

/** A series of 1,000 requests that fail this often, after 10,000 that failed one time in a thousand. */
function row(given: Partial<SeriesTotal>): SeriesTotal {
  return seriesTotal({ requests: 1000, requestsBefore: 10_000, errorsBefore: 10, ...given })
}

test.each<[string, readonly SeriesTotal[], readonly string[]]>([
  ['nothing was read', [], []],
  ['nothing failed', [row({}), row({ route: '/list' })], []],
  ['nothing failed more than it does', [row({ errors: 1 })], []],
  [
    'one route of three',
    [row({ errors: 100 }), row({ route: '/list' }), row({ route: '/cart' })],
    ['checkout /pay - - 100'],
  ],
  [
    'all routes alike',
    [row({ errors: 100 }), row({ route: '/list', errors: 100 }), row({ route: '/cart', errors: 100 })],
    ['checkout - - - 100'],
  ],
  [
    'one version on one route',
    [
      row({ version: 'v42', errors: 100 }),
      row({ version: 'v41', errors: 1 }),
      row({ route: '/list', version: 'v42', errors: 1 }),
      row({ route: '/list', version: 'v41', errors: 1 }),
    ],
    ['checkout /pay v42 - 100'],
  ],
  [
    'two of five regions',
    ['eu', 'us', 'asia', 'africa', 'oceania'].map((region, index) =>
      row({ region, errors: index < 2 ? 200 - index * 100 : 1 }),
    ),
    ['checkout - - eu 67', 'checkout - - us 33'],
  ],
  ['lines that name no version', [row({ errors: 100 }), row({ version: 'v41', errors: 0 })], ['checkout - - - 100']],
  ['a log of one route, which can set nothing apart', [row({ errors: 100 })], ['checkout - - - 100']],
])('the affected are named only by what sets them apart: %s', (_, totals, expected) => {
  expect(show(totals)).toEqual(expected)
})

test('services are told with the largest share first, and those with next to nothing not at all', () => {
  const totals = [
    row({ errors: 300 }),
    row({ service: 'gateway', errors: 700 }),
    row({ service: 'search', errors: 12 }),
    row({ service: 'elsewhere', errors: 900 }),
  ]
  expect(show(totals, ['checkout', 'gateway', 'search'])).toEqual(['gateway - - - 69', 'checkout - - - 30'])
})

test('no more than 20 are told', () => {
  const versions = Array.from({ length: 60 }, (_, index) => row({ version: `v${index}`, errors: index < 30 ? 100 : 0 }))
  expect(affectedBy(versions)).toHaveLength(20)
})

const totals = fc.array(
  fc
    .record({
      service: fc.constantFrom('checkout', 'gateway'),
      route: fc.constantFrom('/pay', '/list', '/cart'),
      version: fc.constantFrom('', 'v41', 'v42'),
      region: fc.constantFrom('', 'eu', 'us'),
      requests: fc.constantFrom(0, 1, 2, 100, 1e9),
      share: fc.constantFrom(0, 0.5, 1),
      requestsBefore: fc.constantFrom(0, 1000, 1e9),
    })
    .map(({ share, ...rest }) => seriesTotal({ ...rest, errors: Math.floor(rest.requests * share) })),
  { maxLength: 30 },
)

test('any totals: shares are of 1, in order, and the order in which totals were read changes nothing', () => {
  const anyOrder = totals.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(anyOrder, ([list, shuffled]) => {
      const affected = affectedBy(list, ['checkout', 'gateway'])
      const shares = affected.map(({ shareOfExcess }) => shareOfExcess)
      expect(shares).toEqual(shares.toSorted((a, b) => b - a))
      expect(shares.every((share) => share > 0 && share <= 1)).toBe(true)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
      for (const { errors, requests } of affected) expect(errors).toBeLessThanOrEqual(requests)
      expect(affectedBy(shuffled, ['checkout', 'gateway'])).toEqual(affected)
    }),
    { numRuns: 500 },
  )
})
