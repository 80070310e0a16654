import { InputError } from '../../shared/runtime/errors.ts'

/** Before 1973 in seconds no access log was written; from each bound on the next smaller unit is meant. */
const UNITS = [
  { below: 1e11, perMs: 1e-3 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1e3 },
  { below: 1e20, perMs: 1e6 },
] as const

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s?(Z|z|[+-]\d{2}:?\d{2})?$/
const EPOCH = /^\d{1,20}(\.\d+)?$/

/**
 * A time on the command line as epoch milliseconds: RFC 3339, a date (its midnight), or epoch s, ms, us or ns by its size.
 * Without a zone it is UTC.
 * @throws InputError (usage) when it is none of these.
 */
export function parseTimeArgument(option: string, text: string): number {
  const atMs = EPOCH.test(text) ? parseEpoch(Number(text)) : parseCalendar(text)
  if (Number.isFinite(atMs)) return atMs
  throw new InputError(
    `${option} ${text.slice(0, 40)}: not a time: write it like 2026-10-02T14:00:00Z, 2026-10-02 or 1790000000`,
    'usage',
  )
}

function parseEpoch(value: number): number {
  const unit = UNITS.find(({ below }) => value < below)
  return unit === undefined ? Number.NaN : Math.floor(value / unit.perMs)
}

function parseCalendar(text: string): number {
  if (DATE.test(text)) return checked(text, `${text}T00:00:00Z`)
  const match = DATE_TIME.exec(text)
  if (match === null) return Number.NaN
  const [, date = '', time = '', zone = 'Z'] = match
  return checked(date, `${date}T${time.replace(',', '.')}${zone.toUpperCase()}`)
}

/** JavaScript turns 31 February into March; nobody meant that. */
function checked(date: string, time: string): number {
  const midnight = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return Number.NaN
  return Date.parse(time)
}
