import type { Change } from './change.ts'
import { type ChangeReport, changeReportSchema } from './change-report.ts'
import { elementLines } from './element-lines.ts'
import { DEFAULT_ENV_ALIASES, type EnvAliases } from './env-aliases.ts'
import { mergeReports } from './merge-changes.ts'

const CHANGES_MAX = 200_000

/** `message` is one line that a person can act on: where it is, which field, what its value begins with, what is allowed. */
export type ParsedChanges =
  | { readonly kind: 'ok'; readonly changes: readonly Change[] }
  | { readonly kind: 'malformed'; readonly line: number; readonly field: string; readonly message: string }

/**
 * Change events from NDJSON (blank lines allowed), one JSON array, or one JSON object over several lines. Reports with the same id become one change; unknown
 * fields are ignored. `source` names the text in messages, e.g. a file name. The first malformed change ends it.
 */
export function parseChanges(text: string, source: string, aliases: EnvAliases = DEFAULT_ENV_ALIASES): ParsedChanges {
  return readItems(isOverLines(text) ? readWhole(text) : readLines(text), source, aliases)
}

/** The same of changes that are parsed already: the first is line 1. */
export function readChanges(events: readonly unknown[], source: string, aliases: EnvAliases): ParsedChanges {
  return readItems(
    events.map((value, index) => ({ kind: 'value', line: index + 1, value })),
    source,
    aliases,
  )
}

function readItems(items: Iterable<Item>, source: string, aliases: EnvAliases): ParsedChanges {
  const malformed = (line: number, field: string, because: string): ParsedChanges => {
    return { kind: 'malformed', line, field, message: `${source} line ${line}: ${field ? `${field}: ` : ''}${because}` }
  }
  const reports: ChangeReport[] = []
  for (const item of items) {
    if (item.kind === 'broken') return malformed(item.line, '', `not JSON: ${item.start}`)
    const report = parseReport(item.value)
    if (report.kind === 'malformed') return malformed(item.line, report.field, report.because)
    if (reports.length === CHANGES_MAX) {
      return malformed(item.line, '', `more than ${CHANGES_MAX} changes; keep those of the time of the logs`)
    }
    reports.push(report.report)
  }
  return { kind: 'ok', changes: mergeReports(reports, aliases) }
}

type Item =
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'broken'; readonly line: number; readonly start: string }

function* readLines(text: string): Generator<Item> {
  let line = 0
  for (const json of text.split('\n')) {
    line += 1
    if (json.trim() === '') continue
    try {
      yield { kind: 'value', line, value: JSON.parse(json) }
    } catch {
      yield { kind: 'broken', line, start: showStart(json.trim()) }
    }
  }
}

/** An array, or an object whose first line is not all of it. */
function isOverLines(text: string): boolean {
  const [first = ''] = text.trimStart().split('\n', 1)
  return first.startsWith('[') || /^\{\s*$|^\{.*,\s*$/.test(first)
}

function* readWhole(text: string): Generator<Item> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.trimEnd().length)
    yield { kind: 'broken', line: text.slice(0, position).split('\n').length, start: showStart(text.slice(position)) }
    return
  }
  if (!Array.isArray(value)) {
    yield { kind: 'value', line: 1, value }
    return
  }
  const lines = elementLines(text)
  for (const [index, element] of value.entries()) {
    yield { kind: 'value', line: lines[index] ?? 1, value: element }
  }
}

type ParsedReport =
  | { readonly kind: 'report'; readonly report: ChangeReport }
  | { readonly kind: 'malformed'; readonly field: string; readonly because: string }

function parseReport(value: unknown): ParsedReport {
  const parsed = changeReportSchema.safeParse(value)
  if (parsed.success) return { kind: 'report', report: parsed.data }
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  const found = valueAt(value, path)
  if (path.length === 0) return { kind: 'malformed', field: '', because: `not a change: ${showValue(found)}` }
  const because = found === undefined ? 'missing' : `${showValue(found)}: ${issue?.message ?? 'wrong'}`
  return { kind: 'malformed', field: path.join('.'), because }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found: unknown = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, key)
  }
  return found
}

/** What is nested too deeply for JSON to be written of it is not shown. */
function showValue(value: unknown): string {
  try {
    return showStart(JSON.stringify(value))
  } catch {
    return '…'
  }
}

/** The value comes from outside: short, on one line, and nothing that a terminal would act on. */
function showStart(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
  return shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
}
