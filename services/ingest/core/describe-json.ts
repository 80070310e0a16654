import { jsonMapProblem } from './formats/json-map.ts'
import { STATUS, TIME } from './formats/line-format.ts'
import { JSON_FIELDS } from './formats/ndjson-keys.ts'
import type { LogSample } from './log-sample.ts'
import { tryFormat } from './try-format.ts'

/** Why a log's format is not known. As hostile as the log. */
export interface SampleDescription {
  /** What they look like: the rest of a sentence that begins `its first lines`. */
  readonly hint: string
  /** What to do about it. */
  readonly advice: string
}

const LEAST_SHARE = 0.5
const KEYS_SHOWN = 12
const MAX_KEY_CHARACTERS = 40
const MAX_KEYS = 100
/** `request.uri`: servers nest no deeper what matters. */
const MAX_DEPTH = 2

/** What lines of JSON lack to be events, and which of their keys could be it; undefined when most are no JSON. */
export function describeJson(lines: readonly string[], sample: LogSample): SampleDescription | undefined {
  const objects = lines.map(parseObject).filter((object) => object !== undefined)
  if (objects.length === 0 || objects.length < LEAST_SHARE * lines.length) return undefined
  const members = new Map<string, unknown[]>()
  for (const object of objects) addMembers(members, object, { prefix: '', depth: 1 })
  const names = [...members.keys()]
  const shown = names.slice(0, KEYS_SHOWN).join(', ')
  const more = names.length > KEYS_SHOWN ? ` and ${names.length - KEYS_SHOWN} more` : ''
  return { hint: `are JSON ${lackOf(names)}: their keys are ${shown}${more}`, advice: adviseMap(members, sample) }
}

function lackOf(names: readonly string[]): string {
  const has = (field: number) => names.some((name) => JSON_FIELDS.get(name) === field)
  if (!has(TIME)) return has(STATUS) ? 'without a time (ts)' : 'without a time (ts) and a status'
  return has(STATUS) ? 'with a time, a status or another field that is none' : 'without a status'
}

interface Guess {
  readonly field: string
  /** Of several keys with such values, the one so called is meant. */
  readonly name: RegExp
  isLike(value: Plain): boolean
}

/** An object has whatever `toString` the log gave it, and a list may hold one. */
type Plain = string | number

function isPlain(value: unknown): value is Plain {
  return typeof value === 'string' || typeof value === 'number'
}

const TIME_TEXT = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d)/
/** 2001 in seconds. */
const FIRST_EPOCH_SECOND = 1e9
const GUESSES: readonly Guess[] = [
  {
    field: 'ts',
    name: /time|date|ts$/i,
    isLike: (value) => (typeof value === 'string' ? TIME_TEXT.test(value) : value >= FIRST_EPOCH_SECOND),
  },
  { field: 'status', name: /status|code/i, isLike: (value) => /^[1-5]\d\d$/.test(String(value)) },
  { field: 'method', name: /method|verb/i, isLike: (value) => /^[A-Z]{3,7}$/.test(String(value)) },
  { field: 'path', name: /path|uri|url/i, isLike: (value) => /^(\/|https?:\/\/)/.test(String(value)) },
]

/** A name that can stand in a map, and in quotes on a command line. */
const PLAIN_NAME = /^[\w.@-]+$/
/** Of the lines that a map is suggested for, so many must be read by it. */
const LEAST_READ = 0.8

/** The map that names what the keys seem to be, once it has read the sample. */
function adviseMap(members: ReadonlyMap<string, readonly unknown[]>, sample: LogSample): string {
  const mappings = GUESSES.flatMap(({ field, name, isLike }) => {
    const alike = [...members]
      .filter(([key, values]) => PLAIN_NAME.test(key) && values.every((value) => isPlain(value) && isLike(value)))
      .map(([key]) => key)
    const key = alike.find((candidate) => name.test(candidate)) ?? alike[0]
    return key === undefined ? [] : [`${field}=${key}`]
  })
  const logFormat = mappings.join(',')
  const isRead =
    jsonMapProblem(logFormat) === undefined && tryFormat({ name: 'json-map', logFormat }, sample).share >= LEAST_READ
  if (isRead) return `try --format 'json:${logFormat}'`
  return 'an event needs a time and a status; say which keys they are, as in --format json:ts=time,status=res.code'
}

function addMembers(
  members: Map<string, unknown[]>,
  object: Readonly<Record<string, unknown>>,
  at: { readonly prefix: string; readonly depth: number },
): void {
  for (const [key, value] of Object.entries(object)) {
    const name = `${at.prefix}${key}`.slice(0, MAX_KEY_CHARACTERS)
    if (isRecord(value) && at.depth < MAX_DEPTH) {
      addMembers(members, value, { prefix: `${name}.`, depth: at.depth + 1 })
    } else if (members.has(name) || members.size < MAX_KEYS) {
      members.set(name, [...(members.get(name) ?? []), value])
    }
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
