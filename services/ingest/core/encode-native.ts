// Hot path: indexes typed arrays.
import { cellRequests } from './cell-requests.ts'
import type { EventColumns, RouteDictionary, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'
import { createNativeBuffer } from './native-buffer.ts'
import { rowOrder } from './row-order.ts'

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
  const order = rowOrder(columns)
  const encoded = [...measures(columns, order), ...dictionaries(columns, order), ...ids(columns, order)]
  out.varint(encoded.length)
  out.varint(rows)
  for (const [name, type, write] of encoded) {
    out.text(name)
    out.text(type)
    write()
  }
  return out.take()
}

function measures(columns: EventColumns, order: Uint32Array): NativeColumn[] {
  const { atMs, status, count, durationMs, bytes } = columns
  return [
    ['ts', "DateTime64(3, 'UTC')", () => out.int64s(atMs, order)],
    ['status', 'UInt16', () => out.integers(status, order, 2)],
    ['count', 'UInt32', () => out.integers(count, order, 4)],
    ['cell_requests', 'UInt64', () => out.int64s(cellRequests(columns), order)],
    [
      'duration_ms',
      'Nullable(Float32)',
      () => {
        out.nulls(durationMs, order)
        out.float32s(durationMs, order)
      },
    ],
    [
      'bytes',
      'Nullable(UInt64)',
      () => {
        out.nulls(bytes, order)
        out.int64s(bytes, order)
      },
    ],
  ]
}

function dictionaries(columns: EventColumns, order: Uint32Array): NativeColumn[] {
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
      return [name, LOW_CARDINALITY, () => writeLowCardinality(codes, order, { keyCount: values.length, writeKeys })]
    }),
    ...texts.map(([name, { codes, size, bytes }]): NativeColumn => {
      const writeKeys = () => out.bytes(bytes)
      return [name, LOW_CARDINALITY, () => writeLowCardinality(codes, order, { keyCount: size, writeKeys })]
    }),
  ]
}

function ids({ requestId, traceId }: EventColumns, order: Uint32Array): NativeColumn[] {
  return [
    ['request_id', 'String', () => writeTexts(requestId, order)],
    ['trace_id', 'String', () => writeTexts(traceId, order)],
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
  order: Uint32Array,
  keys: { readonly keyCount: number; readonly writeKeys: () => void },
): void {
  const width = narrowestWidth(keys.keyCount)
  const flags = (width >> 1) | HAS_ADDITIONAL_KEYS | UPDATES_DICTIONARY
  out.int64s([KEYS_VERSION, flags, keys.keyCount], [0, 1, 2])
  keys.writeKeys()
  out.int64s([order.length], [0])
  // With one key all indexes are 0.
  if (keys.keyCount === 1) out.zeros(order.length)
  else out.integers(codes, order, width)
}

/** Of an index in bytes. The format's number for the types UInt8, UInt16 and UInt32 is half of it. */
function narrowestWidth(keyCount: number): 1 | 2 | 4 {
  if (keyCount > 0x10000) return 4
  return keyCount > 0x100 ? 2 : 1
}

/** Each text's length and bytes. */
function writeTexts({ used, bytes, ends }: TextColumn, order: Uint32Array): void {
  // An empty text is a single zero byte.
  if (used) out.texts(bytes, ends, order)
  else out.zeros(order.length)
}
