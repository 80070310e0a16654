import { expect, test } from 'vitest'
import { createOtlpUnpacker } from '../../../../../services/ingest/core/otlp-file.ts'
import { createAccessLineReader } from '../../../../../services/ingest/core/otlp-lines.ts'
import { createOtlpRecords } from '../../../../../services/ingest/core/otlp-records.ts'
import { createOtlpTexts } from '../../../../../services/ingest/core/otlp-texts.ts'

const value = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const request = (path: string) =>
  JSON.stringify({
    resourceLogs: [
      { scopeLogs: [{ logRecords: [{ timeUnixNano: '1795255200000000000', attributes: [value('url.path', path)] }] }] },
    ],
  })
function unpack(text: string): string[] {
  const texts = createOtlpTexts()
  const unpackBlock = createOtlpUnpacker({
    texts,
    records: createOtlpRecords(texts),
    lines: createAccessLineReader({}),
  })
  const { bytes, starts, ends, size } = unpackBlock(Buffer.from(text))
  return Array.from({ length: size }, (_, line) => Buffer.from(bytes).toString('utf8', starts[line], ends[line]))
}

test('every record of every request is one line, in order, with or without a last line end', () => {
  for (const end of ['', '\n']) {
    const lines = unpack(`${request('/a')}\n\n${request('/b')}${end}`)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('/a')
    expect(lines[1]).toContain('/b')
  }
})

test('a line that is no request stays, cut, to be rejected', () => {
  const [first, second] = unpack(`${'x'.repeat(20_000)}\n${request('/a')}`)
  expect(first).toBe('x'.repeat(8 * 1024))
  expect(second).toContain('/a')
})
