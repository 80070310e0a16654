// Hot path: indexes bytes, several parameters.
import { type ByteSource, toByteSource } from '../byte-source.ts'
import { scanColumns, toColumnSlots } from './columns.ts'
import { createDayReader, DATE_BYTES, NO_DAY } from './day-reader.ts'
import {
  BATCH_LINES,
  BYTES,
  CLIENT,
  COMMENT,
  DAY,
  DURATION,
  type FormatDefinition,
  HOST,
  type LineFormat,
  METHOD,
  OK,
  REGION,
  REQUEST_ID,
  type Slots,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  UNMATCHED,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { IGNORED } from './pattern.ts'

/**
 * W3C's extended log format as IIS writes it: `#Fields` names the columns of the lines after it, and may come again with
 * others. Times are UTC, when the response was sent; `time-taken` is milliseconds. Without a `date` column `#Date` counts.
 */
export const iis: FormatDefinition = {
  name: 'iis',
  aliases: ['w3c', 'w3c-extended'],
  candidates: [{ name: 'iis' }],
  hasDirectives: true,
  isLike: () => true,
  compile: () => compileW3c(IIS),
}

/** Amazon CloudFront's standard logs, with whichever of its fields were chosen. Times are UTC, when the answer was sent. */
export const cloudfront: FormatDefinition = {
  name: 'cloudfront',
  aliases: ['aws-cloudfront'],
  candidates: [{ name: 'cloudfront' }],
  hasDirectives: true,
  isLike: () => true,
  compile: () => compileW3c(CLOUDFRONT),
}

/** What the programs that write W3C's format do differently. */
interface Dialect {
  readonly separator: number
  readonly fields: ReadonlyMap<string, number>
  /** Of a log whose beginning is missing: what the program writes unless it is told otherwise. */
  readonly defaultFields: string
  readonly durationUnitMs: number
  readonly userAgentEscaping: NonNullable<LineFormat['userAgentEscaping']>
}

/** Of several names for one field, the one that stands higher here is read. */
const COMMON_FIELDS: readonly (readonly [string, number])[] = [
  ['date', DAY],
  ['time', TIME],
  ['c-ip', CLIENT],
  ['cs-method', METHOD],
  ['cs-uri-stem', TARGET],
  ['cs-uri', TARGET],
  ['sc-status', STATUS],
  ['sc-bytes', BYTES],
  ['time-taken', DURATION],
  ['cs(user-agent)', USER_AGENT],
]

const IIS: Dialect = {
  separator: 0x20,
  fields: new Map([
    ...COMMON_FIELDS,
    ['cs-host', VIRTUAL_HOST],
    ['cs(host)', VIRTUAL_HOST],
    ['s-computername', HOST],
    ['s-ip', HOST],
  ]),
  defaultFields:
    'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
  durationUnitMs: 1,
  userAgentEscaping: 'plus',
}

const CLOUDFRONT: Dialect = {
  separator: 0x09,
  fields: new Map([
    ...COMMON_FIELDS,
    ['x-host-header', VIRTUAL_HOST],
    ['cs(host)', VIRTUAL_HOST],
    ['x-edge-location', REGION],
    ['x-edge-request-id', REQUEST_ID],
  ]),
  defaultFields:
    'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end',
  durationUnitMs: 1000,
  userAgentEscaping: 'percent',
}

const HASH = 0x23
const FIELDS = '#Fields:'
const DATE = '#Date:'
/** A directive is short; what is longer is cut. */
const MAX_DIRECTIVE_BYTES = 8_192

const DAY_SLOT = slotOf(DAY)
const TIME_SLOT = slotOf(TIME)

function compileW3c(dialect: Dialect): LineFormat {
  const readDay = createDayReader()
  let columns = toColumns(dialect.defaultFields, dialect)
  let columnCount = countFields(dialect.defaultFields)
  let directiveDay = NO_DAY

  function readDirective(text: string): void {
    if (text.startsWith(FIELDS)) {
      const fields = text.slice(FIELDS.length)
      columns = toColumns(fields, dialect)
      columnCount = countFields(fields)
    } else if (text.startsWith(DATE)) {
      const date = toByteSource(Buffer.from(text.slice(DATE.length).trim()))
      directiveDay = readDay(date, 0, Math.min(date.bytes.length, DATE_BYTES))
    }
  }

  function begin(block: ByteSource, directives: string): ByteSource {
    columns = toColumns(dialect.defaultFields, dialect)
    columnCount = countFields(dialect.defaultFields)
    directiveDay = NO_DAY
    for (const line of directives.split('\n')) readDirective(line)
    return block
  }

  function scan(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
    if (source.bytes[start] === HASH) {
      readDirective(source.bytes.toString('utf8', start, Math.min(end, start + MAX_DIRECTIVE_BYTES)))
      return COMMENT
    }
    const found = scanColumns(columns, dialect.separator, source, start, end, slots, line)
    // Fewer columns are a line that was cut off.
    if (found > columnCount || (found === 1 && columnCount > 1)) return UNMATCHED
    const dayAt = slots[DAY_SLOT + line] as number
    const day = dayAt < 0 ? directiveDay : readDay(source, dayAt, slots[DAY_SLOT + BATCH_LINES + line] as number)
    slots[DAY_SLOT + line] = day
    if (day === NO_DAY) slots[TIME_SLOT + line] = -1
    return OK
  }

  const { durationUnitMs, userAgentEscaping } = dialect
  return { scan, begin, time: 'clock', escaping: 'none', durationUnitMs, userAgentEscaping }
}

/** Names are told apart whatever their case. */
function toColumns(fields: string, { fields: known }: Dialect): Int32Array {
  const names = splitFields(fields)
  const chosen = new Map<number, string>()
  for (const [name, field] of known) if (names.includes(name) && !chosen.has(field)) chosen.set(field, name)
  const fieldsRead = new Map([...chosen].map(([field, name]) => [name, field]))
  return toColumnSlots(
    names.map((name, i) => (names.indexOf(name) === i ? (fieldsRead.get(name) ?? IGNORED) : IGNORED)),
  )
}

function countFields(fields: string): number {
  return splitFields(fields).length
}

function splitFields(fields: string): string[] {
  return fields
    .toLowerCase()
    .split(/\s+/)
    .filter((name) => name !== '')
}
