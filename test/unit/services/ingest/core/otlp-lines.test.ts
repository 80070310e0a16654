import { expect, test } from 'vitest'
import { createAccessLineReader } from '../../../../../services/ingest/core/otlp-lines.ts'
import type { LogRecord } from '../../../../../services/ingest/core/otlp-request.ts'

const read = (records: readonly LogRecord[]) => createAccessLineReader({}).read(records)
const LINE = '203.0.113.9 - - [21/Nov/2026:10:00:05 +0000] "GET /pay/7?card=1 HTTP/1.1" 502 150 "-" "curl/8"'
const record = (body: LogRecord['body'], resource: LogRecord['resource'] = {}): LogRecord => ({
  timestamp: undefined,
  observed: undefined,
  traceId: 'abc1',
  body,
  attributes: {},
  resource,
})

test('a body that is a line of an access log becomes its event, of the service that the resource names', () => {
  const [line] = read([record(LINE, { 'service.name': 'checkout' })])
  expect(JSON.parse(line ?? '')).toMatchObject({ service: 'checkout', status: 502, trace_id: 'abc1' })
  expect(line).not.toContain('card')
})

test('a body that no format reads stays one line', () => {
  expect(read([record('started\nworkers: 4'), record(7)])).toEqual(['started workers: 4', ''])
})
