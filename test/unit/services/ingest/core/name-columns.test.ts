import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoderFor } from '../../../../../services/ingest/core/decode-value.ts'
import {
  ENV,
  HOST,
  METHOD,
  REGION,
  REQUEST_ID,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createNameColumns } from '../../../../../services/ingest/core/name-columns.ts'
import { MAX_NAME_BYTES, MAX_USER_AGENT_BYTES } from '../../../../../services/ingest/core/value-bounds.ts'
import { columnRows, type Fields, scannedLines, stringRows, textRows } from './scanned-lines.ts'

/** The names of each line of a block, given as batches. */
function createReader() {
  const names = createNameColumns({ decode: decoderFor('json'), decodeUserAgent: decoderFor('json') }, 'prod')
  return (batches: readonly (readonly Fields[])[]) => {
    names.begin(1)
    let rows = 0
    for (const batch of batches) {
      const { source, slots, lines } = scannedLines(batch)
      names.put(rows, source, slots, lines)
      rows += lines
    }
    const columns = names.finish(rows)
    const byField = new Map([
      [ENV, stringRows(columns.env, rows)],
      [METHOD, stringRows(columns.method, rows)],
      [VERSION, stringRows(columns.version, rows)],
      [REGION, stringRows(columns.region, rows)],
      [HOST, stringRows(columns.host, rows)],
      [UPSTREAM, stringRows(columns.upstream, rows)],
      [UPSTREAM_STATUS, stringRows(columns.upstreamStatus, rows)],
      [USER_AGENT, textRows(columns.userAgent, rows)],
      [REQUEST_ID, columnRows(columns.requestId, rows)],
      [TRACE_ID, columnRows(columns.traceId, rows)],
    ])
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries([...byField].map(([field, texts]) => [field, texts[row]])),
    )
  }
}

const NOTHING = {
  ...{ [ENV]: 'prod', [METHOD]: '', [VERSION]: '', [REGION]: '', [HOST]: '', [UPSTREAM]: '' },
  ...{ [UPSTREAM_STATUS]: '', [USER_AGENT]: '', [REQUEST_ID]: '', [TRACE_ID]: '' },
}

const text = fc.constantFrom('a', 'b', 'v1.2.3', 'curl/8', '4bf92f3577b34da6a3ce929d0e0e4736')
const line = fc.record(
  {
    ...{ [ENV]: text, [METHOD]: fc.constantFrom('GET', 'POST'), [VERSION]: text, [REGION]: text, [HOST]: text },
    ...{ [UPSTREAM]: text, [UPSTREAM_STATUS]: text, [USER_AGENT]: text, [REQUEST_ID]: text, [TRACE_ID]: text },
  },
  { requiredKeys: [] },
)
const block = fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 3 })

test('each field becomes the column of its name, and only of the lines that have it, block after block', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
      const read = createReader()
      for (const batches of blocks) {
        expect(read(batches)).toEqual(batches.flat().map((fields) => ({ ...NOTHING, ...fields })))
      }
    }),
  )
})

test('undoes the escapes of every field, and keeps no method that a client made up', () => {
  const escaped = String.raw`a\"\u00e9`
  const fields = { ...Object.fromEntries(Object.keys(NOTHING).map((field) => [field, escaped])), [METHOD]: 'xyzzy' }
  const decoded = Object.fromEntries(Object.keys(NOTHING).map((field) => [field, 'a"é']))
  expect(createReader()([[fields, { [METHOD]: String.raw`p\u006fst` }]])).toEqual([
    { ...decoded, [METHOD]: '_OTHER' },
    { ...NOTHING, [METHOD]: 'POST' },
  ])
})

test('bounds every text', () => {
  const [row] = createReader()([[Object.fromEntries(Object.keys(NOTHING).map((field) => [field, 'x'.repeat(9_000)]))]])
  for (const [field, value] of Object.entries(row ?? {})) {
    const maxBytes = Number(field) === USER_AGENT ? MAX_USER_AGENT_BYTES : MAX_NAME_BYTES
    expect(value?.length).toBeLessThanOrEqual(maxBytes)
    expect(value?.length).toBeGreaterThan(0)
  }
})

test('its memory of values grows with new ones only', () => {
  const names = createNameColumns({ decode: decoderFor('none'), decodeUserAgent: decoderFor('none') }, 'prod')
  const weigh = (fields: Fields) => {
    const { source, slots, lines } = scannedLines([fields])
    names.begin(1)
    names.put(0, source, slots, lines)
    return names.weight()
  }
  const weights = [
    weigh({ [VERSION]: 'v1', [USER_AGENT]: 'curl/8' }),
    weigh({ [VERSION]: 'v1', [USER_AGENT]: 'curl/8' }),
    weigh({ [VERSION]: 'v2' }),
    weigh({ [USER_AGENT]: 'a browser' }),
  ]
  const [first = 0, again = 0, second = 0, third = 0] = weights
  expect(again).toBe(first)
  expect(second).toBeGreaterThan(first)
  expect(third).toBeGreaterThan(second)
})
