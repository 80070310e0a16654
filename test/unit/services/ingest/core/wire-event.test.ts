import { expect, test } from 'vitest'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'
import { wireEvents } from '../../../../../services/ingest/core/wire-event.ts'

const FULL = {
  ts: '2026-03-01T00:00:00.123Z',
  service: 'shop',
  env: 'prod',
  method: 'POST',
  path: '/pay/17',
  route: '/pay/{id}',
  status: 502,
  duration_ms: 0.1,
  bytes: 5_000_000_000,
  version: 'v42',
  region: 'eu-1',
  host: 'node-7',
  virtual_host: 'shop.example',
  client: '192.0.2.0',
  upstream: '10.0.0.5:8080',
  upstream_status: '502',
  request_id: 'a1',
  trace_id: 'b2',
  user_agent: 'probe/1.0 ü',
  count: 3,
}

/** What people get when they ask for the canonical form of canonical lines. */
function roundTrip(events: readonly object[]): unknown[] {
  const lines = events.map((event) => JSON.stringify(event)).join('\n')
  const parser = createBlockParser({ format: { name: 'ndjson' }, env: 'prod' })
  const { columns } = parser.parse(Buffer.from(lines), { source: 'events.ndjson', firstLine: 1, firstByte: 0 })
  return [...wireEvents(columns)].map((event) => JSON.parse(JSON.stringify(event)))
}

test('a canonical event comes out as it went in', () => {
  expect(roundTrip([FULL])).toEqual([FULL])
})

test('leaves out what the log did not have', () => {
  const least = { ts: FULL.ts, service: 'shop', status: 200 }
  const [event] = roundTrip([least])
  expect(event).toMatchObject({ ...least, env: 'prod', count: 1 })
  for (const absent of ['duration_ms', 'bytes', 'version', 'host', 'request_id', 'trace_id', 'user_agent'])
    expect(event).not.toHaveProperty(absent)
})

test('keeps each event to its own row', () => {
  const events = Array.from({ length: 50 }, (_, index) => ({
    ...FULL,
    path: `/pay/${index % 7}`,
    request_id: index % 2 === 0 ? `r${index}` : 'x',
    bytes: index,
  }))
  expect(roundTrip(events)).toEqual(events)
})
