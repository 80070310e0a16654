// Hot path: indexes slots.
import { RE2JS } from 're2js'
import type { FormatSpec } from '../format-spec.ts'
import {
  BATCH_LINES,
  DURATION,
  FIELD_NAMES,
  type FormatDefinition,
  LINE_TOO_LONG,
  type LineFormat,
  OK,
  type Slots,
  STATUS,
  slotOf,
  UNMATCHED,
} from './line-format.ts'
import { REQUEST_LINE } from './pattern.ts'
import { splitRequestLine } from './request-line.ts'

/**
 * Lines that a user's regular expression describes: `(?<client>\S+) \S+ \[(?<ts>[^\]]+)\] "(?<request>[^"]*)" (?<status>\d+)`.
 * RE2's syntax, which no line can make slow; still it is some thirty times slower than a format of its own.
 */
export const userPattern: FormatDefinition = {
  name: 'pattern',
  aliases: [],
  candidates: [],
  isLike: () => true,
  compile: compileUserPattern,
}

/** A longer one is no log format. */
const MAX_PATTERN_CHARACTERS = 1_000
/** Instructions of the compiled pattern, as `(a{1000}){1000}` is short: each may be looked at for each byte of a line. */
const MAX_PATTERN_STEPS = 1_000
/** Linear is not fast: a longer line is rejected. */
const MAX_PATTERN_LINE_BYTES = 8 * 1024
/** Steps times bytes: at the worst 0.2 s, so the more steps a pattern has, the shorter its lines. */
const MAX_LINE_WORK = 1_000_000
const HYPHEN = '-'

/** What groups may be called. */
const GROUPS: ReadonlyMap<string, number> = new Map([
  ...FIELD_NAMES.map((name, field) => [name, field] as const).filter(([, field]) => field !== DURATION),
  ['duration_s', DURATION],
  ['request', REQUEST_LINE],
])

/** Why a pattern can't be used, as a sentence; undefined when it can. */
export function userPatternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return `the pattern is longer than ${MAX_PATTERN_CHARACTERS} characters`
  const compiled = compileOrExplain(pattern)
  if (typeof compiled === 'string') return `the pattern is no regular expression of RE2's: ${compiled}`
  if (compiled.programSize() > MAX_PATTERN_STEPS) return 'the pattern repeats too much: write it with smaller counts'
  const names = Object.keys(compiled.namedGroups())
  const unknown = names.find((name) => !GROUPS.has(name))
  if (unknown !== undefined) return `no field is called ${unknown}: there are ${[...GROUPS.keys()].join(', ')}`
  if (!names.includes('status')) return 'the pattern has no group (?<status>…)'
  if (!names.includes('ts') && !names.includes('start')) return 'the pattern has no group (?<ts>…) or (?<start>…)'
  return undefined
}

function compileOrExplain(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(asBytes(pattern))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Lines are matched byte for byte, so that places in the text are places in the line. */
function asBytes(pattern: string): string {
  return Buffer.from(pattern).toString('latin1')
}

function compileUserPattern(spec: FormatSpec): LineFormat {
  const pattern = RE2JS.compile(asBytes(spec.logFormat ?? ''))
  const groups = Object.entries(pattern.namedGroups()).flatMap(([name, group]) => {
    const field = GROUPS.get(name)
    return field === undefined ? [] : [{ group, field }]
  })
  const maxLineBytes = Math.min(MAX_PATTERN_LINE_BYTES, Math.floor(MAX_LINE_WORK / Math.max(1, pattern.programSize())))
  return {
    time: 'rfc3339-or-epoch',
    escaping: 'backslash',
    durationUnitMs: 1000,
    scan(source, start, end, slots, line) {
      if (end - start > maxLineBytes) return LINE_TOO_LONG
      const text = source.bytes.toString('latin1', start, end)
      const matcher = pattern.matcher(text)
      if (!matcher.find()) return UNMATCHED
      for (const { group, field } of groups) {
        const from = matcher.start(group)
        const to = matcher.end(group)
        if (from < 0 || to === from) continue
        if (field === REQUEST_LINE) splitRequestLine(source, start + from, start + to, slots, line)
        else if (text.slice(from, to) !== HYPHEN || field === STATUS)
          setSlot(slots, slotOf(field) + line, { start: start + from, end: start + to })
      }
      return OK
    },
  }
}

function setSlot(slots: Slots, slot: number, { start, end }: { readonly start: number; readonly end: number }): void {
  slots[slot] = start
  slots[slot + BATCH_LINES] = end
}
