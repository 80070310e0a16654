// Hot path: writes bytes at offsets and indexes typed arrays.
import type { EventColumns, RouteDictionary, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'

/** One column of the block: its name, its ClickHouse type, and its bytes. */
interface EncodedColumn {
  readonly name: string
  readonly type: string
  readonly parts: readonly Uint8Array[]
}

/**
 * The events as one block of ClickHouse's Native format for the table access_events (format documentation: "Native" and the
 * LowCardinality serialization, version 1 with keys of its own). Texts that repeat go as dictionary and codes.
 */
export function encodeNative(columns: EventColumns): Uint8Array<ArrayBuffer> {
  const { rows } = columns
  const encoded: EncodedColumn[] = [
    { name: 'ts', type: "DateTime64(3, 'UTC')", parts: [int64s(columns.atMs, rows)] },
    { name: 'status', type: 'UInt16', parts: [bytesOf(columns.status.subarray(0, rows))] },
    { name: 'count', type: 'UInt32', parts: [bytesOf(columns.count.subarray(0, rows))] },
    nullable(
      'duration_ms',
      'Float32',
      columns.durationMs.subarray(0, rows),
      bytesOf(columns.durationMs.subarray(0, rows)),
    ),
    nullable('bytes', 'UInt64', columns.bytes.subarray(0, rows), int64s(columns.bytes, rows)),
    lowCardinality('service', columns.service, rows),
    lowCardinality('route', columns.route, rows),
    lowCardinality('env', columns.env, rows),
    lowCardinality('method', columns.method, rows),
    lowCardinality('version', columns.version, rows),
    lowCardinality('region', columns.region, rows),
    lowCardinality('host', columns.host, rows),
    lowCardinality('virtual_host', columns.virtualHost, rows),
    lowCardinality('upstream', columns.upstream, rows),
    lowCardinality('upstream_status', columns.upstreamStatus, rows),
    {
      name: 'user_agent',
      type: 'LowCardinality(String)',
      parts: dictionaryParts(columns.userAgent, textKeys(columns.userAgent), rows),
    },
    { name: 'path', type: 'String', parts: [repeatedTexts(columns.path, rows)] },
    { name: 'client', type: 'String', parts: [repeatedTexts(columns.client, rows)] },
    { name: 'request_id', type: 'String', parts: [texts(columns.requestId, rows)] },
    { name: 'trace_id', type: 'String', parts: [texts(columns.traceId, rows)] },
  ]
  const parts = [varint(encoded.length), varint(rows)]
  for (const { name, type, parts: data } of encoded) parts.push(text(name), text(type), ...data)
  return join(parts)
}

function lowCardinality(name: string, column: StringDictionary | RouteDictionary, rows: number): EncodedColumn {
  const keys = join(column.values.map(text))
  return {
    name,
    type: 'LowCardinality(String)',
    parts: dictionaryParts(column, { keys, count: column.values.length }, rows),
  }
}

/** Version of the serialization: shared dictionaries with keys of their own. */
const DICTIONARY_VERSION = 1
/** Flags in the index type: the keys are in this block, and they replace what was known. */
const HAS_ADDITIONAL_KEYS = 0x200
const UPDATES_DICTIONARY = 0x400

function dictionaryParts(
  column: { readonly codes: Uint32Array },
  dictionary: { readonly keys: Uint8Array; readonly count: number },
  rows: number,
): Uint8Array[] {
  if (rows === 0) return [uint64(DICTIONARY_VERSION)]
  const { width, indexes } = narrowest(column.codes.subarray(0, rows), dictionary.count)
  return [
    uint64(DICTIONARY_VERSION),
    uint64(width | HAS_ADDITIONAL_KEYS | UPDATES_DICTIONARY),
    uint64(dictionary.count),
    dictionary.keys,
    uint64(rows),
    bytesOf(indexes),
  ]
}

/** Index types 0, 1 and 2 are UInt8, UInt16 and UInt32. */
function narrowest(
  codes: Uint32Array,
  count: number,
): { width: number; indexes: Uint8Array | Uint16Array | Uint32Array } {
  if (count <= 0x100) return { width: 0, indexes: Uint8Array.from(codes) }
  if (count <= 0x10000) return { width: 1, indexes: Uint16Array.from(codes) }
  return { width: 2, indexes: codes }
}

function textKeys(column: TextDictionary): { keys: Uint8Array; count: number } {
  const keys: Uint8Array[] = []
  for (let code = 0; code < column.size; code++) {
    const value = column.bytes.subarray(code === 0 ? 0 : column.ends[code - 1], column.ends[code])
    keys.push(varint(value.length), value)
  }
  return { keys: join(keys), count: column.size }
}

/** A String column from a dictionary: each row's length and bytes. */
function repeatedTexts(column: TextDictionary, rows: number): Uint8Array {
  const { keys, count } = textKeys(column)
  const starts = new Uint32Array(count + 1)
  for (let code = 0; code < count; code++) {
    const length = (column.ends[code] as number) - (code === 0 ? 0 : (column.ends[code - 1] as number))
    starts[code + 1] = (starts[code] as number) + varintLength(length) + length
  }
  let size = 0
  for (let row = 0; row < rows; row++) {
    const code = column.codes[row] as number
    size += (starts[code + 1] as number) - (starts[code] as number)
  }
  const source = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
  const target = Buffer.allocUnsafe(size)
  let at = 0
  for (let row = 0; row < rows; row++) {
    const code = column.codes[row] as number
    at += source.copy(target, at, starts[code] as number, starts[code + 1] as number)
  }
  return target
}

/** A String column of texts that hardly repeat. */
function texts(column: TextColumn, rows: number): Uint8Array {
  // A row of length 0 is a single zero byte.
  if (!column.used) return new Uint8Array(rows)
  const parts: Uint8Array[] = []
  let start = 0
  for (let row = 0; row < rows; row++) {
    const end = column.ends[row] as number
    parts.push(varint(end - start), column.bytes.subarray(start, end))
    start = end
  }
  return join(parts)
}

/** NaN is NULL: a mask of ones, then the values, of which the masked are of no account. */
function nullable(name: string, type: string, values: Float32Array | Float64Array, data: Uint8Array): EncodedColumn {
  const mask = new Uint8Array(values.length)
  for (let row = 0; row < values.length; row++) mask[row] = Number.isNaN(values[row]) ? 1 : 0
  return { name, type: `Nullable(${type})`, parts: [mask, data] }
}

/** Whole numbers as 64-bit little-endian; NaN as 0. */
function int64s(values: Float64Array, rows: number): Uint8Array {
  const words = new Int32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    const value = Math.trunc(values[row] as number) || 0
    const high = Math.floor(value / 0x1_0000_0000)
    words[row * 2] = value - high * 0x1_0000_0000
    words[row * 2 + 1] = high
  }
  return bytesOf(words)
}

function bytesOf(values: Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(value, 0)
  return bytes
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8')
  return join([varint(bytes.length), bytes])
}

function varintLength(value: number): number {
  let length = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++
  return length
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value))
  let rest = value
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (rest & 0x7f) | (at < bytes.length - 1 ? 0x80 : 0)
    rest >>>= 7
  }
  return bytes
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0)
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
