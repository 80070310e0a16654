import { toByteSource } from './byte-source.ts'
import type { FormatName } from './format-spec.ts'
import { decodeOtlpLogs } from './otlp-logs.ts'
import { createOtlpRecords } from './otlp-records.ts'
import type { OtlpEncoding } from './otlp-request.ts'
import type { OtlpTexts } from './otlp-texts.ts'
import { createOtlpWireReader } from './otlp-wire.ts'

/** The body of a request as lines of a log, which a parser of that format takes. */
export type OtlpBody =
  | { readonly kind: 'lines'; readonly lines: Uint8Array; readonly format: Extract<FormatName, 'otlp' | 'ndjson'> }
  /** It is no ExportLogsServiceRequest, or too large to be one. For people. */
  | { readonly kind: 'malformed'; readonly because: string }

/** A longer line may become more events than go into one message, and can't be cut up. */
const MAX_LINE_BYTES = 512 * 1024
const NEWLINE = 0x0a

/**
 * Makes the reader of ExportLogsServiceRequests. One as exporters write it becomes lines of OTLP in JSON from bytes to bytes,
 * which is about five times as fast as decoding it; any other is decoded to lines of NDJSON.
 */
export function createOtlpBodyReader(): (body: Uint8Array, encoding: OtlpEncoding) => OtlpBody {
  const readWire = createOtlpWireReader()
  const records = createOtlpRecords(ANY_TEXT)

  function isUsualLine(body: Uint8Array): boolean {
    if (body.length > MAX_LINE_BYTES || body.includes(NEWLINE)) return false
    records.clear()
    return records.add(toByteSource(body), 0, body.length)
  }

  return (body, encoding) => {
    const lines = encoding === 'protobuf' ? readWire(body) : isUsualLine(body) && body
    if (lines) return { kind: 'lines', lines, format: 'otlp' }
    const decoded = decodeOtlpLogs(body, { encoding })
    return decoded.kind === 'malformed' ? decoded : { kind: 'lines', lines: decoded.ndjson, format: 'ndjson' }
  }
}

/** Whether a body is a line of an access log is found out when it is read as one. */
const ANY_TEXT: OtlpTexts = {
  setFormat() {},
  read: () => true,
  bytes: () => new Uint8Array(0),
  clear() {},
}
