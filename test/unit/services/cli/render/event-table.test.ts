import { expect, test } from 'vitest'
import { renderEventHeader, renderEventRow, renderReject } from '../../../../../services/cli/render/event-table.ts'
import type { WireEvent } from '../../../../../services/ingest/core/wire-event.ts'

const event: WireEvent = {
  ts: '2026-10-02T14:03:10.250Z',
  service: 'checkout',
  env: 'prod',
  method: 'POST',
  path: '/pay/123',
  route: '/pay/{id}',
  status: 500,
  duration_ms: 81.6,
  bytes: 12,
  version: undefined,
  region: undefined,
  host: undefined,
  virtual_host: undefined,
  client: undefined,
  upstream: undefined,
  upstream_status: undefined,
  request_id: undefined,
  trace_id: undefined,
  user_agent: undefined,
  count: 1,
}

test('events stand in columns that fit the terminal', () => {
  const long = { ...event, service: 'a-very-long-service-name', route: `/${'segment/'.repeat(20)}{id}`, count: 12 }
  const lines = [renderEventHeader(80), renderEventRow(event, 80), renderEventRow(long, 80)]
  expect(lines).toEqual([
    'time (UTC)          service      code method route                            ms',
    '2026-10-02 14:03:10 checkout      500 POST   /pay/{id}                        82',
    '2026-10-02 14:03:10 a-very…-name  500 POST   /segment/segme…ent/{id} × 12     82',
  ])
})

test('a reject says where and why, and shows the line without obeying it', () => {
  const reject = {
    source: 'access.log',
    lineNumber: 12,
    byteOffset: 3048,
    reason: 'no-status' as const,
    text: 'evil \u001b[2J line',
    detail: 'the status is "abc"',
  }
  expect(renderReject(reject, 200)).toBe(
    'access.log line 12, byte 3048: no-status (the status is "abc"): evil \\x1b[2J line',
  )
})
