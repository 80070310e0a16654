import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { createSlots, OK, SERVICE, STATUS, TIME } from '../../../../../services/ingest/core/formats/line-format.ts'
import { createOtlpRecords } from '../../../../../services/ingest/core/otlp-records.ts'
import { createOtlpTexts } from '../../../../../services/ingest/core/otlp-texts.ts'
import { slotText } from './scanned-lines.ts'

const status = (code: unknown) => ({ key: 'http.response.status_code', value: { intValue: code } })
const record = (code: unknown, more: object = {}) => ({
  timeUnixNano: '1795255200123000000',
  severityNumber: 9,
  attributes: [status(code)],
  traceId: '',
  ...more,
})
const request = (...logRecords: readonly unknown[]) => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] },
      scopeLogs: [{ scope: { name: 'http' }, logRecords }],
    },
  ],
})

function add(records: ReturnType<typeof createOtlpRecords>, text: string) {
  const source = toByteSource(Buffer.from(text))
  return { source, isAdded: records.add(source, 0, source.bytes.length) }
}

test('the records of requests as exporters write them are found where they are, and know their resource', () => {
  const records = createOtlpRecords(createOtlpTexts())
  // Often enough for what stays the same to be foretold.
  for (let i = 0; i < 100; i++) {
    records.clear()
    const { source, isAdded } = add(records, JSON.stringify(request(record('200'), record(503, { flags: i }))))
    expect([isAdded, records.size]).toEqual([true, 2])
    for (const [index, code] of ['200', '503'].entries()) {
      const slots = createSlots()
      expect(records.copy(index, slots, 7)).toBe(OK)
      const found = [TIME, STATUS, SERVICE].map((field) => slotText(source, slots, field, 7))
      expect(found).toEqual(['1795255200123', code, 'cart'])
    }
    expect(records.startOf(1)).toBeGreaterThanOrEqual(records.endOf(0))
  }
})

const WITHOUT_STATUS = { ...record(200), attributes: [] }
test.each([
  ['a record that is no access event', JSON.stringify(request(record(200), WITHOUT_STATUS))],
  ['a body that may be a line', JSON.stringify(request({ ...WITHOUT_STATUS, body: { stringValue: 'GET /' } }))],
  ['a body with members', JSON.stringify(request(record(200, { body: { kvlistValue: { values: [] } } })))],
  ['a status that is none', JSON.stringify(request(record(200), record(700)))],
  ['no time', JSON.stringify(request(record(200, { timeUnixNano: '0' })))],
  ['an attribute that comes twice', JSON.stringify(request(record(200, { attributes: [status(200), status(404)] })))],
  ['a member that comes twice', JSON.stringify(request(record(200))).replace('"traceId"', '"attributes":[],"traceId"')],
  ['escapes in a name', JSON.stringify(request(record(200))).replace('"traceId"', '"trace\\u0049d"')],
  ['a large record', JSON.stringify(request(record(200, { x: 'x'.repeat(20_000) })))],
  ['white space', JSON.stringify(request(record(200)), null, 1).replaceAll('\n', '')],
  ['a request that breaks off', JSON.stringify(request(record(200), record(200))).slice(0, -3)],
  ['more behind the request', `${JSON.stringify(request(record(200)))}}`],
])('leaves alone what is unusual, and the whole request with it: %s', (_, text) => {
  const records = createOtlpRecords(createOtlpTexts())
  expect(add(records, JSON.stringify(request(record(200)))).isAdded).toBe(true)
  expect([add(records, text).isAdded, records.size]).toEqual([false, 1])
})
