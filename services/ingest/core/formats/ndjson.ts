// Hot path: indexes bytes, several parameters.
import { type ByteSource, equalBytes, findQuoteOrBackslash, toByteSource } from '../byte-source.ts'
import {
  BAD_FIELD,
  FAULT_AT,
  FAULT_FIELD,
  FAULT_KEY_END,
  FAULT_KEY_START,
  type FormatDefinition,
  NOT_JSON,
  OK,
  type Slots,
  STATUS,
} from './line-format.ts'
import { isNamespace, JSON_KEYS, type JsonKey, NESTED_KEYS, nestedName } from './ndjson-keys.ts'

/** One JSON object per line with the fields of an access event, or OpenTelemetry's names for them. */
export const ndjson: FormatDefinition = {
  name: 'ndjson',
  aliases: ['json', 'jsonl'],
  candidates: [{ name: 'ndjson' }],
  compile: () => ({ scan: scanNdjson, time: 'rfc3339-or-epoch', escaping: 'json' }),
}

const QUOTE = 0x22
const COMMA = 0x2c
const HYPHEN = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
/** Objects within objects that are looked into; deeper ones are skipped whole. */
const MAX_DEPTH = 8

function scanNdjson(source: ByteSource, start: number, end: number, slots: Slots): number {
  slots.fill(-1)
  const at = skipSpace(source.bytes, start, end)
  if (at >= end || source.bytes[at] !== OPEN_OBJECT) return NOT_JSON
  const after = scanObject(source, at, end, slots, 0, '')
  if (after < 0) return -after
  return skipSpace(source.bytes, after, end) === end ? OK : NOT_JSON
}

/** Scans the object at `at` and returns where it ends, or the reject reason negated. `name` is its dotted name, '' at depth 0. */
function scanObject(source: ByteSource, start: number, end: number, slots: Slots, depth: number, name: string): number {
  const bytes = source.bytes
  let at = skipSpace(bytes, start + 1, end)
  if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
  while (at < end) {
    at = scanMember(source, at, end, slots, depth, name)
    if (at < 0) return at
    at = skipSpace(bytes, at, end)
    if (at >= end) return -NOT_JSON
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return -NOT_JSON
    at = skipSpace(bytes, at + 1, end)
  }
  return -NOT_JSON
}

function scanMember(source: ByteSource, start: number, end: number, slots: Slots, depth: number, name: string): number {
  const bytes = source.bytes
  if (bytes[start] !== QUOTE) return -NOT_JSON
  let keyEnd = start + 1
  let hash = 0
  for (; keyEnd < end; keyEnd++) {
    const byte = bytes[keyEnd] as number
    if (byte === QUOTE) break
    // An escaped key is none of ours; its end must still be found.
    if (byte === BACKSLASH) keyEnd++
    hash = (Math.imul(hash, 31) + byte) | 0
  }
  let at = skipSpace(bytes, keyEnd + 1, end)
  if (at >= end || bytes[at] !== COLON) return -NOT_JSON
  at = skipSpace(bytes, at + 1, end)
  if (at >= end) return -NOT_JSON
  const key = depth === 0 ? findKey(source, start + 1, keyEnd, hash) : findNestedKey(bytes, start + 1, keyEnd, name)
  if (bytes[at] === OPEN_OBJECT && depth < MAX_DEPTH) {
    const under = nestedName(name, bytes.toString('latin1', start + 1, keyEnd))
    if (isNamespace(under)) return scanObject(source, at, end, slots, depth + 1, under)
  }
  const after = skipValue(source, at, end)
  if (key === undefined || after < 0) return after
  return setSlot(bytes, at, after, key, slots) ? after : setFault(slots, key.field, at, start + 1, keyEnd)
}

/** Where the value at `at` ends, or -NOT_JSON. */
function skipValue(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  const first = bytes[start] as number
  if (first === QUOTE) return skipString(source, start, end)
  if (isNumberByte(first)) {
    let at = start + 1
    while (at < end && isNumberByte(bytes[at] as number)) at++
    return at
  }
  if (first === OPEN_OBJECT || first === OPEN_LIST) return skipNested(source, start, end)
  if (first === 0x74) return skipWord(bytes, start, end, TRUE)
  if (first === 0x66) return skipWord(bytes, start, end, FALSE)
  return skipWord(bytes, start, end, NULL)
}

