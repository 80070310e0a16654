/** Writes OTLP's messages in protobuf by hand: nothing of it comes from the library that reads them. */

export interface OtlpAnyValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly kvlistValue?: { readonly values: readonly OtlpKeyValue[] }
}

export interface OtlpKeyValue {
  readonly key: string
  readonly value?: OtlpAnyValue
}

export interface OtlpLogRecord {
  readonly timeUnixNano?: string
  readonly observedTimeUnixNano?: string
  readonly severityNumber?: number
  readonly body?: OtlpAnyValue
  readonly attributes?: readonly OtlpKeyValue[]
  /** Hexadecimal. */
  readonly traceId?: string
}

export interface OtlpLogsRequest {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpKeyValue[] }
    readonly scopeLogs?: readonly { readonly logRecords?: readonly OtlpLogRecord[] }[]
  }[]
}

/** An ExportLogsServiceRequest, its fields in the order of their numbers as encoders write them. */
export function encodeOtlpRequest({ resourceLogs }: OtlpLogsRequest): Buffer {
  const messages = resourceLogs.map(({ resource, scopeLogs = [] }) =>
    Buffer.concat([
      ...(resource === undefined ? [] : [lengthField(1, keyValues(1, resource.attributes))]),
      ...scopeLogs.map(({ logRecords = [] }) =>
        lengthField(2, Buffer.concat(logRecords.map((record) => lengthField(2, encodeRecord(record))))),
      ),
    ]),
  )
  return Buffer.concat(messages.map((message) => lengthField(1, message)))
}

function encodeRecord(record: OtlpLogRecord): Buffer {
  const { timeUnixNano, observedTimeUnixNano, severityNumber, body, attributes, traceId } = record
  return Buffer.concat([
    ...(timeUnixNano === undefined ? [] : [fixedField(1, BigInt(timeUnixNano))]),
    ...(severityNumber === undefined ? [] : [varint(2 * 8), varint(BigInt(severityNumber))]),
    ...(body === undefined ? [] : [lengthField(5, anyValue(body))]),
    keyValues(6, attributes),
    ...(traceId === undefined ? [] : [lengthField(9, Buffer.from(traceId, 'hex'))]),
    ...(observedTimeUnixNano === undefined ? [] : [fixedField(11, BigInt(observedTimeUnixNano))]),
  ])
}

function keyValues(field: number, pairs: readonly OtlpKeyValue[] = []): Buffer {
  return Buffer.concat(
    pairs.map(({ key, value }) => {
      const pair = [lengthField(1, Buffer.from(key)), ...(value === undefined ? [] : [lengthField(2, anyValue(value))])]
      return lengthField(field, Buffer.concat(pair))
    }),
  )
}

function anyValue({ stringValue, boolValue, intValue, doubleValue, kvlistValue }: OtlpAnyValue): Buffer {
  if (stringValue !== undefined) return lengthField(1, Buffer.from(stringValue))
  if (boolValue !== undefined) return Buffer.from([2 * 8, Number(boolValue)])
  if (intValue !== undefined) return Buffer.concat([varint(3 * 8), varint(BigInt.asUintN(64, BigInt(intValue)))])
  if (doubleValue !== undefined) {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(doubleValue)
    return Buffer.concat([varint(4 * 8 + 1), bytes])
  }
  return kvlistValue === undefined ? Buffer.alloc(0) : lengthField(6, keyValues(1, kvlistValue.values))
}

function lengthField(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

function fixedField(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
  return Buffer.concat([varint(field * 8 + 1), bytes])
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
