import type { ByteSource } from './byte-source.ts'
import { bounded, fractionMs, minuteMs, secondMs, zoneMs } from './calendar.ts'

/** A part of a time: the pattern of its text, the fewest bytes of that, and what it says; nothing if it says nothing new. */
interface Part {
  readonly pattern: string
  readonly bytes: number
  readonly name?: string
}

/** strftime(3)'s directives, and `%3f` and `%6f` for the digits after a second's point. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['Y', { pattern: '\\d{4}', bytes: 4, name: 'year' }],
  ['y', { pattern: '\\d\\d', bytes: 2, name: 'year' }],
  ['m', { pattern: '\\d\\d', bytes: 2, name: 'month' }],
  ['b', { pattern: '[A-Za-z]{3}', bytes: 3, name: 'month' }],
  ['h', { pattern: '[A-Za-z]{3}', bytes: 3, name: 'month' }],
  ['B', { pattern: '[A-Za-z]{3,9}', bytes: 3, name: 'month' }],
  ['d', { pattern: '\\d\\d', bytes: 2, name: 'day' }],
  ['e', { pattern: '[ \\d]\\d', bytes: 2, name: 'day' }],
  ['H', { pattern: '\\d\\d', bytes: 2, name: 'hour' }],
  ['I', { pattern: '\\d\\d', bytes: 2, name: 'hour' }],
  ['p', { pattern: '[AP]M', bytes: 2, name: 'half' }],
  ['M', { pattern: '\\d\\d', bytes: 2, name: 'minute' }],
  ['S', { pattern: '\\d\\d', bytes: 2, name: 'second' }],
  ['3f', { pattern: '\\d{3}', bytes: 3, name: 'fraction' }],
  ['6f', { pattern: '\\d{6}', bytes: 6, name: 'fraction' }],
  ['z', { pattern: '[+-]\\d\\d:?\\d\\d', bytes: 5, name: 'zone' }],
  ['Z', { pattern: 'UTC|GMT|Z', bytes: 1 }],
  ['a', { pattern: '[A-Za-z]{3}', bytes: 3 }],
  ['A', { pattern: '[A-Za-z]{6,9}', bytes: 6 }],
  ['%', { pattern: '%', bytes: 1 }],
])

/** Directives that stand for several. */
const WHOLES: ReadonlyMap<string, string> = new Map([
  ['T', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['F', '%Y-%m-%d'],
  ['D', '%m/%d/%y'],
])
const NEEDED = ['year', 'month', 'day', 'hour', 'minute']

const DIRECTIVE = /%([36]f|.)|([^%]+)/gs

/** Why times in this strftime(3) format can't be read, as the end of a sentence about it; undefined when they can. */
export function strftimeProblem(format: string): string | undefined {
  const parts = [...spellOut(format).matchAll(DIRECTIVE)].flatMap(([, directive]) => directive ?? [])
  const unknown = parts.find((directive) => !PARTS.has(directive))
  if (unknown !== undefined) return `has %${unknown}, which can't be read`
  const names = new Set(parts.map((directive) => PARTS.get(directive)?.name))
  const missing = NEEDED.find((name) => !names.has(name))
  return missing === undefined ? undefined : `has no ${missing}`
}

/** The fewest bytes that a time in this format has. */
export function strftimeBytes(format: string): number {
  return [...spellOut(format).matchAll(DIRECTIVE)].reduce(
    (bytes, [, directive, literal]) => bytes + (literal?.length ?? PARTS.get(directive ?? '')?.bytes ?? 0),
    0,
  )
}

/** A parser of times in a strftime(3) format in English; without `%z` they are UTC. */
export function createStrftimeParser(format: string): (source: ByteSource, start: number, end: number) => number {
  const { pattern, names } = toPattern(format)
  const places = Object.fromEntries(names.map((name, i) => [name, i + 1]))
  let lastText = ''
  let lastMs = Number.NaN

  return function parseStrftime(source, start, end) {
    if (end - start > MAX_TIME_BYTES) return Number.NaN
    const text = source.bytes.toString('latin1', start, end)
    // Neighbouring lines mostly share it.
    if (text === lastText) return lastMs
    lastText = text
    const match = pattern.exec(text)
    lastMs = match === null ? Number.NaN : toMs((name) => match[places[name] ?? match.length])
    return lastMs
  }
}

const MAX_TIME_BYTES = 64

function spellOut(format: string): string {
  return format.replace(/%(.)/gs, (directive, letter: string) => WHOLES.get(letter) ?? directive)
}

/** Captures the parts of these names, in this order: named groups would take three times as long. A part that comes twice is read once. */
function toPattern(format: string): { pattern: RegExp; names: readonly string[] } {
  const names: string[] = []
  const source = spellOut(format).replace(DIRECTIVE, (_match, directive?: string, literal?: string) => {
    if (literal !== undefined) return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const part = PARTS.get(directive ?? '')
    if (part?.name === undefined || names.includes(part.name)) return `(?:${part?.pattern ?? ''})`
    names.push(part.name)
    return `(${part.pattern})`
  })
  return { pattern: new RegExp(`^${source}$`), names }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** POSIX: of two digits, 69 and later are the last century's. */
const FIRST_YEAR_OF_1900S = 69

/** `read` gives the text of a part, undefined when the format has none of that name. */
function toMs(read: (name: string) => string | undefined): number {
  const [year = '', month = '', half] = [read('year'), read('month'), read('half')]
  const shortYear = Number(year) >= FIRST_YEAR_OF_1900S ? 1900 : 2000
  const monthNumber = /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1
  const hour = Number(read('hour'))
  const hours = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0)
  const startOfMinute = minuteMs(
    year.length === 2 ? shortYear + Number(year) : Number(year),
    monthNumber,
    Number(read('day')),
    hours,
    Number(read('minute')),
  )
  const inMinuteMs = secondMs(Number(read('second') ?? '0')) + fractionMs(read('fraction'))
  return bounded(startOfMinute + inMinuteMs - zoneMs(read('zone')))
}
