import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRouteColumn } from '../../../../../services/ingest/core/route-column.ts'

interface Row {
  readonly service: number
  readonly route: number
  readonly count: number
}

const row = fc.record({ service: fc.nat(3), route: fc.nat(5), count: fc.integer({ min: 1, max: 2 ** 32 - 1 }) })
const batches = fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 4 })
const textOf = (route: number) => `/route/${route}`

/** The column's rows as service and route, and the requests of each entry. */
function createReader() {
  const column = createRouteColumn(textOf)
  return (parts: readonly (readonly Row[])[]) => {
    column.begin(3)
    const rows = parts.flat()
    const counts = Uint32Array.from(rows, ({ count }) => count)
    let first = 0
    for (const part of parts) {
      const services = Int32Array.from(part, ({ service }) => service)
      const routes = Int32Array.from(part, ({ route }) => route)
      column.put(first, services, routes, part.length, counts)
      first += part.length
    }
    return column.finish(rows.length)
  }
}

test('has an entry for each service and route, with the requests of its rows, block after block', () => {
  fc.assert(
    fc.property(fc.array(batches, { maxLength: 3 }), (blocks) => {
      const read = createReader()
      const columns = blocks.map((parts) => read(parts))
      // Read only now: a later block leaves those before alone.
      for (const [i, { codes, values, services, requests }] of columns.entries()) {
        const rows = (blocks[i] ?? []).flat()
        const entryOf = (code: number | undefined) => [services[code ?? -1], values[code ?? -1]].join(' ')
        expect(rows.map((_, at) => entryOf(codes[at]))).toEqual(
          rows.map(({ service, route }) => [service, textOf(route)].join(' ')),
        )
        const expected = new Map<string, number>()
        for (const { service, route, count } of rows) {
          const entry = [service, textOf(route)].join(' ')
          expected.set(entry, (expected.get(entry) ?? 0) + count)
        }
        expect(requests.map((total, code) => [entryOf(code), total])).toEqual([...expected])
      }
    }),
  )
})
