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
/** Members that a line may lack of those foretold, next to one another. */
const MAX_SKIPPED = 3
/** A line with more gaps that were not foretold is the pattern of those after it. */
const MAX_NEW_GAPS = 4
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
 * in a line before: so it is compared with that, and read only where it differs. The quotes of strings belong to the gaps.
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
  let foretold = 0
  // The first line is a pattern.
  let newGaps = Number.POSITIVE_INFINITY

  return function scanJson(source, start, end, slots, line) {
    const bytes = source.bytes
    let at = start
    let next = 0
    gap.node = NO_NODE
    const isPattern = newGaps > MAX_NEW_GAPS
    if (isPattern) foretold = 0
    newGaps = 0
    for (;;) {
      const before = gap.node
      const found = isPattern ? MALFORMED : findForetold(source, at, end, next)
      const valueAt = found === MALFORMED ? skipNewGap(source, at, end, isPattern) : at + (gapLengths[found] as number)
      if (found !== MALFORMED) next = found + 1
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

  /** Which of the foretold gaps from `next` on begins at `start`, or MALFORMED. */
  function findForetold(source: ByteSource, start: number, end: number, next: number): number {
    const last = Math.min(foretold, next + 1 + MAX_SKIPPED)
    for (let member = next; member < last; member++) {
      const valueAt = start + (gapLengths[member] as number)
      if (valueAt >= end || gap.node !== nodesBefore[member]) continue
      if (!equalBytes(gaps, member * MAX_GAP_BYTES, source, start, valueAt - start)) continue
      const first = source.bytes[valueAt] as number
      // Where a number was foretold there may be a string or an object.
      if (source.bytes[valueAt - 1] !== QUOTE && isOpening(first) && first !== firstBytes[member]) return MALFORMED
      gap.node = nodesAfter[member] as number
      gap.key = gapKeys[member]
      return member
    }
    return MALFORMED
  }

  function skipNewGap(source: ByteSource, start: number, end: number, isPattern: boolean): number {
    const before = gap.node
    const valueAt = readGap(source, start, end, table, gap)
    const length = valueAt - start
    if (!isPattern) newGaps += 1
    if (isPattern && valueAt > 0 && foretold < MAX_FORETOLD && length <= MAX_GAP_BYTES) {
      source.bytes.copy(gaps.bytes, foretold * MAX_GAP_BYTES, start, valueAt)
      gapLengths[foretold] = length
      nodesBefore[foretold] = before
      nodesAfter[foretold] = gap.node
      firstBytes[foretold] = source.bytes[valueAt] as number
      gapKeys[foretold] = gap.key
      foretold += 1
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
