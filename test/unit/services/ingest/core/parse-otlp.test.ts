import { expect, test } from 'vitest'
import { detectFormat } from '../../../../../services/ingest/core/detect-format.ts'
import { createOtlpParser } from '../../../../../services/ingest/core/parse-otlp.ts'
import { eventsOf } from './read-log.ts'

const record = (second: number, status: number) => ({
  timeUnixNano: `${1_795_255_200 + second}000000000`,
  attributes: [{ key: 'http.response.status_code', value: { intValue: String(status) } }],
})
const request = (service: string, ...logRecords: readonly unknown[]) =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeLogs: [{ scope: {}, logRecords }],
      },
    ],
  })

test('a file of OTLP requests holds an event for each record', () => {
  const log = Buffer.from(
    [request('cart', record(0, 200), record(1, 500)), '', request('pay', record(2, 503), { body: {} }), '{"cut'].join(
      '\n',
    ),
  )
  expect(detectFormat(log)).toMatchObject({ kind: 'known', spec: { name: 'otlp' } })
  const parser = createOtlpParser({ format: { name: 'otlp' }, env: 'prod' })
  const block = parser.parse(log, { source: '', firstLine: 1, firstByte: 0 })
  expect(eventsOf(block)).toMatchObject([
    { ts: '2026-11-21T10:00:00.000Z', service: 'cart', status: 200 },
    { ts: '2026-11-21T10:00:01.000Z', service: 'cart', status: 500 },
    { ts: '2026-11-21T10:00:02.000Z', service: 'pay', status: 503 },
  ])
  expect(block).toMatchObject({ lines: 5, parsed: 3, rejected: 2 })
  expect(block.rejects).toMatchObject([{ reason: 'no-time' }, { reason: 'not-json', text: '{"cut' }])
})