function skipString(source: ByteSource, start: number, end: number): number {
  for (let at = start + 1; at < end; at += 2) {
    at = findQuoteOrBackslash(source, at, end)
    if (source.bytes[at] === QUOTE && at < end) return at + 1
  }
  return -NOT_JSON
}

/** To the bracket that closes the one at `start`. What is inside is not looked at, so it needn't be JSON. */
function skipNested(source: ByteSource, start: number, end: number): number {
  const bytes = source.bytes
  let depth = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      at = skipString(source, at, end) - 1
      if (at < 0) return -NOT_JSON
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return -NOT_JSON
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

function skipWord(bytes: Buffer, start: number, end: number, word: Buffer): number {
  if (start + word.length > end) return -NOT_JSON
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return -NOT_JSON
  return start + word.length
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === HYPHEN || byte === 0x2b || (byte | 0x20) === 0x65
}

function skipSpace(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d)) at++
  return at
}

/** False when the value is of a type that the field can't be. */
function setSlot(bytes: Buffer, start: number, end: number, key: JsonKey, slots: Slots): boolean {
  const first = bytes[start] as number
  if (first === 0x6e) return true
  const isString = first === QUOTE
  if (!(isString ? key.acceptsString : key.acceptsNumber && isNumberByte(first))) return false
  const slot = 2 * key.field
  if (!key.isCanonical && (slots[slot] as number) >= 0) return true
  const from = isString ? start + 1 : start
  const to = isString ? end - 1 : end
  // A lone hyphen is how logs write nothing; as a status it says that there was none.
  const isAbsent = to === from || (to - from === 1 && bytes[from] === HYPHEN && key.field !== STATUS)
  slots[slot] = isAbsent ? -1 : from
  slots[slot + 1] = to
  return true
}

function setFault(slots: Slots, field: number, at: number, keyStart: number, keyEnd: number): number {
  slots[FAULT_FIELD] = field
  slots[FAULT_AT] = at
  slots[FAULT_KEY_START] = keyStart
  slots[FAULT_KEY_END] = keyEnd
  return -BAD_FIELD
}

interface KnownKey {
  readonly start: number
  readonly length: number
  readonly key: JsonKey
}

const KEY_BYTES = toByteSource(Buffer.from([...JSON_KEYS.keys()].join('')))
const KEY_TABLE_SLOTS = 256
const KEY_TABLE = createKeyTable()

/** Open addressing by the rolling hash that `scanMember` makes on its way to the closing quote. */
function createKeyTable(): (KnownKey | undefined)[] {
  const table: (KnownKey | undefined)[] = new Array(KEY_TABLE_SLOTS).fill(undefined)
  let start = 0
  for (const [name, key] of JSON_KEYS) {
    let hash = 0
    for (const byte of Buffer.from(name)) hash = (Math.imul(hash, 31) + byte) | 0
    let slot = hash & (KEY_TABLE_SLOTS - 1)
    while (table[slot] !== undefined) slot = (slot + 1) & (KEY_TABLE_SLOTS - 1)
    table[slot] = { start, length: name.length, key }
    start += name.length
  }
  return table
}

function findKey(source: ByteSource, start: number, end: number, hash: number): JsonKey | undefined {
  let slot = hash & (KEY_TABLE_SLOTS - 1)
  for (;;) {
    const known = KEY_TABLE[slot]
    if (known === undefined) return undefined
    if (known.length === end - start && equalBytes(KEY_BYTES, known.start, source, start, known.length))
      return known.key
    slot = (slot + 1) & (KEY_TABLE_SLOTS - 1)
  }
}

function findNestedKey(bytes: Buffer, start: number, end: number, name: string): JsonKey | undefined {
  return NESTED_KEYS.get(nestedName(name, bytes.toString('latin1', start, end)))
}
