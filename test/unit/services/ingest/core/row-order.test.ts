import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowOrder } from '../../../../../services/ingest/core/row-order.ts'
import type { WireEvent } from '../../../../../services/ingest/core/wire-event.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'

const START_MS = Date.UTC(2026, 2, 1)

/** Nearly in order of time, as a log is. */
const lines = fc
  .array(
    fc.record({
      service: fc.constantFrom('a', 'b', 'ab'),
      route: fc.constantFrom('/', '/x', '/y/{id}'),
      jitter: fc.nat(5),
    }),
  )
  .map((drawn) =>
    drawn.map(({ service, route, jitter }, i) => ({ ts: START_MS + 2 * i + jitter, service, route, status: 200 })),
  )

const textOf = (all: readonly object[]) => all.map((line) => JSON.stringify(line)).join('\n')
const key = ({ service, route, ts }: WireEvent) => `${service}\0${route}\0${ts}`

test('rows are ordered by service, route and time', () => {
  fc.assert(
    fc.property(lines, (drawn) => {
      const block = parseLog(textOf(drawn), NDJSON)
      const events = [...eventsOf(block)]
      const ordered = Array.from(rowOrder(block.columns), (row) => events[row]).flatMap((event) => event ?? [])
      expect(ordered.map(key)).toEqual(events.map(key).toSorted())
    }),
  )
})

test('a log in the worst order of time keeps each row once, by service and route', () => {
  const rows = 5_000
  const backwards = Array.from({ length: rows }, (_, i) => ({
    ts: START_MS - i,
    service: i % 2 ? 'b' : 'a',
    status: 200,
  }))
  const block = parseLog(textOf(backwards), NDJSON)
  const order = rowOrder(block.columns)
  const services = Array.from(order, (row) => backwards[row]?.service)
  expect(new Set(order).size).toBe(rows)
  expect(services).toEqual(services.toSorted())
})

test('names that were folded into one are one in the order', () => {
  const log = ['/b', '/a', '/c'].map((route, i) => ({ ts: START_MS + i, route, status: 200 }))
  const { columns } = parseLog(textOf(log), NDJSON)
  columns.route.values.fill('__other__', 1)
  expect([...rowOrder(columns)]).toEqual([0, 1, 2])
})
