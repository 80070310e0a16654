import type { ByteSource } from '../byte-source.ts'
import { CLOSE_OBJECT, COLON, COMMA, OPEN_OBJECT, QUOTE, skipContent, skipSpace, skipString } from './json-scan.ts'
import { NOT_JSON, OK, type Slots } from './line-format.ts'
import { isNamespace, NESTED_KEYS, nestedName } from './ndjson-keys.ts'
import { setKeySlot, setValueSlot } from './ndjson-slots.ts'

/** The line, or the part of it up to `end`, that is being scanned. */
export interface LinePart {
  readonly source: ByteSource
  readonly end: number
  readonly slots: Slots
  readonly line: number
}

/** An object within a line. */
interface NestedObject extends LinePart {
  /** Its dotted name. */
  readonly name: string
  /** Objects around it. */
  readonly depth: number
}

/** Objects within objects that are looked into; deeper ones are skipped whole. */
const MAX_DEPTH = 8

/**
 * Sets the slots of what the object that begins at `start` holds under dotted names: `{"service":{"name":…}}`. Returns where
 * it ends, or the line's outcome negated. Not made for speed: it makes strings.
 */
export function scanNestedObject(object: NestedObject, start: number): number {
  const { source, end } = object
  const bytes = source.bytes
  let at = skipSpace(bytes, start + 1, end)
  if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
  while (at < end) {
    const after = scanMember(object, at)
    if (after < 0) return after
    at = skipSpace(bytes, after, end)
    if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
    if (at >= end || bytes[at] !== COMMA) return -NOT_JSON
    at = skipSpace(bytes, at + 1, end)
  }
  return -NOT_JSON
}

function scanMember(object: NestedObject, start: number): number {
  const { source, end, slots, line, depth } = object
  const bytes = source.bytes
  const keyEnd = bytes[start] === QUOTE ? skipString(source, start, end) : -1
  if (keyEnd < 0) return -NOT_JSON
  const colonAt = skipSpace(bytes, keyEnd, end)
  if (colonAt >= end || bytes[colonAt] !== COLON) return -NOT_JSON
  const valueAt = skipSpace(bytes, colonAt + 1, end)
  if (valueAt >= end) return -NOT_JSON
  const name = nestedName(object.name, bytes.toString('latin1', start + 1, keyEnd - 1))
  if (bytes[valueAt] === OPEN_OBJECT && depth < MAX_DEPTH && isNamespace(name)) {
    return scanNestedObject({ ...object, name, depth: depth + 1 }, valueAt)
  }
  const isString = bytes[valueAt] === QUOTE
  const from = isString ? valueAt + 1 : valueAt
  const to = skipContent(source, from, end)
  if (to < 0) return -NOT_JSON
  const key = NESTED_KEYS.get(name)
  const outcome = key === undefined ? OK : setValueSlot(bytes, from, to, key, slots, line)
  if (outcome === OK) return isString ? to + 1 : to
  setKeySlot({ start: start + 1, end: keyEnd - 1 }, slots, line)
  return -outcome
}
