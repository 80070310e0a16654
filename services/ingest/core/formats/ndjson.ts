// Hot path: indexes bytes, several parameters.
import { type ByteSource, equalBytes, toByteSource } from '../byte-source.ts'
import { CLOSE_OBJECT, COLON, COMMA, OPEN_OBJECT, QUOTE, skipSpace, skipString, skipValue } from './json-scan.ts'
import { type FormatDefinition, NOT_JSON, OK, type ScanLine } from './line-format.ts'
import { isNamespace, JSON_KEYS, type JsonKey, nestedName } from './ndjson-keys.ts'
import { type LinePart, scanNestedObject } from './ndjson-nested.ts'
import { type KeyRange, setKeySlot, setValueSlot } from './ndjson-slots.ts'
import { findQuote } from './quoted.ts'

/** One JSON object per line with the fields of an access event, or OpenTelemetry's names for them. */
export const ndjson: FormatDefinition = {
  name: 'ndjson',
  aliases: ['json', 'jsonl'],
  candidates: [{ name: 'ndjson' }],
  isLike: () => true,
  compile: () => ({ scan: createNdjsonScanner(), time: 'rfc3339-or-epoch', escaping: 'json', durationUnitMs: 1000 }),
}

/** Members of a line that are foretold; later ones are read. */
const MAX_FORETOLD = 32
const MAX_GAP_BYTES = 64
/** What a gap may turn out to be instead of one. */
const MALFORMED = -1
const END_OF_LINE = 0

/**
 * What stands between two values, `","status":`, is mostly the same as in the line before: so it is compared with that, and
 * read only where it differs. The quotes of strings belong to the gaps.
 */
function createNdjsonScanner(): ScanLine {
  const gaps = toByteSource(new Uint8Array(MAX_FORETOLD * MAX_GAP_BYTES))
  const gapLengths = new Int32Array(MAX_FORETOLD)
  const gapKeys: (JsonKey | undefined)[] = new Array(MAX_FORETOLD).fill(undefined)
  const newKey = { start: 0, end: 0 }
  let key: JsonKey | undefined

  return function scanNdjson(source, start, end, slots, line) {
    const bytes = source.bytes
    let at = start
    for (let member = 0; ; member++) {
      let valueAt = skipForetoldGap(source, at, end, member)
      if (valueAt === MALFORMED) valueAt = skipNewGap(source, at, end, member)
      if (valueAt === END_OF_LINE) return OK
      if (valueAt === MALFORMED) return NOT_JSON
      const isString = bytes[valueAt - 1] === QUOTE
      const after = isString ? findQuote(source, valueAt, end) : skipValue(source, valueAt, end)
      // A quote ends a string, and nothing else.
      if (after < 0 || after >= end || (!isString && bytes[after] === QUOTE)) return NOT_JSON
      let outcome = OK
      if (!isString && bytes[valueAt] === OPEN_OBJECT) {
        outcome = scanObject({ source, end: after, slots, line }, at, valueAt, member === 0)
      } else if (key !== undefined) {
        outcome = setValueSlot(bytes, valueAt, after, key, slots, line)
        if (outcome !== OK) setKeySlot(readKey(source, at, end, member === 0), slots, line)
      }
      if (outcome !== OK) return outcome
      at = after
    }
  }

  /** An object may hold fields of ours under dotted names; one that holds none is a value like any other. */
  function scanObject(within: LinePart, gapAt: number, valueAt: number, isFirst: boolean): number {
    const { source, end, slots, line } = within
    const range = readKey(source, gapAt, end, isFirst)
    const name = nestedName('', source.bytes.toString('latin1', range.start, range.end))
    if (isNamespace(name)) return Math.max(OK, -scanNestedObject({ ...within, name, depth: 1 }, valueAt))
    const outcome = key === undefined ? OK : setValueSlot(source.bytes, valueAt, end, key, slots, line)
    if (outcome !== OK) setKeySlot(range, slots, line)
    return outcome
  }

  /** Where the value after the gap at `start` begins, or MALFORMED; its key is in `key`. */
  function skipForetoldGap(source: ByteSource, start: number, end: number, member: number): number {
    const length = member < MAX_FORETOLD ? (gapLengths[member] as number) : 0
    const valueAt = start + length
    if (length === 0 || valueAt >= end) return MALFORMED
    if (!equalBytes(gaps, member * MAX_GAP_BYTES, source, start, length)) return MALFORMED
    key = gapKeys[member]
    // Where a number was foretold there may be a string.
    return source.bytes[valueAt] === QUOTE && source.bytes[valueAt - 1] !== QUOTE ? MALFORMED : valueAt
  }

  function skipNewGap(source: ByteSource, start: number, end: number, member: number): number {
    const valueAt = readGap(source, start, end, member === 0, newKey)
    if (valueAt <= 0) return valueAt
    key = findKey(source, newKey.start, newKey.end)
    if (member < MAX_FORETOLD && valueAt - start <= MAX_GAP_BYTES) {
      source.bytes.copy(gaps.bytes, member * MAX_GAP_BYTES, start, valueAt)
      gapLengths[member] = valueAt - start
      gapKeys[member] = key
    }
    return valueAt
  }
}

/** Where the name in a gap is. */
function readKey(source: ByteSource, start: number, end: number, isFirst: boolean): KeyRange {
  const range = { start: 0, end: 0 }
  readGap(source, start, end, isFirst, range)
  return range
}

/** Reads from the end of a value (or the line's start) to the next: where that begins, END_OF_LINE or MALFORMED. */
function readGap(source: ByteSource, start: number, end: number, isFirst: boolean, key: KeyRange): number {
  const bytes = source.bytes
  let at = skipSpace(bytes, !isFirst && bytes[start] === QUOTE ? start + 1 : start, end)
  if (isFirst && bytes[at] !== OPEN_OBJECT) return MALFORMED
  if (isFirst) at = skipSpace(bytes, at + 1, end)
  if (at < end && bytes[at] === CLOSE_OBJECT) return skipSpace(bytes, at + 1, end) === end ? END_OF_LINE : MALFORMED
  if (!isFirst && bytes[at] !== COMMA) return MALFORMED
  if (!isFirst) at = skipSpace(bytes, at + 1, end)
  const keyEnd = at < end && bytes[at] === QUOTE ? skipString(source, at, end) : -1
  if (keyEnd < 0) return MALFORMED
  key.start = at + 1
  key.end = keyEnd - 1
  at = skipSpace(bytes, keyEnd, end)
  if (at >= end || bytes[at] !== COLON) return MALFORMED
  at = skipSpace(bytes, at + 1, end)
  if (at >= end) return MALFORMED
  return bytes[at] === QUOTE ? at + 1 : at
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
