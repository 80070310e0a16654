import type { ByteSource } from '../byte-source.ts'
import { CLOSE_OBJECT, COLON, COMMA, OPEN_OBJECT, QUOTE, skipContent, skipSpace, skipString } from './json-scan.ts'
import { NOT_JSON, OK, type Slots } from './line-format.ts'
import { isNamespace, NESTED_KEYS, nestedName } from './ndjson-keys.ts'
import { setKeySlot, setValueSlot } from './ndjson-slots.ts'

/** The line that the object is of. */
export interface NestedIn {
  readonly source: ByteSource
  readonly end: number
  readonly slots: Slots
  readonly line: number
}

/** Objects within objects that are looked into; deeper ones are skipped whole. */
const MAX_DEPTH = 8

/**
 * Sets the slots of what an object within a line holds under dotted names: `{"service":{"name":…}}`. `name` is the
 * object's own. Returns where it ends, or the line's outcome negated. Not made for speed: it makes strings.
 */
export function scanNestedObject(within: NestedIn, start: number, name: string, depth: number): number {
  const { source, end } = within
  const bytes = source.bytes
  let at = skipSpace(bytes, start + 1, end)
  if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
  while (at < end) {
    const after = scanMember(within, at, name, depth)
    if (after < 0) return after
    at = skipSpace(bytes, after, end)
    if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
    if (at >= end || bytes[at] !== COMMA) return -NOT_JSON
    at = skipSpace(bytes, at + 1, end)
  }
  return -NOT_JSON
}

function scanMember(within: NestedIn, start: number, parent: string, depth: number): number {
  const { source, end, slots, line } = within
  const bytes = source.bytes
  if (bytes[start] !== QUOTE) return -NOT_JSON
  const keyEnd = skipString(source, start, end)
  if (keyEnd < 0) return -NOT_JSON
  const colonAt = skipSpace(bytes, keyEnd, end)
  if (colonAt >= end || bytes[colonAt] !== COLON) return -NOT_JSON
  const valueAt = skipSpace(bytes, colonAt + 1, end)
  if (valueAt >= end) return -NOT_JSON
  const name = nestedName(parent, bytes.toString('latin1', start + 1, keyEnd - 1))
  if (bytes[valueAt] === OPEN_OBJECT && depth < MAX_DEPTH && isNamespace(name)) {
    return scanNestedObject(within, valueAt, name, depth + 1)
  }
  const from = bytes[valueAt] === QUOTE ? valueAt + 1 : valueAt
  const to = skipContent(source, from, end)
  if (to < 0) return -NOT_JSON
  const key = NESTED_KEYS.get(name)
  const outcome = key === undefined ? OK : setValueSlot(bytes, from, to, key, slots, line)
  if (outcome === OK) return from === valueAt ? to : to + 1
  setKeySlot({ start: start + 1, end: keyEnd - 1 }, slots, line)
  return -outcome
}
