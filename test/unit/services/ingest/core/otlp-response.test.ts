import { expect, test } from 'vitest'
import { encodeOtlpAnswer } from '../../../../../services/ingest/core/otlp-response.ts'

const json = (answer: Parameters<typeof encodeOtlpAnswer>[0]) =>
  JSON.parse(Buffer.from(encodeOtlpAnswer(answer, 'json')).toString())

test('when every record was taken the answer is empty', () => {
  const answer = { kind: 'taken', rejectedRecords: 0, because: '' } as const
  expect(json(answer)).toEqual({})
  expect(encodeOtlpAnswer(answer, 'protobuf')).toHaveLength(0)
})

test('records that were not taken are counted with the reason, in the encoding of the request', () => {
  const answer = { kind: 'taken', rejectedRecords: 3, because: 'no status' } as const
  expect(json(answer)).toEqual({ partialSuccess: { rejectedLogRecords: '3', errorMessage: 'no status' } })
  const partialSuccess = Buffer.concat([Buffer.of(0x08, 3, 0x12, 9), Buffer.from('no status')])
  expect(Buffer.from(encodeOtlpAnswer(answer, 'protobuf'))).toEqual(
    Buffer.concat([Buffer.of(0x0a, partialSuccess.length), partialSuccess]),
  )
})

test('a refusal says why, shortly', () => {
  expect(json({ kind: 'refused', because: 'x'.repeat(5_000) }).message.length).toBeLessThanOrEqual(500)
  const refused = encodeOtlpAnswer({ kind: 'refused', because: 'broken' }, 'protobuf')
  expect(Buffer.from(refused)).toEqual(Buffer.concat([Buffer.of(0x12, 6), Buffer.from('broken')]))
})
