// Hot path: indexes bytes, several parameters.
import { type ByteSource, equalBytes, toByteSource } from '../byte-source.ts'
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  skipString,
  skipValue,
} from './json-scan.ts'
import { setKeySlot, setValueSlot } from './json-slots.ts'
import { type JsonKey, type JsonTable, NO_NODE, ROOT } from './json-table.ts'
import { NOT_JSON, OK, type ScanLine } from './line-format.ts'
import { findQuote } from './quoted.ts'

/** Members of a line that are foretold; later ones are read. */
const MAX_FORETOLD = 64
const MAX_GAP_BYTES = 64
/** What a gap may turn out to be instead of one. */
const MALFORMED = -1
const END_OF_LINE = 0

/** What stands between two values of a line: keys, and the beginnings and ends of objects. */
interface Gap {
  /** The object or list that the value after it is in. */
  node: number
  /** What is read from the value. */
  key: JsonKey | undefined
  /** Where the value's name is, without its quotes. */
  keyStart: number
  keyEnd: number
}

/**
 * Makes the scanner of lines that are a JSON object each. What stands between two values, `","status":`, is mostly the same as
 * in the line before: so it is compared with that, and read only where it differs. The quotes of strings belong to the gaps.
 */
export function createJsonScanner(table: JsonTable): ScanLine {
  const gaps = toByteSource(new Uint8Array(MAX_FORETOLD * MAX_GAP_BYTES))
  const gapLengths = new Int32Array(MAX_FORETOLD)
  /** The object before and after each gap, and the first byte of the value. */
  const nodesBefore = new Int32Array(MAX_FORETOLD)
  const nodesAfter = new Int32Array(MAX_FORETOLD)
  const firstBytes = new Uint8Array(MAX_FORETOLD)
  const gapKeys: (JsonKey | undefined)[] = new Array(MAX_FORETOLD).fill(undefined)
  const gap: Gap = { node: NO_NODE, key: undefined, keyStart: 0, keyEnd: 0 }

  return function scanJson(source, start, end, slots, line) {
    const bytes = source.bytes
    let at = start
    gap.node = NO_NODE
    for (let member = 0; ; member++) {
      const before = gap.node
      let valueAt = skipForetoldGap(source, at, end, member)
      if (valueAt === MALFORMED) valueAt = skipNewGap(source, at, end, member)
      if (valueAt === END_OF_LINE) return OK
      if (valueAt === MALFORMED) return NOT_JSON
      const isString = bytes[valueAt - 1] === QUOTE
      const after = isString ? findQuote(source, valueAt, end) : skipValue(source, valueAt, end)
      // A quote ends a string, and nothing else.
      if (after < 0 || after >= end || (!isString && bytes[after] === QUOTE)) return NOT_JSON
      const key = gap.key
      if (key !== undefined) {
        const outcome = setValueSlot(source, valueAt, after, key, slots, line)
        if (outcome !== OK) {
          gap.node = before
          readGap(source, at, end, table, gap)
          setKeySlot(gap.keyStart, gap.keyEnd, slots, line)
          return outcome
        }
      }
      at = after
    }
  }

  /** Where the value after the gap at `start` begins, or MALFORMED. */
  function skipForetoldGap(source: ByteSource, start: number, end: number, member: number): number {
    const length = member < MAX_FORETOLD ? (gapLengths[member] as number) : 0
    const valueAt = start + length
    if (length === 0 || valueAt >= end || gap.node !== nodesBefore[member]) return MALFORMED
    if (!equalBytes(gaps, member * MAX_GAP_BYTES, source, start, length)) return MALFORMED
    const first = source.bytes[valueAt] as number
    // Where a number was foretold there may be a string or an object.
    if (source.bytes[valueAt - 1] !== QUOTE && isOpening(first) && first !== firstBytes[member]) return MALFORMED
    gap.node = nodesAfter[member] as number
    gap.key = gapKeys[member]
    return valueAt
  }

  function skipNewGap(source: ByteSource, start: number, end: number, member: number): number {
    const before = gap.node
    const valueAt = readGap(source, start, end, table, gap)
    if (valueAt > 0 && member < MAX_FORETOLD && valueAt - start <= MAX_GAP_BYTES) {
      source.bytes.copy(gaps.bytes, member * MAX_GAP_BYTES, start, valueAt)
      gapLengths[member] = valueAt - start
      nodesBefore[member] = before
      nodesAfter[member] = gap.node
      firstBytes[member] = source.bytes[valueAt] as number
      gapKeys[member] = gap.key
    }
    return valueAt
  }
}

/** Of a string, an object or a list. */
function isOpening(byte: number): boolean {
  return byte === QUOTE || byte === OPEN_OBJECT || byte === OPEN_LIST
}

/**
 * Reads from the end of a value (or the line's start, when `gap.node` is none) to the next, and sets `gap`: where that value
 * begins, END_OF_LINE or MALFORMED.
 */
function readGap(source: ByteSource, start: number, end: number, table: JsonTable, gap: Gap): number {
  const bytes = source.bytes
  let node = gap.node
  let isFirst = node === NO_NODE
  let at = skipSpace(bytes, !isFirst && bytes[start] === QUOTE ? start + 1 : start, end)
  if (isFirst) {
    if (bytes[at] !== OPEN_OBJECT) return MALFORMED
    node = ROOT
    at = skipSpace(bytes, at + 1, end)
  }
  while (at < end) {
    const isList = table.isList(node)
    if (bytes[at] === (isList ? CLOSE_LIST : CLOSE_OBJECT)) {
      at = skipSpace(bytes, at + 1, end)
      if (node === ROOT) return at === end ? END_OF_LINE : MALFORMED
      node = table.parentOf(node)
      isFirst = false
      continue
    }
    if (!isFirst) {
      if (bytes[at] !== COMMA) return MALFORMED
      at = skipSpace(bytes, at + 1, end)
    }
    // Of a list only the first value is read, and that was when the list began.
    if (isList) return valueIn(bytes, node, at, end, gap)
    const keyEnd = at < end && bytes[at] === QUOTE ? skipString(source, at, end) : -1
    if (keyEnd < 0) return MALFORMED
    gap.keyStart = at + 1
    gap.keyEnd = keyEnd - 1
    at = skipSpace(bytes, keyEnd, end)
    if (at >= end || bytes[at] !== COLON) return MALFORMED
    at = skipSpace(bytes, at + 1, end)
    const entry = table.find(node, source, gap.keyStart, gap.keyEnd)
    const inner = entry === undefined ? NO_NODE : innerNode(bytes[at] as number, entry.object, entry.list)
    if (inner === NO_NODE) return valueIn(bytes, node, at, end, gap, entry?.key)
    node = inner
    isFirst = true
    at = skipSpace(bytes, at + 1, end)
    if (table.isList(node) && at < end && bytes[at] !== CLOSE_LIST) {
      return valueIn(bytes, node, at, end, gap, entry?.key)
    }
  }
  return MALFORMED
}

function innerNode(first: number, object: number, list: number): number {
  if (first === OPEN_OBJECT) return object
  return first === OPEN_LIST ? list : NO_NODE
}

function valueIn(bytes: Buffer, node: number, at: number, end: number, gap: Gap, key?: JsonKey): number {
  if (at >= end) return MALFORMED
  gap.node = node
  gap.key = key
  return bytes[at] === QUOTE ? at + 1 : at
}
