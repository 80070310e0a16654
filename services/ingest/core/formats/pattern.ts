// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { BATCH_LINES, CLIENT, OK, type ScanLine, type Slots, STATUS, slotOf, TIME, UNMATCHED } from './line-format.ts'
import { isEscaped } from './quoted.ts'
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
  /**
   * A comma-separated list. Of what nginx writes for each upstream tried the last entry counts; of a client's addresses all are
   * kept, and whoever reads the field takes the first.
   */
  readonly isList?: boolean
  /** The text after the value isn't looked for in so many first bytes of it. */
  readonly minBytes?: number
}

/** A line as literal texts and values in turn. */
export interface Pattern {
  readonly prefix: string
  readonly steps: readonly PatternStep[]
  /** Is a quote in a value escaped by a backslash? Default true. */
  readonly hasEscapes?: boolean
}

const QUOTE = 0x22
const HYPHEN = 0x2d
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20

// A compiled step is these numbers in a row, because reading them from objects would cost half of the scan.
/** Of the field; or IGNORED or REQUEST_LINE. */
const SLOT = 0
/** The byte of `until` that is searched for, its first that is no space, as values are full of those; -1: to the line's end. */
const SEARCHED = 1
/** That byte's place in `until`. */
const SEARCHED_AT = 2
const UNTIL_LENGTH = 3
/** The first four bytes of `until`, and which of them there are. */
const WORD = 4
const MASK = 5
const LIST = 6
const MIN_BYTES = 7
const STEP_NUMBERS = 8
/** Kinds of list; 0 is none. */
const [LAST_OF_LIST, WHOLE_LIST] = [1, 2]
/** The time and the status come first; their slots lie before it. */
const AFTER_STATUS = slotOf(Math.max(TIME, STATUS) + 1)

/** Makes the scanner of a pattern. Linear in the line's length, whatever the line. */
export function compilePattern(pattern: Pattern): ScanLine {
  const prefix = Buffer.from(pattern.prefix)
  const untils = pattern.steps.map((step) => Buffer.from(step.until))
  const hasEscapes = pattern.hasEscapes ?? true
  const program = Int32Array.from(pattern.steps.flatMap(compileStep))

  return function scanPattern(source, start, end, slots, line) {
    if (!startsWith(source.bytes, start, end, prefix)) return UNMATCHED
    let at = start + prefix.length
    for (let step = 0; step < program.length; step += STEP_NUMBERS) {
      const to = findEnd(source, at, end, step)
      const slot = program[step + SLOT] as number
      if (slot >= 0) {
        const from = program[step + LIST] === LAST_OF_LIST ? lastInList(source.bytes, at, to) : at
        setSlot(source.bytes, from, to, slots, slot + line)
      } else if (slot === REQUEST_LINE) {
        splitRequestLine(source, at, to, slots, line)
      }
      // Something was to follow.
      if (to === end && program[step + SEARCHED] !== -1) return UNMATCHED
      at = to + (program[step + UNTIL_LENGTH] as number)
    }
    return at === end ? OK : UNMATCHED
  }

  /** Where the step's terminator begins, or the line's end. */
  function findEnd(source: ByteSource, start: number, end: number, step: number): number {
    const searched = program[step + SEARCHED] as number
    if (searched < 0) return end
    const searchedAt = program[step + SEARCHED_AT] as number
    for (let at = start + searchedAt + (program[step + MIN_BYTES] as number); at < end; at++) {
      if (source.bytes[at] !== searched) at = findByte(source, searched, at, end)
      const to = at - searchedAt
      if (at < end && isUntil(source, to, end, step) && isOutside(source.bytes, start, to, step)) return to
    }
    return end
  }

  function isUntil(source: ByteSource, at: number, end: number, step: number): boolean {
    const length = program[step + UNTIL_LENGTH] as number
    if (length === 1) return true
    if (length > 4 || at + 4 > source.bytes.length) {
      return startsWith(source.bytes, at, end, untils[step / STEP_NUMBERS] as Buffer)
    }
    return (
      at + length <= end && (source.view.getInt32(at, true) & (program[step + MASK] as number)) === program[step + WORD]
    )
  }

  /** Is the terminator at `at` no part of the value itself? */
  function isOutside(bytes: Buffer, start: number, at: number, step: number): boolean {
    if (bytes[at] === QUOTE) return !hasEscapes || !isEscaped(bytes, start, at)
    return program[step + LIST] === 0 || !isInsideList(bytes, start, at)
  }
}

function compileStep({ field, until, isList = false, minBytes = 0 }: PatternStep): number[] {
  const bytes = Buffer.from(until)
  const searchedAt = Math.max(
    0,
    bytes.findIndex((byte) => byte !== SPACE),
  )
  const head = Buffer.alloc(4)
  const headLength = bytes.copy(head)
  const mask = headLength === 4 ? -1 : (1 << (8 * headLength)) - 1
  const slot = field < 0 ? field : slotOf(field)
  const listKind = field === CLIENT ? WHOLE_LIST : LAST_OF_LIST
  const searched = bytes[searchedAt] ?? -1
  return [slot, searched, searchedAt, bytes.length, head.readInt32LE(), mask, isList ? listKind : 0, minBytes]
}

function startsWith(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (start + text.length > end) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

/** The space in `0.1, 0.2 : 0.3`. */
function isInsideList(bytes: Buffer, start: number, at: number): boolean {
  if (bytes[at] !== SPACE || at === start) return false
  const before = bytes[at - 1]
  return before === COMMA || before === COLON || (bytes[at + 1] === COLON && bytes[at + 2] === SPACE)
}

/** A lone hyphen is how logs write nothing; as a status it says that there was none. */
function setSlot(bytes: Buffer, start: number, end: number, slots: Slots, slot: number): void {
  const length = end - start
  if (length === 0 || (length === 1 && bytes[start] === HYPHEN && slot >= AFTER_STATUS)) return
  slots[slot] = start
  slots[slot + BATCH_LINES] = end
}

function lastInList(bytes: Buffer, start: number, end: number): number {
  let from = end
  while (from > start && bytes[from - 1] !== SPACE && bytes[from - 1] !== COMMA) from--
  return from
}
