// Hot path: mutates and indexes typed arrays, several parameters.
import { type ByteSource, equalBytes, hashAny, toByteSource } from '../byte-source.ts'
import { isOpening, QUOTE } from './json-scan.ts'

/** Where a line begins; what stands before its first value comes after it. */
export const LINE_START = 0
/** What comes after it is not foretold. */
export const NO_GAP = -1

/** When there are more gaps, or more bytes of them, all are learnt afresh. */
const MAX_GAPS = 512
const MAX_BYTES = 32 * 1024
/** A longer gap is not foretold. */
const MAX_GAP_BYTES = 512
/** Gaps that are foretold after one; further ones take the place of earlier ones. */
const MAX_NEXT = 8
/** So many lines with the same value foretell that value, if it is no longer. */
const STEADY_LINES = 32
const MAX_STEADY_BYTES = 128

/**
 * What stood between two values of earlier lines, `","status":`, and after what. The lines of a log repeat it over and over: so
 * most of it is found by comparing, and need not be read. A value that nobody asks for and that is always the same,
 * `"scheme":"https"`, becomes part of the gap.
 */
export interface ForetoldGaps<Key> {
  /** Gaps are forgotten only between lines: within one, those after the last are told by its number. */
  beginLine(): void
  /** The known gap from `start` to a value before `end` that has come after the gap `before`, or NO_GAP. */
  find(before: number, source: ByteSource, start: number, end: number): number
  /** Keeps that from `start` to the value at `valueAt`, of which `node` and `key` are known, as one after `before`. */
  learn(before: number, source: ByteSource, start: number, valueAt: number, node: number, key?: Key): number
  /** Was the value `[from, to)` behind a gap there in many lines on end? If so it is time to learn it as part of a gap. */
  isSteady(gap: number, source: ByteSource, from: number, to: number): boolean
  readonly lengths: Int32Array
  /** In which object or list each gap's value is. */
  readonly nodes: Int32Array
  /** What is read from the value. */
  readonly keys: readonly (Key | undefined)[]
}

export function createForetoldGaps<Key>(): ForetoldGaps<Key> {
  const lengths = new Int32Array(MAX_GAPS)
  const nodes = new Int32Array(MAX_GAPS)
  const keys: (Key | undefined)[] = new Array(MAX_GAPS).fill(undefined)
  /** Of a value that is an object or a list; 0 for other values. */
  const firstBytes = new Uint8Array(MAX_GAPS)
  /** The bytes of all, and where those of each begin. */
  const kept = toByteSource(new Uint8Array(MAX_BYTES))
  const starts = new Int32Array(MAX_GAPS)
  const next = new Int32Array(MAX_GAPS * MAX_NEXT)
  /** How many ever came after each. */
  const nextCounts = new Int32Array(MAX_GAPS)
  /** The hash of each gap's last value, and in how many lines before it was the same. */
  const marks = new Int32Array(MAX_GAPS)
  const steadyLines = new Uint8Array(MAX_GAPS)
  const byHash = new Map<number, number>()
  let size = LINE_START + 1
  let used = 0

  function isFull(): boolean {
    return size === MAX_GAPS || used + MAX_GAP_BYTES > MAX_BYTES
  }

  function beginLine(): void {
    if (!isFull()) return
    byHash.clear()
    nextCounts[LINE_START] = 0
    size = LINE_START + 1
    used = 0
  }

  function find(before: number, source: ByteSource, start: number, end: number): number {
    if (before === NO_GAP) return NO_GAP
    const first = before * MAX_NEXT
    const last = first + Math.min(nextCounts[before] as number, MAX_NEXT)
    for (let at = first; at < last; at++) {
      const gap = next[at] as number
      if (start + (lengths[gap] as number) < end && isAt(gap, source, start)) return gap
    }
    return NO_GAP
  }

  function isAt(gap: number, source: ByteSource, start: number): boolean {
    const length = lengths[gap] as number
    if (!equalBytes(kept, starts[gap] as number, source, start, length)) return false
    const valueAt = start + length
    if (source.bytes[valueAt - 1] === QUOTE) return true
    // Where a number was there may be an object, whose members are looked into.
    const first = source.bytes[valueAt] as number
    return !isOpening(first) || first === firstBytes[gap]
  }

  function learn(before: number, source: ByteSource, start: number, valueAt: number, node: number, key?: Key): number {
    const length = valueAt - start
    if (isFull() || length > MAX_GAP_BYTES) return NO_GAP
    const hash = hashAny(source, start, valueAt)
    const known = byHash.get(hash) ?? NO_GAP
    const isKnown = known !== NO_GAP && lengths[known] === length && nodes[known] === node && keys[known] === key
    const gap = isKnown && isAt(known, source, start) ? known : add(source, start, valueAt)
    nodes[gap] = node
    keys[gap] = key
    byHash.set(hash, gap)
    if (before !== NO_GAP) foretell(gap, before)
    return gap
  }

  function foretell(gap: number, before: number): void {
    // The last learnt is the first to be tried.
    const first = before * MAX_NEXT
    const count = nextCounts[before] as number
    next[first + (count % MAX_NEXT)] = next[first] as number
    next[first] = gap
    nextCounts[before] = count + 1 < 2 * MAX_NEXT ? count + 1 : MAX_NEXT
  }

  function add(source: ByteSource, start: number, valueAt: number): number {
    const gap = size
    size += 1
    lengths[gap] = valueAt - start
    const first = source.bytes[valueAt] as number
    firstBytes[gap] = isOpening(first) ? first : 0
    starts[gap] = used
    used += source.bytes.copy(kept.bytes, used, start, valueAt)
    nextCounts[gap] = 0
    steadyLines[gap] = 0
    return gap
  }

  function isSteady(gap: number, source: ByteSource, from: number, to: number): boolean {
    if (to - from > MAX_STEADY_BYTES) return false
    const mark = hashAny(source, from, to)
    const lines = marks[gap] === mark ? (steadyLines[gap] as number) + 1 : 0
    marks[gap] = mark
    steadyLines[gap] = lines === STEADY_LINES ? 0 : lines
    return lines === STEADY_LINES
  }

  return { beginLine, find, learn, isSteady, lengths, nodes, keys }
}
