import { expect, test } from 'vitest'
import { decodeOtlpRequest } from '../../../../../services/ingest/core/otlp-request.ts'

const decode = (message: unknown) => decodeOtlpRequest(Buffer.from(JSON.stringify(message)), 'json')
const record = (fields: object) => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeLogs: [{ logRecords: [fields] }],
    },
  ],
})

test('a record has the time, id, body and attributes that it was sent with, and its resource', () => {
  const fields = {
    timeUnixNano: '1795255200123456789',
    traceId: '5B8EFFF798038103D269B633813FC60C',
    body: { stringValue: 'hello' },
    attributes: [{ key: 'http.response.status_code', value: { intValue: '502' } }],
  }
  const decoded = decode(record(fields))
  expect(decoded).toMatchObject({
    kind: 'decoded',
    records: [{ body: 'hello', resource: { 'service.name': 'shop' }, traceId: '5b8efff798038103d269b633813fc60c' }],
  })
  const [only] = decoded.kind === 'decoded' ? decoded.records : []
  expect(only?.timestamp).toMatch(/^2026-11-21T10:00:00\.123/)
  expect(Number(only?.attributes['http.response.status_code'])).toBe(502)
})

test('a request without records has none', () => {
  for (const empty of [{}, { resourceLogs: [] }, { resourceLogs: [{ scopeLogs: [{}] }] }])
    expect(decode(empty)).toEqual({ kind: 'decoded', records: [] })
})

test('what is no request is refused with a reason', () => {
  for (const message of [7, 'text', { resourceLogs: 'many' }, { resourceLogs: [{ scopeLogs: 3 }] }])
    expect(decode(message)).toMatchObject({ kind: 'malformed', because: expect.stringMatching(/./) })
  expect(decodeOtlpRequest(Buffer.from('{"resourceLogs":'), 'json').kind).toBe('malformed')
})
