import { toByteSource } from '../../../../../services/ingest/core/byte-source.ts'
import { type JsonEntry, type JsonKey, ROOT } from '../../../../../services/ingest/core/formats/json-table.ts'
import { NDJSON_TABLE } from '../../../../../services/ingest/core/formats/ndjson-keys.ts'

/** What a canonical line's scanner knows of the last of keys, each within the object under the one before. */
export function entryOf(path: readonly string[]): JsonEntry | undefined {
  let node: number | undefined = ROOT
  let entry: JsonEntry | undefined
  for (const name of path) {
    const source = toByteSource(Buffer.from(name))
    entry = node === undefined ? undefined : NDJSON_TABLE.find(node, source, 0, source.bytes.length)
    node = entry === undefined || entry.object < 0 ? undefined : entry.object
  }
  return entry
}

/** The same of one key of the line itself. */
export function keyOf(name: string): JsonKey | undefined {
  return entryOf([name])?.key
}
