import { expect, test } from 'vitest'
import { createOtlpGapReader, ENDS_REQUEST, REQUEST_START } from '../../../../../services/ingest/core/otlp-gaps.ts'
import { amid } from './scanned-lines.ts'

/** What stands between the values of a request, each of which is `7` or `"a"`. */
function gapsOf(text: string): string[] {
  const { source, start, end } = amid(text, '\n')
  const read = createOtlpGapReader()
  const gap = { state: REQUEST_START, key: undefined }
  const found: string[] = []
  for (let at = start; (gap.state & ENDS_REQUEST) === 0 || gap.state === REQUEST_START; ) {
    const valueAt = read(source, at, end, gap)
    if (valueAt < 0) return [...found, 'unusual']
    found.push(source.bytes.toString('latin1', at, valueAt))
    at = valueAt + 1
  }
  return found
}

test('reads from value to value, over the names of attributes', () => {
  const record =
    '{"timeUnixNano":"a","attributes":[{"key":"url.path","value":{"stringValue":"a"}},{"key":"x","value":{"intValue":7}}]}'
  expect(gapsOf(`{"resourceLogs":[{"scopeLogs":[{"scope":7,"logRecords":[${record}]}]}]}`)).toEqual([
    '{"resourceLogs":[{"scopeLogs":[{"scope":',
    ',"logRecords":[{"timeUnixNano":"',
    '","attributes":[{"key":"url.path","value":{"stringValue":"',
    '"}},{"key":"x","value":{"intValue":',
    '}}]}]}]}]}',
  ])
})

test.each([
  ['', []],
  ['[]', []],
  ['{"resourceLogs":7}', []],
  ['{"resourceLogs":[]', []],
  ['{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}', []],
  ['{"resourceLogs":[{"scopeLogs":[],"resource":{"attributes":[]}}]}', []],
  ['{"resourceLogs":[{"resource":{"attributes":[{"value":{}}]}}]}', []],
  ['{"resourceLogs":[{"resource":{"attributes":[{"key":"http","value":{"kvlistValue":7}}]}}]}', []],
  ['{"resourceLogs":[{"schemaUrl":7,"resource":7}]}', ['{"resourceLogs":[{"schemaUrl":']],
])('%s is unusual', (text, before) => {
  expect(gapsOf(text)).toEqual([...before, 'unusual'])
})
