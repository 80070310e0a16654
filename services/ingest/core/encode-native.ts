// Hot path: indexes typed arrays.
import { cellRequests } from './cell-requests.ts'
import type { EventColumns, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'
import { MAX_VARINT_BYTES, writeVarint } from './varint.ts'

/** A column of the block: its name, its ClickHouse type, and its bytes in pieces. */
type NativeColumn = readonly [name: string, type: string, data: readonly Uint8Array[]]

/**
 * The events as one block of ClickHouse's Native format, its columns named as in the table access_events. Texts that repeat
 * go as LowCardinality, which the engine turns into whatever the table has: less to write, to move and to read. No events
 * are no bytes, as the engine takes no block without rows.
 */
export function encodeNative(columns: EventColumns): Uint8Array<ArrayBuffer> {
  const { rows } = columns
  if (rows === 0) return new Uint8Array(0)
  const encoded: readonly NativeColumn[] = [
    ['ts', "DateTime64(3, 'UTC')", [int64s(columns.atMs, rows)]],
    ['status', 'UInt16', [bytesOf(columns.status.subarray(0, rows))]],
    ['count', 'UInt32', [bytesOf(columns.count.subarray(0, rows))]],
    ['cell_requests', 'UInt64', [int64s(cellRequests(columns), rows)]],
    [
      'duration_ms',
      'Nullable(Float32)',
      [nulls(columns.durationMs, rows), bytesOf(columns.durationMs.subarray(0, rows))],
    ],
    ['bytes', 'Nullable(UInt64)', [nulls(columns.bytes, rows), int64s(columns.bytes, rows)]],
    ['service', LOW_CARDINALITY, stringDictionary(columns.service, rows)],
    ['route', LOW_CARDINALITY, stringDictionary(columns.route, rows)],
    ['env', LOW_CARDINALITY, stringDictionary(columns.env, rows)],
    ['method', LOW_CARDINALITY, stringDictionary(columns.method, rows)],
    ['version', LOW_CARDINALITY, stringDictionary(columns.version, rows)],
    ['region', LOW_CARDINALITY, stringDictionary(columns.region, rows)],
    ['host', LOW_CARDINALITY, stringDictionary(columns.host, rows)],
    ['virtual_host', LOW_CARDINALITY, stringDictionary(columns.virtualHost, rows)],
    ['upstream', LOW_CARDINALITY, stringDictionary(columns.upstream, rows)],
    ['upstream_status', LOW_CARDINALITY, stringDictionary(columns.upstreamStatus, rows)],
    ['path', LOW_CARDINALITY, textDictionary(columns.path, rows)],
    ['client', LOW_CARDINALITY, textDictionary(columns.client, rows)],
    ['user_agent', LOW_CARDINALITY, textDictionary(columns.userAgent, rows)],
    ['request_id', 'String', [texts(columns.requestId, rows)]],
    ['trace_id', 'String', [texts(columns.traceId, rows)]],
  ]
  const body = encoded.flatMap(([name, type, data]) => [textKeys([name, type]), ...data])
  return join([varint(encoded.length), varint(rows), ...body])
}

const LOW_CARDINALITY = 'LowCardinality(String)'
/** Version of its serialization: shared dictionaries with keys of their own. */
const KEYS_VERSION = 1
/** Flags beside the type of the indexes: the keys are in this block, and replace those before. */
const HAS_ADDITIONAL_KEYS = 0x200
const UPDATES_DICTIONARY = 0x400

function stringDictionary({ codes, values }: Pick<StringDictionary, 'codes' | 'values'>, rows: number): Uint8Array[] {
  return lowCardinality(codes.subarray(0, rows), textKeys(values), values.length)
}

function textDictionary({ codes, size, bytes }: TextDictionary, rows: number): Uint8Array[] {
  return lowCardinality(codes.subarray(0, rows), bytes, size)
}

function lowCardinality(codes: Uint32Array, keys: Uint8Array, keyCount: number): Uint8Array[] {
  const [indexType, indexes] = narrowest(codes, keyCount)
  const types = indexType | HAS_ADDITIONAL_KEYS | UPDATES_DICTIONARY
  return [uint64s([KEYS_VERSION, types, keyCount]), keys, uint64s([codes.length]), bytesOf(indexes)]
}

/** Index types 0, 1 and 2 are UInt8, UInt16 and UInt32. */
function narrowest(codes: Uint32Array, keyCount: number): [number, Uint8Array | Uint16Array | Uint32Array] {
  if (keyCount > 0x10000) return [2, codes]
  const indexes = keyCount > 0x100 ? new Uint16Array(codes.length) : new Uint8Array(codes.length)
  // With one key all indexes are 0.
  if (keyCount > 1) indexes.set(codes)
  return [keyCount > 0x100 ? 1 : 0, indexes]
}

function textKeys(values: readonly string[]): Uint8Array {
  // A UTF-16 unit is at most three bytes of UTF-8.
  const target = Buffer.allocUnsafe(values.reduce((size, value) => size + MAX_VARINT_BYTES + 3 * value.length, 0))
  let at = 0
  for (const value of values) {
    at = writeVarint(target, at, Buffer.byteLength(value, 'utf8'))
    at += target.write(value, at, 'utf8')
  }
  return target.subarray(0, at)
}

/** Each text's length and bytes, as String columns have them. */
function byteKeys(bytes: Uint8Array, ends: Uint32Array, count: number): Uint8Array {
  const target = Buffer.allocUnsafe(MAX_VARINT_BYTES * count + (count === 0 ? 0 : (ends[count - 1] as number)))
  let at = 0
  let start = 0
  for (let i = 0; i < count; i++) {
    const end = ends[i] as number
    at = writeVarint(target, at, end - start)
    for (; start < end; start++) target[at++] = bytes[start] as number
  }
  return target.subarray(0, at)
}

function texts(column: TextColumn, rows: number): Uint8Array {
  // An empty text is a single zero byte.
  return column.used ? byteKeys(column.bytes, column.ends, rows) : new Uint8Array(rows)
}

/** The mask of a Nullable: 1 where there is no value. */
function nulls(values: Float32Array | Float64Array, rows: number): Uint8Array {
  const mask = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) if (Number.isNaN(values[row])) mask[row] = 1
  return mask
}

const TWO_TO_32 = 2 ** 32

/** Non-negative whole numbers as 64 bits, little-endian; NaN as 0. */
function int64s(values: Float64Array, rows: number): Uint8Array {
  const words = new Uint32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    const value = Math.min(values[row] as number, Number.MAX_SAFE_INTEGER)
    const high = (value / TWO_TO_32) >>> 0
    words[row * 2] = value - high * TWO_TO_32
    words[row * 2 + 1] = high
  }
  return bytesOf(words)
}

function uint64s(values: readonly number[]): Uint8Array {
  return int64s(Float64Array.from(values), values.length)
}

function bytesOf(values: Uint8Array | Uint16Array | Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(MAX_VARINT_BYTES)
  return bytes.subarray(0, writeVarint(bytes, 0, value))
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
