import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventColumns } from '../../../../../services/ingest/core/event-columns.ts'
import { type PackedNames, packNames, unpackNames } from '../../../../../services/ingest/core/packed-names.ts'

type Names = Pick<EventColumns, 'service' | 'route'>

const route = fc.record({
  value: fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })),
  service: fc.nat(2 ** 32 - 1),
  requests: fc.nat(Number.MAX_SAFE_INTEGER),
})
const names = fc.record({ services: fc.array(fc.string()), routes: fc.array(route) }).map(
  ({ services, routes }): Names => ({
    service: { codes: new Uint32Array(), values: services },
    route: {
      codes: new Uint32Array(),
      values: routes.map(({ value }) => value),
      services: routes.map(({ service }) => service),
      requests: routes.map(({ requests }) => requests),
    },
  }),
)

function unpacked(packed: PackedNames) {
  const { service, route } = unpackNames(packed)
  const values = Array.from({ length: route.size }, (_, code) => route.nameOf(code))
  const [services, requests] = [Array.from(route.services), Array.from(route.requests)]
  return { service, route: { values, services, requests } }
}

test('names come out of their buffers as they went in, in order', () => {
  fc.assert(
    fc.property(names, ({ service, route }) => {
      const { values, services, requests } = route
      const expected = { service: { values: service.values }, route: { values, services, requests } }
      expect(unpacked(packNames({ service, route }))).toEqual(expected)
      expect(unpacked(structuredClone(packNames({ service, route })))).toEqual(expected)
    }),
  )
})

test('routes are packed as UTF-8 one behind the other', () => {
  const route = { codes: new Uint32Array(), values: ['', '/ä', '/€'], services: [0, 1, 1], requests: [0, 2, 3] }
  const { routes, ends } = packNames({ service: { codes: new Uint32Array(), values: ['', 'a'] }, route })
  expect(Buffer.from(routes).toString()).toBe('/ä/€')
  expect([...ends]).toEqual([0, 3, 7])
})
