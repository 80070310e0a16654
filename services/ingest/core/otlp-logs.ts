import { type AccessLineReader, createAccessLineReader } from './otlp-lines.ts'
import { decodeOtlpRequest, type LogRecord, type OtlpEncoding, type OtlpMap, type OtlpValue } from './otlp-request.ts'

export interface OtlpOptions {
  readonly encoding: OtlpEncoding
  /** Of bodies that are lines of an access log. By default whatever format the request's lines are of. */
  readonly lines?: AccessLineReader
}

export type DecodedOtlp =
  /** One line of NDJSON for each record, in the request's order, which the parser of `ndjson` takes or rejects. */
  | { readonly kind: 'decoded'; readonly ndjson: Buffer; readonly records: number }
  /** The body is no ExportLogsServiceRequest, or too large to be one. For people. */
  | { readonly kind: 'malformed'; readonly because: string }

/** A larger body is refused: collectors send some megabytes at a time. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * Turns the bytes of one OTLP ExportLogsServiceRequest into canonical NDJSON. A record is an access event by its attributes
 * (OpenTelemetry's HTTP conventions) or by its body, a map or a line of an access log; what it lacks is taken from its
 * resource. A record that is none becomes a line that the parser rejects, so that it is counted.
 */
export function decodeOtlpLogs(body: Uint8Array, options: OtlpOptions): DecodedOtlp {
  if (body.length > MAX_BODY_BYTES) return { kind: 'malformed', because: 'it is larger than 32 MiB' }
  const request = decodeOtlpRequest(body, options.encoding)
  if (request.kind === 'malformed') return request
  const { records } = request
  const lines = records.map(toLine)
  const withText = records.flatMap((record, index) => (isAccessLine(record) ? [index] : []))
  const reader = options.lines ?? createAccessLineReader({})
  const read = reader.read(withText.flatMap((index) => records[index] ?? []))
  for (const [i, index] of withText.entries()) lines[index] = read[i] ?? ''
  return { kind: 'decoded', ndjson: Buffer.from(lines.map((line) => `${line}\n`).join('')), records: records.length }
}

const STATUS_ATTRIBUTES = ['http.response.status_code', 'http.status_code']

/** A text that comes with the attributes of a request is there for people. */
function isAccessLine({ body, attributes }: LogRecord): boolean {
  return typeof body === 'string' && !STATUS_ATTRIBUTES.some((name) => attributes[name] !== undefined)
}

/** As the parser of NDJSON looks into them: its own fields, then attributes, then the resource's. */
function toLine({ timestamp, observed, traceId, body, attributes, resource }: LogRecord): string {
  const own = isMap(body) ? body : {}
  return JSON.stringify({
    ...(traceId !== undefined && { 'trace.id': traceId }),
    ...own,
    ...(timestamp !== undefined && own['ts'] === undefined && { ts: timestamp }),
    // Only for want of another.
    '@timestamp': own['@timestamp'] ?? observed ?? null,
    attributes,
    resource: { attributes: resource },
  })
}

function isMap(value: OtlpValue): value is OtlpMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
