import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createPathRoutes } from '../../../../../services/ingest/core/path-routes.ts'
import { routeTemplate } from '../../../../../services/ingest/core/route-template.ts'

function createReader() {
  const routes: string[] = []
  const paths = createPathRoutes((route) => routes.push(route) - 1)
  return {
    weight: paths.weight,
    routeOf(path: string) {
      const bytes = Buffer.from(`GET ${path} HTTP`)
      return routes[paths.routeOf(toByteSource(bytes), 4, bytes.length - 5)]
    },
  }
}

const segment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    'tag',
    'users',
    '42',
    '2026-03-01',
    'v1',
    'logo.png',
    'a.css',
    '42.png',
    '7'.repeat(70),
  ),
  fc.constantFrom(
    'red-shoes',
    '26746-basket-copper',
    '9f86d081',
    'a,b',
    'caf%C3%A9',
    'ü',
    '%74ag',
    'x;y=1',
    '{id}',
    '~{id}',
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\ud800-\udfff]/g, '')),
)
const path = fc.oneof(
  { weight: 9, arbitrary: fc.array(segment, { maxLength: 12 }).map((segments) => `/${segments.join('/')}`) },
  { weight: 1, arbitrary: fc.constantFrom('*', '', 'shop.example:443', `/${'a/'.repeat(100)}`, '/a/'.repeat(70)) },
)

test('tells of any paths, one after the other, the same route as their texts do', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 30 }), (paths) => {
      const { routeOf } = createReader()
      expect(paths.map(routeOf)).toEqual(paths.map(routeTemplate))
    }),
    { numRuns: 500 },
  )
})

test('weighs no more with a path whose segments it knows', () => {
  const { routeOf, weight } = createReader()
  for (const known of ['/shoes/red/1', '/hats/blue/2', '/shoes/blue/3', '/hats/red/4']) routeOf(known)
  const before = weight()
  for (const again of ['/shoes/red/77', '/hats/red/78']) routeOf(again)
  expect(weight()).toBe(before)
  routeOf('/coats/red/1')
  expect(weight()).toBeGreaterThan(before)
})
