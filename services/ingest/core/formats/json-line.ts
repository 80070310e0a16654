// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { createForetoldGaps, LINE_START, NO_GAP } from './foretold-gaps.ts'
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
import { NOT_JSON, OK, type ScanLine, type Slots } from './line-format.ts'
import { findQuote } from './quoted.ts'

/** What a gap may turn out to be instead of one. */
const MALFORMED = -1
const END_OF_LINE = 0
const NONE = -1
/** In no object any more: the gap is that before the line's end. */
const BEYOND = -2

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
 * Makes the scanner of lines that are a JSON object each. What stands between two values is compared with what stood there in
 * lines before, and read only where it differs. The quotes of strings belong to the gaps.
 */
export function createJsonScanner(table: JsonTable): ScanLine {
  const gaps = createForetoldGaps<JsonKey>()
  const read: Gap = { node: NO_NODE, key: undefined, keyStart: 0, keyEnd: 0 }

  return function scanJson(source, start, end, slots, line) {
    const bytes = source.bytes
    let at = start
    let before = LINE_START
    let node = NO_NODE
    // The gap before a value that is to become part of one, and what came before that.
    let steadyAt = NONE
    let steadyBefore = NO_GAP
    gaps.beginLine()
    for (;;) {
      const nodeBefore = node
      // The end is foretold, too.
      let gap = gaps.find(before, source, at, end + 1)
      let valueAt = at
      let key: JsonKey | undefined
      if (gap !== NO_GAP) {
        valueAt += gaps.lengths[gap] as number
        node = gaps.nodes[gap] as number
        key = gaps.keys[gap]
      }
      if (gap === NO_GAP || (node === BEYOND && valueAt !== end)) {
        read.node = nodeBefore
        valueAt = readGap(source, at, end, table, read)
        if (valueAt === MALFORMED) return NOT_JSON
        const isEnd = valueAt === END_OF_LINE
        if (isEnd) valueAt = end
        node = isEnd ? BEYOND : read.node
        key = isEnd ? undefined : read.key
        gap = gaps.learn(before, source, at, valueAt, node, key)
      }
      if (steadyAt !== NONE) gaps.learn(steadyBefore, source, steadyAt, valueAt, node, key)
      if (node === BEYOND) return OK
      steadyAt = NONE
      const isString = bytes[valueAt - 1] === QUOTE
      const after = isString ? findQuote(source, valueAt, end) : skipValue(source, valueAt, end)
      // A quote ends a string, and nothing else.
      if (after < 0 || after >= end || (!isString && bytes[after] === QUOTE)) return NOT_JSON
      if (key !== undefined) {
        const outcome = setValueSlot(source, valueAt, after, key, slots, line)
        if (outcome !== OK) {
          setNameOf(source, valueAt, at, end, nodeBefore, slots, line)
          return outcome
        }
      } else if (gap !== NO_GAP && gaps.isSteady(gap, source, valueAt, after)) {
        steadyAt = at
        steadyBefore = before
      }
      before = gap
      at = after
    }
  }

  /** Reads again from `start` on, in `node`, to the name of the value. */
  function setNameOf(
    source: ByteSource,
    valueAt: number,
    start: number,
    end: number,
    node: number,
    slots: Slots,
    line: number,
  ): void {
    read.node = node
    let at = readGap(source, start, end, table, read)
    while (at > 0 && at < valueAt) {
      const isString = source.bytes[at - 1] === QUOTE
      const after = isString ? findQuote(source, at, end) : skipValue(source, at, end)
      at = readGap(source, after, end, table, read)
    }
    setKeySlot(read.keyStart, read.keyEnd, slots, line)
  }
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
