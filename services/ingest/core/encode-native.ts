// Hot path: indexes typed arrays.
import { cellRequests } from './cell-requests.ts'
import type { EventColumns, RouteDictionary, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'
import { createNativeBuffer } from './native-buffer.ts'

/** A column of the block: its name, its ClickHouse type, and what writes its values. */
type NativeColumn = readonly [name: string, type: string, write: () => void]

// Used again for each block: what is made anew keeps the collector of garbage busy.
const out = createNativeBuffer()

/**
 * The events as one block of ClickHouse's Native format, its columns named as in the table access_events. Texts that repeat
 * go as LowCardinality, which the engine turns into whatever the table has: less to write, to move and to read. No events
 * are no bytes, as the engine takes no block without rows.
 */
export function encodeNative(columns: EventColumns): Uint8Array {
  const { rows } = columns
  if (rows === 0) return new Uint8Array(0)
  const encoded = [...measures(columns), ...dictionaries(columns), ...ids(columns)]
  out.varint(encoded.length)
  out.varint(rows)
  for (const [name, type, write] of encoded) {
    out.text(name)
    out.text(type)
    write()
  }
  return out.take()
}

function measures(columns: EventColumns): NativeColumn[] {
  const { rows, atMs, status, count, durationMs, bytes } = columns
  return [
    ['ts', "DateTime64(3, 'UTC')", () => out.int64s(atMs, rows)],
    ['status', 'UInt16', () => out.numbers(status.subarray(0, rows))],
    ['count', 'UInt32', () => out.numbers(count.subarray(0, rows))],
    ['cell_requests', 'UInt64', () => out.int64s(cellRequests(columns), rows)],
    [
      'duration_ms',
      'Nullable(Float32)',
      () => {
        out.bytes(nulls(durationMs, rows))
        out.numbers(durationMs.subarray(0, rows))
      },
    ],
    [
      'bytes',
      'Nullable(UInt64)',
      () => {
        out.bytes(nulls(bytes, rows))
        out.int64s(bytes, rows)
      },
    ],
  ]
}

function dictionaries(columns: EventColumns): NativeColumn[] {
  const { rows } = columns
  const strings: readonly [string, StringDictionary | RouteDictionary][] = [
    ['service', columns.service],
    ['route', columns.route],
    ['env', columns.env],
    ['method', columns.method],
    ['version', columns.version],
    ['region', columns.region],
    ['host', columns.host],
    ['virtual_host', columns.virtualHost],
    ['upstream', columns.upstream],
    ['upstream_status', columns.upstreamStatus],
  ]
  const texts: readonly [string, TextDictionary][] = [
    ['path', columns.path],
    ['client', columns.client],
    ['user_agent', columns.userAgent],
  ]
  return [
    ...strings.map(([name, { codes, values }]): NativeColumn => {
      const writeKeys = () => values.forEach(out.text)
      return [name, LOW_CARDINALITY, () => writeLowCardinality(codes, rows, { keyCount: values.length, writeKeys })]
    }),
    ...texts.map(([name, { codes, size, bytes }]): NativeColumn => {
      const writeKeys = () => out.bytes(bytes)
      return [name, LOW_CARDINALITY, () => writeLowCardinality(codes, rows, { keyCount: size, writeKeys })]
    }),
  ]
}

function ids({ rows, requestId, traceId }: EventColumns): NativeColumn[] {
  return [
    ['request_id', 'String', () => writeTexts(requestId, rows)],
    ['trace_id', 'String', () => writeTexts(traceId, rows)],
  ]
}

const LOW_CARDINALITY = 'LowCardinality(String)'
/** Version of its serialization: shared dictionaries with keys of their own. */
const KEYS_VERSION = 1
/** Flags beside the type of the indexes: the keys are in this block, and replace those before. */
const HAS_ADDITIONAL_KEYS = 0x200
const UPDATES_DICTIONARY = 0x400

function writeLowCardinality(
  codes: Uint32Array,
  rows: number,
  keys: { readonly keyCount: number; readonly writeKeys: () => void },
): void {
  const width = narrowestWidth(keys.keyCount)
  const flags = (width >> 1) | HAS_ADDITIONAL_KEYS | UPDATES_DICTIONARY
  out.int64s([KEYS_VERSION, flags, keys.keyCount], 3)
  keys.writeKeys()
  out.int64s([rows], 1)
  // With one key all indexes are 0.
  if (keys.keyCount === 1) out.zeros(rows)
  else out.narrow(codes, rows, width)
}

/** Of an index in bytes. The format's number for the types UInt8, UInt16 and UInt32 is half of it. */
function narrowestWidth(keyCount: number): 1 | 2 | 4 {
  if (keyCount > 0x10000) return 4
  return keyCount > 0x100 ? 2 : 1
}

/** Each text's length and bytes. */
function writeTexts({ used, bytes, ends }: TextColumn, rows: number): void {
  // An empty text is a single zero byte.
  if (used) out.texts(bytes, ends, rows)
  else out.zeros(rows)
}

/** The mask of a Nullable: 1 where there is no value. */
function nulls(values: Float32Array | Float64Array, rows: number): Uint8Array {
  const mask = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) if (Number.isNaN(values[row])) mask[row] = 1
  return mask
}
