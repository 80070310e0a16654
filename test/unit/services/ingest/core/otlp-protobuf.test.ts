import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeOtlpProtobuf } from '../../../../../services/ingest/core/otlp-protobuf.ts'

/** A length-delimited field of a protobuf message. */
const field = (number: number, content: Uint8Array) =>
  Buffer.concat([Buffer.of((number << 3) | 2, content.length), content])
const body = (text: string) => field(5, field(1, Buffer.from(text)))

test('reads the records of a request by the numbers of its fields', () => {
  const request = field(1, field(2, field(2, body('a line'))))
  expect(decodeOtlpProtobuf(request)).toMatchObject({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a line' } }] }] }],
  })
})

test('fields that it does not know are passed over', () => {
  const request = field(1, field(2, Buffer.concat([field(9, Buffer.from('new')), field(2, body('a line'))])))
  expect(JSON.stringify(decodeOtlpProtobuf(request))).toContain('a line')
})

test('whatever the bytes, an answer comes and nothing is thrown', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => decodeOtlpProtobuf(bytes) !== null))
  expect(decodeOtlpProtobuf(Buffer.of(0x0a, 0xff, 0xff))).toBeUndefined()
})
