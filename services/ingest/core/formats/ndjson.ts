// Hot path: indexes bytes, several parameters.
import { type ByteSource, equalBytes, toByteSource } from '../byte-source.ts'
import { CLOSE_OBJECT, COLON, COMMA, OPEN_OBJECT, QUOTE, skipSpace, skipString, skipValue } from './json-scan.ts'
import { type FormatDefinition, NOT_JSON, OK, type ScanLine } from './line-format.ts'
import { isNamespace, JSON_KEYS, type JsonKey, nestedName } from './ndjson-keys.ts'
import { type NestedIn, scanNestedObject } from './ndjson-nested.ts'
import { setKeySlot, setValueSlot } from './ndjson-slots.ts'

/** One JSON object per line with the fields of an access event, or OpenTelemetry's names for them. */
export const ndjson: FormatDefinition = {
  name: 'ndjson',
  aliases: ['json', 'jsonl'],
  candidates: [{ name: 'ndjson' }],
  compile: () => ({ scan: createNdjsonScanner(), time: 'rfc3339-or-epoch', escaping: 'json' }),
}

/** Members of a line whose names are foretold; the names of later ones are looked up. */
const MAX_FORETOLD = 32
/** A longer head is looked up. */
const MAX_HEAD_BYTES = 64

/** Foretells that a line's members are named as those of the line before, and looks up only the names that are not. */
function createNdjsonScanner(): ScanLine {
  // A member's head is what comes before its value: `"status":`.
  const heads = toByteSource(new Uint8Array(MAX_FORETOLD * MAX_HEAD_BYTES))
  const headLengths = new Int32Array(MAX_FORETOLD)
  const keys: (JsonKey | undefined)[] = new Array(MAX_FORETOLD).fill(undefined)
  let key: JsonKey | undefined

  return function scanNdjson(source, start, end, slots, line) {
    const bytes = source.bytes
    let at = skipSpace(bytes, start, end)
    if (at >= end || bytes[at] !== OPEN_OBJECT) return NOT_JSON
    at = skipSpace(bytes, at + 1, end)
    if (at < end && bytes[at] === CLOSE_OBJECT) return isLineEnd(bytes, at + 1, end)
    for (let member = 0; at < end; member++) {
      const valueAt = readHead(source, at, end, member)
      if (valueAt < 0) return NOT_JSON
      let after = bytes[valueAt] === OPEN_OBJECT ? scanUnder({ source, end, slots, line }, at, valueAt) : 0
      if (after < 0) return -after
      if (after === 0) {
        after = skipValue(source, valueAt, end)
        if (after < 0) return NOT_JSON
        const outcome = key === undefined ? OK : setValueSlot(bytes, valueAt, after, key, slots, line)
        if (outcome !== OK) {
          setKeySlot(source, at, end, slots, line)
          return outcome
        }
      }
      at = skipSpace(bytes, after, end)
      if (at < end && bytes[at] === CLOSE_OBJECT) return isLineEnd(bytes, at + 1, end)
      if (at >= end || bytes[at] !== COMMA) return NOT_JSON
      at = skipSpace(bytes, at + 1, end)
    }
    return NOT_JSON
  }

  /** Where the value of the member at `start` begins, or -1; its key is in `key`. */
  function readHead(source: ByteSource, start: number, end: number, member: number): number {
    if (member < MAX_FORETOLD) {
      const length = headLengths[member] as number
      if (length > 0 && start + length < end && equalBytes(heads, member * MAX_HEAD_BYTES, source, start, length)) {
        key = keys[member]
        return start + length
      }
    }
    const valueAt = lookUpHead(source, start, end)
    if (valueAt >= 0 && member < MAX_FORETOLD && valueAt - start <= MAX_HEAD_BYTES) {
      source.bytes.copy(heads.bytes, member * MAX_HEAD_BYTES, start, valueAt)
      headLengths[member] = valueAt - start
      keys[member] = key
    }
    return valueAt
  }

  function lookUpHead(source: ByteSource, start: number, end: number): number {
    const bytes = source.bytes
    if (bytes[start] !== QUOTE) return -1
    const keyEnd = skipString(source, start, end)
    if (keyEnd < 0) return -1
    const colonAt = skipSpace(bytes, keyEnd, end)
    if (colonAt >= end || bytes[colonAt] !== COLON) return -1
    const valueAt = skipSpace(bytes, colonAt + 1, end)
    key = findKey(source, start + 1, keyEnd - 1)
    return valueAt < end ? valueAt : -1
  }
}

/** Looks into an object whose names may be of ours: where it ends, 0 when they aren't, or the line's outcome negated. */
function scanUnder(within: NestedIn, headAt: number, objectAt: number): number {
  const { source, end } = within
  const name = nestedName('', source.bytes.toString('latin1', headAt + 1, skipString(source, headAt, end) - 1))
  return isNamespace(name) ? scanNestedObject(within, objectAt, name, 1) : 0
}

function isLineEnd(bytes: Buffer, at: number, end: number): number {
  return skipSpace(bytes, at, end) === end ? OK : NOT_JSON
}

interface KnownKey {
  readonly start: number
  readonly length: number
  readonly key: JsonKey
}

const KEY_BYTES = toByteSource(Buffer.from([...JSON_KEYS.keys()].join('')))
const KEY_TABLE_SLOTS = 256
const KEY_TABLE = createKeyTable()

/** Open addressing by length, first and last byte. */
function createKeyTable(): (KnownKey | undefined)[] {
  const table: (KnownKey | undefined)[] = new Array(KEY_TABLE_SLOTS).fill(undefined)
  let start = 0
  for (const [name, key] of JSON_KEYS) {
    let slot = keySlot(KEY_BYTES.bytes, start, start + name.length)
    while (table[slot] !== undefined) slot = (slot + 1) % KEY_TABLE_SLOTS
    table[slot] = { start, length: name.length, key }
    start += name.length
  }
  return table
}

function findKey(source: ByteSource, start: number, end: number): JsonKey | undefined {
  const length = end - start
  if (length === 0) return undefined
  for (let slot = keySlot(source.bytes, start, end); ; slot = (slot + 1) % KEY_TABLE_SLOTS) {
    const known = KEY_TABLE[slot]
    if (known === undefined) return undefined
    if (known.length === length && equalBytes(KEY_BYTES, known.start, source, start, length)) return known.key
  }
}

function keySlot(bytes: Buffer, start: number, end: number): number {
  return ((end - start) * 29 + (bytes[start] as number) * 5 + (bytes[end - 1] as number) * 11) % KEY_TABLE_SLOTS
}
