import protobuf from 'protobufjs/light.js'
import type { OtlpEncoding } from './otlp-request.ts'

/** What an exporter is told: opentelemetry/proto/collector/logs/v1 and google/rpc/status. */
export type OtlpAnswer =
  | { readonly kind: 'taken'; readonly rejectedRecords: number; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string }

const MESSAGE_CHARACTERS_MAX = 500

/** The body of the answer, in the encoding of the request. When every record was taken it is empty. */
export function encodeOtlpAnswer(answer: OtlpAnswer, encoding: OtlpEncoding): Uint8Array {
  const message = answer.because.slice(0, MESSAGE_CHARACTERS_MAX)
  switch (answer.kind) {
    case 'refused':
      return encoding === 'json'
        ? Buffer.from(JSON.stringify({ message }))
        : protobuf.Writer.create().uint32(STATUS_MESSAGE).string(message).finish()
    case 'taken': {
      const { rejectedRecords } = answer
      if (rejectedRecords === 0) return Buffer.from(encoding === 'json' ? '{}' : '')
      // A 64-bit integer is a string in JSON.
      const partialSuccess = { rejectedLogRecords: `${rejectedRecords}`, errorMessage: message }
      if (encoding === 'json') return Buffer.from(JSON.stringify({ partialSuccess }))
      const writer = protobuf.Writer.create().uint32(PARTIAL_SUCCESS).fork()
      writer.uint32(REJECTED_LOG_RECORDS).int64(rejectedRecords).uint32(ERROR_MESSAGE).string(message)
      return writer.ldelim().finish()
    }
  }
}

// Field number and wire type: 0 is a varint, 2 has its length before it.
const PARTIAL_SUCCESS = (1 << 3) | 2
const REJECTED_LOG_RECORDS = (1 << 3) | 0
const ERROR_MESSAGE = (2 << 3) | 2
const STATUS_MESSAGE = (2 << 3) | 2
