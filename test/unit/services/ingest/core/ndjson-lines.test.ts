import { expect, test } from 'vitest'
import { ndjsonLines } from '../../../../../services/ingest/core/ndjson-lines.ts'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'

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

test('no events, no text', () => {
  expect([...ndjsonLines(parse('').columns, 300)]).toEqual([])
})
