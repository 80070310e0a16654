import { expect, test } from 'vitest'
import { isOtlpFile, otlp } from '../../../../../../services/ingest/core/formats/otlp.ts'
import { FORMATS } from '../../../../../../services/ingest/core/formats/table.ts'

test('a file of OTLP requests is told by how they begin, though the first is not whole', () => {
  expect(isOtlpFile(Buffer.from('{"resourceLogs":[{"resource":{'))).toBe(true)
  for (const other of ['', '{"resource', '{"ts":"2026-11-21T10:00:00Z"}'])
    expect(isOtlpFile(Buffer.from(other))).toBe(false)
})

test('is a format that can be asked for by name', () => {
  expect(FORMATS).toContain(otlp)
})
