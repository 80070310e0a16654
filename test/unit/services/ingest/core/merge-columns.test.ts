import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeColumns } from '../../../../../services/ingest/core/merge-columns.ts'
import { wireEvents } from '../../../../../services/ingest/core/wire-event.ts'
import { eventsOf, NDJSON, parseLog } from './read-log.ts'
import { columnRows, stringRows } from './scanned-lines.ts'

const name = fc.option(fc.constantFrom('a', 'b', 'ä€'), { nil: undefined })
const event = fc.record({
  ts: fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
  service: fc.constantFrom('shop', 'cart'),
  status: fc.constantFrom(200, 404, 500),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/', '/a?b=c', '/ä'),
  duration_ms: fc.option(fc.nat(1_000), { nil: undefined }),
  bytes: fc.option(fc.nat(), { nil: undefined }),
  count: fc.integer({ min: 1, max: 9 }),
  version: name,
  region: name,
  host: name,
  virtual_host: name,
  upstream: name,
  client: fc.option(fc.ipV4(), { nil: undefined }),
  user_agent: name,
  request_id: name,
  trace_id: name,
})
const block = fc
  .array(event, { maxLength: 6 })
  .map((events) => parseLog(events.map((one) => `${JSON.stringify(one)}\n`).join(''), NDJSON))

test('the rows of one block are followed by those of the other, each as it was', () => {
  fc.assert(
    fc.property(block, block, block, (first, second, third) => {
      const merged = mergeColumns(mergeColumns(first.columns, second.columns), third.columns)
      const expected = [first, second, third].flatMap(eventsOf)
      expect(merged.rows).toBe(expected.length)
      expect([...wireEvents(merged)]).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

test('ids stay with their rows when only one block has any', () => {
  const line = (more: object) => `${JSON.stringify({ ts: 1_772_323_200, service: 'a', status: 200, ...more })}\n`
  const [plain, traced] = [line({}).repeat(2), line({ trace_id: 'x' }) + line({ trace_id: 'yz' })]
  const traces = (left: string, right: string) => {
    const { traceId, rows } = mergeColumns(parseLog(left, NDJSON).columns, parseLog(right, NDJSON).columns)
    return { used: traceId.used, ids: columnRows(traceId, rows) }
  }
  expect(traces(plain, traced)).toEqual({ used: true, ids: ['', '', 'x', 'yz'] })
  expect(traces(traced, plain)).toEqual({ used: true, ids: ['x', 'yz', '', ''] })
  expect(traces(plain, plain)).toEqual({ used: false, ids: ['', '', '', ''] })
})

test('a route stays with its service and its requests', () => {
  const log = (service: string, count: number) =>
    `${JSON.stringify({ ts: 1_772_323_200, service, status: 200, method: 'GET', path: '/a', count })}\n`
  const merged = mergeColumns(parseLog(log('shop', 2), NDJSON).columns, parseLog(log('cart', 3), NDJSON).columns)
  const { route, service, rows } = merged
  const owners = Array.from(route.codes.subarray(0, rows), (code) => service.values[route.services[code] ?? -1])
  expect(owners).toEqual(['shop', 'cart'])
  expect(stringRows(service, rows)).toEqual(owners)
  expect(Array.from(route.codes.subarray(0, rows), (code) => route.requests[code])).toEqual([2, 3])
})
