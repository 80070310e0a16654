// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { scanClfLine } from './clf.ts'
import {
  BYTES,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  SERVICE,
  type Slots,
  START,
  TARGET,
  TIME,
  UNMATCHED,
  UPSTREAM,
  USER_AGENT,
} from './line-format.ts'
import { clearRange, cutAt, endOf, moveRange, setRange, startOf } from './slot-range.ts'

/**
 * Traefik's own log format: `combined` and then `12 "router@provider" "http://10.0.0.1:80" 34ms`, with the time when the request
 * began. https://doc.traefik.io/traefik/observability/access-logs
 */
export const traefik: FormatDefinition = {
  name: 'traefik',
  aliases: ['traefik-clf', 'traefik-common'],
  candidates: [{ name: 'traefik' }],
  isLike: () => true,
  compile: () => ({ scan: scanTraefikLine, time: 'clf', escaping: 'none' }),
}

const SPACE = 0x20
const QUOTE = 0x22
const HYPHEN = 0x2d
const AT = 0x40
const LETTER_M = 0x6d
const LETTER_S = 0x73

/** Read from both its ends: what clients send stands in the middle, and its quotes are not escaped. */
function scanTraefikLine(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const bytes = source.bytes
  if (bytes[end - 1] !== LETTER_S || bytes[end - 2] !== LETTER_M) return UNMATCHED
  const durationAt = digitsBefore(bytes, start, end - 2)
  if (durationAt === end - 2) return UNMATCHED
  const urlAt = quotedBefore(bytes, start, durationAt - 1)
  const routerAt = quotedBefore(bytes, start, urlAt - 2)
  if (urlAt < 0 || routerAt < 0) return UNMATCHED
  const countEnd = routerAt - 2
  const countAt = bytes[countEnd - 1] === HYPHEN ? countEnd - 1 : digitsBefore(bytes, start, countEnd)
  if (countAt === countEnd || bytes[countAt - 1] !== SPACE) return UNMATCHED
  const outcome = scanClfLine(source, start, countAt - 1, slots, line)
  if (outcome !== OK) return outcome
  moveRange(slots, TIME, START, line)
  setRange(slots, DURATION, line, durationAt, end)
  setQuoted(bytes, slots, UPSTREAM, line, urlAt, durationAt - 2)
  setQuoted(bytes, slots, SERVICE, line, routerAt, urlAt - 3)
  cutAt(source, AT, slots, SERVICE, line)
  setUserAgent(bytes, slots, line, countAt - 1)
  // What was no request is `"- - -"`.
  if (bytes[startOf(slots, METHOD, line)] === HYPHEN) {
    clearRange(slots, METHOD, line)
    clearRange(slots, TARGET, line)
  }
  return OK
}

/** Where the digits that end at `end` begin. */
function digitsBefore(bytes: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && (bytes[at - 1] as number) >= 0x30 && (bytes[at - 1] as number) <= 0x39) at--
  return at
}

/** Where the text begins whose closing quote is the last byte before `end`, or -1. */
function quotedBefore(bytes: Buffer, start: number, end: number): number {
  if (bytes[end - 1] !== QUOTE) return -1
  let at = end - 2
  while (at > start && bytes[at] !== QUOTE) at--
  return at > start && bytes[at - 1] === SPACE ? at + 1 : -1
}

function setQuoted(bytes: Buffer, slots: Slots, field: number, line: number, start: number, end: number): void {
  const isAbsent = end === start || (end - start === 1 && bytes[start] === HYPHEN)
  if (!isAbsent) setRange(slots, field, line, start, end)
}

/** It ends at `end`, with its own quotes in it; before it stands the referer in quotes, or a bare hyphen. */
function setUserAgent(bytes: Buffer, slots: Slots, line: number, end: number): void {
  const refererAt = endOf(slots, BYTES, line) + 1
  const isBare = bytes[refererAt] === HYPHEN && bytes[refererAt + 2] === QUOTE
  const agentAt = isBare ? refererAt + 3 : startOf(slots, USER_AGENT, line)
  if (bytes[end - 1] === QUOTE && agentAt > refererAt) setQuoted(bytes, slots, USER_AGENT, line, agentAt, end - 1)
}
