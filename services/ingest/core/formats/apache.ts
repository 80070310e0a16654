import type { FormatSpec } from '../format-spec.ts'
import { type ApacheTime, bestTime, findTimes } from './apache-time.ts'
import { type ApacheToken, type ApacheTokens, tokenizeLogFormat } from './apache-tokens.ts'
import {
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  HOST,
  type LineFormat,
  METHOD,
  REQUEST_ID,
  START,
  STATUS,
  TARGET,
  TIME,
  TRACE_ID,
  UPSTREAM,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { compilePattern, IGNORED, type PatternStep, REQUEST_LINE } from './pattern.ts'

/** The directives that say something of ours but the time. Of several for one field, the one that stands higher here is read. */
const DIRECTIVES: ReadonlyMap<string, number> = new Map([
  ['s', STATUS],
  ['r', REQUEST_LINE],
  ['m', METHOD],
  ['U', TARGET],
  ['v', VIRTUAL_HOST],
  ['V', VIRTUAL_HOST],
  ['host i', VIRTUAL_HOST],
  ['HOSTNAME e', HOST],
  ['A', HOST],
  ['a', CLIENT],
  ['h', CLIENT],
  ['x-forwarded-for i', CLIENT],
  ['c a', CLIENT],
  ['B', BYTES],
  ['b', BYTES],
  ['O', BYTES],
  ['us T', DURATION],
  ['D', DURATION],
  ['ms T', DURATION],
  ['T', DURATION],
  ['s T', DURATION],
  ['user-agent i', USER_AGENT],
  ['BALANCER_WORKER_NAME e', UPSTREAM],
  ['BALANCER_NAME e', UPSTREAM],
  ['UNIQUE_ID e', REQUEST_ID],
  ['x-request-id i', REQUEST_ID],
  ['x-request-id o', REQUEST_ID],
  ['x-correlation-id i', REQUEST_ID],
  ['traceparent i', TRACE_ID],
  ['x-b3-traceid i', TRACE_ID],
])
const PREFERENCE: readonly string[] = [...DIRECTIVES.keys()]
const DURATION_UNITS_MS: Readonly<Record<string, number>> = { 'us T': 1e-3, D: 1e-3, 'ms T': 1, T: 1000, 's T': 1000 }

/** What Apache's own configuration calls `combined`. */
const APACHE_COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'

/** Lines of any Apache `LogFormat` string. https://httpd.apache.org/docs/current/mod/mod_log_config.html */
export const apache: FormatDefinition = {
  name: 'apache-log-format',
  aliases: [],
  candidates: [],
  isLike: () => true,
  compile: compileApache,
}

/** Why a `LogFormat` string can't be read, as a sentence; undefined when it can. */
export function apacheFormatProblem(logFormat: string): string | undefined {
  const { tokens } = tokenizeLogFormat(logFormat)
  const names = new Set(tokens.map(({ name }) => name))
  if (!names.has('s')) return 'the LogFormat has no %>s'
  const time = bestTime(findTimes(tokens))
  if (time === undefined) return 'the LogFormat has no %t'
  if (time.problem !== undefined) return time.problem
  if (!names.has('r') && !names.has('U')) return 'the LogFormat has no %r or %U'
  const glued = tokens.findIndex((_token, i) => isGlued(tokens, i))
  if (glued === -1) return undefined
  return `nothing separates ${tokens[glued]?.text} from ${tokens[glued + 1]?.text} in the LogFormat`
}

/** A query may follow its path, and a time's parts one another. */
function isGlued(tokens: readonly ApacheToken[], at: number): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]]
  if (token === undefined || next === undefined || token.literal !== '') return false
  const isQuery = token.name === 'U' && next.name === 'q'
  // `%t` brings its brackets.
  const isSeparated = token.name === 't' || next.name === 't'
  return !isQuery && !isSeparated && !findTimes(tokens).some((time) => at >= time.at && at + 1 < time.at + time.count)
}

function compileApache(spec: FormatSpec): LineFormat {
  const found = tokenizeLogFormat(spec.logFormat ?? APACHE_COMBINED)
  const time = bestTime(findTimes(found.tokens))
  const read = chooseDirectives(found.tokens.map(({ name }) => name))
  const unit = Object.keys(DURATION_UNITS_MS).find((name) => read.has(name)) ?? 'T'
  return {
    scan: compilePattern({ prefix: prefixOf(found), steps: toSteps(found.tokens, read) }),
    time: time?.kind ?? 'clf',
    escaping: 'backslash',
    durationUnitMs: DURATION_UNITS_MS[unit] ?? 1000,
  }
}

/** One directive for each field: the preferred one. A request line is better than its parts. */
function chooseDirectives(present: readonly string[]): ReadonlySet<string> {
  const chosen = new Map<number, string>()
  for (const name of PREFERENCE) {
    const field = DIRECTIVES.get(name)
    if (field === undefined || !present.includes(name) || chosen.has(field)) continue
    const isPartOfRequest = (field === METHOD || field === TARGET) && chosen.has(REQUEST_LINE)
    if (!isPartOfRequest) chosen.set(field, name)
  }
  return new Set(chosen.values())
}

function prefixOf({ prefix, tokens }: ApacheTokens): string {
  return tokens[0]?.name === 't' ? `${prefix}[` : prefix
}

function toSteps(tokens: readonly ApacheToken[], read: ReadonlySet<string>): readonly PatternStep[] {
  const times = findTimes(tokens)
  const chosen = bestTime(times)
  const steps: PatternStep[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    const time = times.find((one) => one.at === at)
    if (token === undefined) continue
    const isPathAndQuery = token.name === 'U' && token.literal === '' && tokens[at + 1]?.name === 'q'
    if (time !== undefined) at += time.count - 1
    else if (isPathAndQuery) at += 1
    const until = untilAfter(tokens, at, token.name === 't')
    if (time === undefined) steps.push(...toValueSteps(token, read, until))
    else steps.push({ field: time === chosen ? timeField(time) : IGNORED, until, minBytes: time.minBytes })
  }
  return steps
}

function timeField({ isEnd }: ApacheTime): number {
  return isEnd ? TIME : START
}

/** The text up to the next value: with the brackets that `%t` writes around its own. */
function untilAfter(tokens: readonly ApacheToken[], at: number, isInBrackets: boolean): string {
  const literal = (isInBrackets ? ']' : '') + (tokens[at]?.literal ?? '')
  return tokens[at + 1]?.name === 't' ? `${literal}[` : literal
}

function toValueSteps(token: ApacheToken, read: ReadonlySet<string>, until: string): readonly PatternStep[] {
  const field = read.has(token.name) ? (DIRECTIVES.get(token.name) ?? IGNORED) : IGNORED
  if (token.name === 'x-forwarded-for i') return [{ field, until, isList: true }]
  // Unquoted, the spaces of a request line are its own.
  if (token.name !== 'r' || !until.startsWith(' ')) return [{ field, until }]
  const [method, target] = field === REQUEST_LINE ? [METHOD, TARGET] : [IGNORED, IGNORED]
  return [
    { field: method, until: ' ' },
    { field: target, until: ' ' },
    { field: IGNORED, until },
  ]
}
