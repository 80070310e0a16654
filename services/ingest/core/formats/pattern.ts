// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { OK, type ScanLine, type Slots, STATUS, TIME, UNMATCHED } from './line-format.ts'
import { splitRequestLine } from './request-line.ts'

/** A value that nobody needs. */
export const IGNORED = -1
/** The request line, which is split into method and target. */
export const REQUEST_LINE = -2

/** One value of a line and the text that follows it. */
export interface PatternStep {
  /** A field, `IGNORED` or `REQUEST_LINE`. */
  readonly field: number
  /** The text after the value; empty: the value goes to the line's end. A quote in it that is escaped in the line does not end the value. */
  readonly until: string
  /** A comma-separated list, as nginx writes for each upstream tried: the last entry counts. */
  readonly isList?: boolean
}

/** A line as literal texts and values in turn. */
export interface Pattern {
  readonly prefix: string
  readonly steps: readonly PatternStep[]
  /** The line may end before this step, or at any later one. Absent: never. */
  readonly optionalFrom?: number
  /** May text follow the last step? */
  readonly hasTail?: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HYPHEN = 0x2d
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20
const NO_TERMINATOR = -1

interface CompiledStep {
  readonly field: number
  readonly until: Buffer
  /** The byte of `until` that is searched for, and its place there: its first that is no space, as values are full of those. */
  readonly searched: number
  readonly searchedAt: number
  readonly isList: boolean
}

/** Makes the scanner of a pattern. Linear in the line's length, whatever the line. */
export function compilePattern(pattern: Pattern): ScanLine {
  const prefix = Buffer.from(pattern.prefix)
  const steps = pattern.steps.map(compileStep)
  const optionalFrom = pattern.optionalFrom ?? steps.length + 1
  const hasTail = pattern.hasTail ?? false

  return function scanPattern(source, start, end, slots) {
    if (!startsWith(source.bytes, start, end, prefix)) return UNMATCHED
    let at = start + prefix.length
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as CompiledStep
      const to = findEnd(source, at, end, step)
      const isCutOff = to === end && step.searched !== NO_TERMINATOR
      if (isCutOff && i + 1 < optionalFrom) return UNMATCHED
      setSlots(source, at, to, step, slots)
      if (isCutOff) {
        for (let rest = i + 1; rest < steps.length; rest++)
          setSlots(source, end, end, steps[rest] as CompiledStep, slots)
        return OK
      }
      at = to + step.until.length
    }
    return at === end || hasTail ? OK : UNMATCHED
  }
}

function compileStep(step: PatternStep): CompiledStep {
  const until = Buffer.from(step.until)
  const searchedAt = Math.max(0, until.findIndex((byte) => byte !== SPACE))
  return { field: step.field, until, searched: until[searchedAt] ?? NO_TERMINATOR, searchedAt, isList: step.isList ?? false }
}

function startsWith(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (start + text.length > end) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

/** Where the step's terminator begins, or the line's end. */
function findEnd(source: ByteSource, start: number, end: number, step: CompiledStep): number {
  const { until, searched, searchedAt } = step
  if (searched === NO_TERMINATOR) return end
  for (let at = start + searchedAt; at < end; at++) {
    at = findByte(source, searched, at, end)
    const to = at - searchedAt
    if (at < end && startsWith(source.bytes, to, end, until) && isOutside(source.bytes, start, to, step)) return to
  }
  return end
}

/** Is the terminator at `at` no part of the value itself? */
function isOutside(bytes: Buffer, start: number, at: number, step: CompiledStep): boolean {
  if (step.searched === QUOTE && bytes[at] === QUOTE) return !isEscapedQuote(bytes, start, at)
  return !(step.isList && isInsideList(bytes, start, at))
}

/** A quote after an odd number of backslashes belongs to the value. */
function isEscapedQuote(bytes: Buffer, start: number, at: number): boolean {
  let before = at - 1
  while (before >= start && bytes[before] === BACKSLASH) before--
  return (at - before) % 2 === 0
}

/** The space in `0.1, 0.2 : 0.3`. */
function isInsideList(bytes: Buffer, start: number, at: number): boolean {
  if (bytes[at] !== SPACE || at === start) return false
  const before = bytes[at - 1]
  return before === COMMA || before === COLON || (bytes[at + 1] === COLON && bytes[at + 2] === SPACE)
}

function setSlots(source: ByteSource, start: number, end: number, step: CompiledStep, slots: Slots): void {
  const field = step.field
  if (field === IGNORED) return
  if (field === REQUEST_LINE) {
    splitRequestLine(source, start, end, slots)
    return
  }
  const from = step.isList ? lastInList(source.bytes, start, end) : start
  const isHyphen = end - from === 1 && source.bytes[from] === HYPHEN
  const isAbsent = from === end || (isHyphen && field !== STATUS && field !== TIME)
  slots[2 * field] = isAbsent ? -1 : from
  slots[2 * field + 1] = end
}

function lastInList(bytes: Buffer, start: number, end: number): number {
  let from = end
  while (from > start && bytes[from - 1] !== SPACE && bytes[from - 1] !== COMMA) from--
  return from
}
