import { z } from 'zod'
import { decodeOtlpProtobuf } from './otlp-protobuf.ts'

export type OtlpEncoding = 'json' | 'protobuf'

/** A value of any type that OpenTelemetry knows, as JSON has it. */
export type OtlpValue = string | number | boolean | null | readonly OtlpValue[] | OtlpMap
export interface OtlpMap {
  readonly [name: string]: OtlpValue
}

/** A log record with what its resource says. */
export interface LogRecord {
  /** When it happened, RFC 3339. */
  readonly timestamp: string | undefined
  /** When the collector saw it. */
  readonly observed: string | undefined
  /** Hexadecimal. */
  readonly traceId: string | undefined
  readonly body: OtlpValue
  readonly attributes: OtlpMap
  readonly resource: OtlpMap
}

export type DecodedRequest =
  | { readonly kind: 'decoded'; readonly records: readonly LogRecord[] }
  | { readonly kind: 'malformed'; readonly because: string }

// What is needed of opentelemetry/proto/logs/v1, in its JSON mapping: 64-bit integers are strings, or numbers.
const integer = z.union([z.string(), z.number()])
const anyValue = z.looseObject({})
const keyValues = z.array(z.looseObject({ key: z.string().optional(), value: anyValue.nullish() })).nullish()
const exportRequest = z.looseObject({
  resourceLogs: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes: keyValues }).nullish(),
        scopeLogs: z
          .array(
            z.looseObject({
              logRecords: z
                .array(
                  z.looseObject({
                    timeUnixNano: integer.nullish(),
                    observedTimeUnixNano: integer.nullish(),
                    body: anyValue.nullish(),
                    attributes: keyValues,
                    traceId: z.union([z.string(), z.instanceof(Uint8Array)]).nullish(),
                  }),
                )
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
})
type ExportRequest = z.infer<typeof exportRequest>
type ResourceLogs = NonNullable<ExportRequest['resourceLogs']>[number]
type WireRecord = NonNullable<NonNullable<ResourceLogs['scopeLogs']>[number]['logRecords']>[number]
type KeyValues = z.infer<typeof keyValues>

/** Reads the records of an ExportLogsServiceRequest in their order. */
export function decodeOtlpRequest(body: Uint8Array, encoding: OtlpEncoding): DecodedRequest {
  const message = encoding === 'json' ? parseJson(body) : decodeOtlpProtobuf(body)
  if (message === undefined) return { kind: 'malformed', because: `it is no OTLP request in ${encoding}` }
  const parsed = exportRequest.safeParse(message)
  if (parsed.success) return { kind: 'decoded', records: toRecords(parsed.data) }
  const [issue] = parsed.error.issues
  return { kind: 'malformed', because: `${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'is wrong'}` }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
}

function toRecords({ resourceLogs }: ExportRequest): LogRecord[] {
  return (resourceLogs ?? []).flatMap(({ resource, scopeLogs }) => {
    const attributes = toMap(resource?.attributes, 0)
    return (scopeLogs ?? []).flatMap(({ logRecords }) =>
      (logRecords ?? []).map((record) => toRecord(record, attributes)),
    )
  })
}

function toRecord(record: WireRecord, resource: OtlpMap): LogRecord {
  return {
    timestamp: toTimestamp(record.timeUnixNano),
    observed: toTimestamp(record.observedTimeUnixNano),
    traceId: toTraceId(record.traceId),
    body: toValue(record.body, 0),
    attributes: toMap(record.attributes, 0),
    resource,
  }
}

function toTraceId(id: WireRecord['traceId']): string | undefined {
  const hex = typeof id === 'string' ? id.toLowerCase() : Buffer.from(id ?? []).toString('hex')
  return TRACE_ID.test(hex) ? hex : undefined
}

/** All zeros is none. */
const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/
const NANOS = /^\d{1,20}$/
/** The last time that a Date can hold. */
const MAX_DATE_MS = 8.64e15

function toTimestamp(nanos: string | number | null | undefined): string | undefined {
  const text = String(nanos ?? '')
  if (!NANOS.test(text)) return undefined
  const ms = Number(BigInt(text) / 1_000_000n)
  return ms > 0 && ms < MAX_DATE_MS ? new Date(ms).toISOString() : undefined
}

/** What is nested deeper is left out: nothing of ours lies there. */
const MAX_DEPTH = 8
/** A longer text is cut: no field keeps so much. */
const MAX_TEXT_CHARACTERS = 16 * 1024

/** The value of an AnyValue message, of which one field is set. */
function toValue(value: Readonly<Record<string, unknown>> | null | undefined, depth: number): OtlpValue {
  if (value === null || value === undefined || depth > MAX_DEPTH) return null
  const { stringValue, boolValue, intValue, doubleValue, kvlistValue, arrayValue } = value
  if (typeof stringValue === 'string') return stringValue.slice(0, MAX_TEXT_CHARACTERS)
  if (typeof boolValue === 'boolean') return boolValue
  if (typeof intValue === 'string' || typeof intValue === 'number') return toNumber(intValue)
  if (typeof doubleValue === 'string' || typeof doubleValue === 'number') return toNumber(doubleValue)
  const list = keyValueList.safeParse(kvlistValue)
  if (list.success) return toMap(list.data.values, depth + 1)
  const array = valueArray.safeParse(arrayValue)
  return array.success ? (array.data.values ?? []).map((item) => toValue(item, depth + 1)) : null
}

const keyValueList = z.looseObject({ values: keyValues })
const valueArray = z.looseObject({ values: z.array(anyValue).nullish() })

/** JSON has no NaN and no infinity. */
function toNumber(text: string | number): number | null {
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

function toMap(pairs: KeyValues, depth: number): OtlpMap {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key ?? '', toValue(value, depth)]))
}
