import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ndjsonLines } from '../../../../../services/ingest/core/ndjson-lines.ts'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'
import { wireEvents } from '../../../../../services/ingest/core/wire-event.ts'

const parser = () => createBlockParser({ format: { name: 'ndjson' }, env: 'prod' })
const parse = (text: string) => parser().parse(Buffer.from(text), { source: 'a', firstLine: 1, firstByte: 0 })
const event = (path: string) =>
  `{"ts":"2026-10-02T12:00:00.000Z","service":"shop","method":"GET","path":"${path}","status":200}\n`

test('what was written is read back as the same events', () => {
  const first = [...ndjsonLines(parse(event('/a') + event('/ü')).columns, 1_000_000)]
  const again = [...ndjsonLines(parse(Buffer.concat(first).toString()).columns, 1_000_000)]
  expect(Buffer.concat(again).toString()).toBe(Buffer.concat(first).toString())
})

test('is cut between lines, and a line above the bound stands alone', () => {
  const { columns } = parse(event('/a') + event(`/${'b'.repeat(500)}`) + event('/c'))
  const texts = [...ndjsonLines(columns, 300)].map((bytes) => Buffer.from(bytes).toString())
  expect(texts.map((text) => text.trimEnd().split('\n').length)).toEqual([1, 1, 1])
  expect(texts.every((text) => text.endsWith('\n'))).toBe(true)
})

test('says of every event what its fields say, whatever is in them', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 })
  const drawn = fc.record(
    {
      ts: fc.integer({ min: -1e12, max: 4e12 }).map((ms) => new Date(ms).toISOString()),
      status: fc.integer({ min: 100, max: 599 }),
      ...{ service: text, env: text, method: text, path: text, route: text, version: text, region: text, host: text },
      ...{ virtual_host: text, client: text, upstream: text, upstream_status: text, request_id: text, trace_id: text },
      ...{
        user_agent: text,
        duration_ms: fc.float({ min: 0, max: 1e6, noNaN: true }),
        bytes: fc.nat(),
        count: fc.integer({ min: 1, max: 9 }),
      },
    },
    { requiredKeys: ['ts', 'status'] },
  )
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 30 }), (events) => {
      const { columns } = parse(events.map((each) => JSON.stringify(each)).join('\n'))
      const said = Buffer.concat([...ndjsonLines(columns, 1_000_000)]).toString()
      expect(said).toBe([...wireEvents(columns)].map((each) => `${JSON.stringify(each)}\n`).join(''))
    }),
    { numRuns: 300 },
  )
})

test('no events, no text', () => {
  expect([...ndjsonLines(parse('').columns, 300)]).toEqual([])
})
