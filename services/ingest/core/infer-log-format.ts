import { cutAtSeparators, type LineCell } from './cut-at-separators.ts'
import { nginxFormatProblem } from './formats/nginx.ts'
import type { LogSample } from './log-sample.ts'
import { tryFormat } from './try-format.ts'

export interface InferredFormat {
  /** An nginx `log_format` string that reads the sample. */
  readonly logFormat: string
  /** `combined with one more field`. */
  readonly likeness: string
}

/** Longer ones first: ` | ` is no space with something odd around it. */
const SEPARATORS = [' | ', '\t', '|', ';', ',', ' '] as const
const LEAST_CELLS = 4
/** Of the lines that a format is suggested for, so many must be read by it. */
const LEAST_READ = 0.8

/**
 * The `log_format` string that lines of text seem to be written by, told by what their columns hold. It has read most of
 * the sample before it is suggested; undefined when none does.
 */
export function inferLogFormat(lines: readonly string[], sample: LogSample): InferredFormat | undefined {
  for (const separator of SEPARATORS) {
    const rows = commonRows(lines.map((line) => cutAtSeparators(line, separator)))
    if (rows.length < lines.length / 2) continue
    const columns = nameColumns(rows)
    const logFormat = columns.map(({ text }) => text).join(separator)
    if (nginxFormatProblem(logFormat) !== undefined) continue
    const { share } = tryFormat({ name: 'nginx', logFormat }, sample)
    if (share >= LEAST_READ) return { logFormat, likeness: likenessOf(columns.map(({ variable }) => variable)) }
  }
  return undefined
}

/** The rows with as many cells as most have. */
function commonRows(rows: readonly (readonly LineCell[])[]): readonly (readonly LineCell[])[] {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b - a)
  if (commonest === undefined || commonest[0] < LEAST_CELLS) return []
  return rows.filter(({ length }) => length === commonest[0])
}

interface NamedColumn {
  /** As it stands in the format, `"$request"`. */
  readonly text: string
  /** Without the dollar sign; '' for a text that is the same in all lines. */
  readonly variable: string
}

interface ColumnKind {
  readonly variable: string
  isLike(cell: string): boolean
  /** Only in quotes or brackets. */
  readonly wrapped?: boolean
  /** Stands behind this one. */
  readonly after?: string
}

const isAddress = (cell: string) => /^(\d{1,3}\.){3}\d{1,3}$|^(?=.*:.*:)[\da-f:.]+$/i.test(cell)
const isSeconds = (cell: string) => /^\d{1,5}\.\d{3}$/.test(cell)

/** Each is given to the first column that looks like it and has no name yet; the surest come first. */
const KINDS: readonly ColumnKind[] = [
  { variable: 'request', wrapped: true, isLike: (cell) => /^[A-Z][A-Z-]{2,15} \S.* HTTP\/\d/.test(cell) },
  { variable: 'time_local', isLike: (cell) => /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d/.test(cell) },
  { variable: 'time_iso8601', isLike: (cell) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(cell) },
  { variable: 'msec', isLike: (cell) => /^1\d{9}(\.\d{1,6})?$/.test(cell) },
  {
    variable: 'request_method',
    isLike: (cell) => /^(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE)$/.test(cell),
  },
  { variable: 'server_protocol', isLike: (cell) => /^HTTP\/\d/.test(cell) },
  { variable: 'remote_addr', isLike: isAddress },
  { variable: 'upstream_addr', isLike: (cell) => /^(\d{1,3}\.){3}\d{1,3}:\d+/.test(cell) },
  { variable: 'request_uri', isLike: (cell) => /^\//.test(cell) },
  { variable: 'status', after: 'request', isLike: (cell) => /^[1-5]\d\d$/.test(cell) },
  { variable: 'status', isLike: (cell) => /^[1-5]\d\d$/.test(cell) },
  { variable: 'upstream_status', after: 'upstream_addr', isLike: (cell) => /^[1-5]\d\d$/.test(cell) },
  { variable: 'body_bytes_sent', after: 'status', isLike: (cell) => /^\d+$/.test(cell) },
  { variable: 'http_referer', wrapped: true, isLike: (cell) => /^https?:\/\//.test(cell) },
  { variable: 'http_user_agent', wrapped: true, isLike: (cell) => /^[A-Za-z][\w.+-]*\/[\d.]+/.test(cell) },
  { variable: 'request_time', isLike: isSeconds },
  { variable: 'upstream_response_time', isLike: isSeconds },
  { variable: 'request_id', isLike: (cell) => /^[\da-f]{32}$/i.test(cell) },
  { variable: 'host', isLike: (cell) => /^(?=.*[a-z])[a-z\d-]+(\.[a-z\d-]+)+(:\d+)?$/i.test(cell) },
]

/** Of a column's values; the others may be anything. */
const LEAST_ALIKE = 0.8

function nameColumns(rows: readonly (readonly LineCell[])[]): NamedColumn[] {
  const [first = []] = rows
  const columns = first.map((cell, at) => ({ ...cell, values: rows.map((row) => row[at]?.text ?? '') }))
  const places = new Map<string, number>()
  for (const kind of KINDS) {
    const from = kind.after === undefined ? 0 : (places.get(kind.after) ?? columns.length)
    const isFree = (at: number) => at >= from && ![...places.values()].includes(at)
    if (places.has(kind.variable) || (isTime(kind.variable) && [...places.keys()].some(isTime))) continue
    const place = columns.findIndex((column, at) => isFree(at) && isOfKind(column, kind))
    if (place !== -1) places.set(kind.variable, place)
  }
  // `10.1.2.3 - alice`
  const afterAddress = (places.get('remote_addr') ?? columns.length) + 1
  const hasHyphen = columns[afterAddress]?.values.every((value) => value === '-') === true
  if (hasHyphen && ![...places.values()].includes(afterAddress + 1)) places.set('remote_user', afterAddress + 1)
  // `"-" "curl/8.5.0"`
  const beforeAgent = (places.get('http_user_agent') ?? 0) - 1
  const isNothing = columns[beforeAgent]?.values.every((value) => value === '-') === true
  if (isNothing && !places.has('http_referer')) places.set('http_referer', beforeAgent)
  const variables = new Map([...places].map(([variable, place]) => [place, variable]))
  return columns.map(({ open, close }, at) => {
    if (hasHyphen && at === afterAddress) return { text: '-', variable: '' }
    const variable = variables.get(at) ?? `skip${at + 1}`
    return { text: `${open}$${variable}${close}`, variable }
  })
}

function isTime(variable: string): boolean {
  return ['time_local', 'time_iso8601', 'msec'].includes(variable)
}

function isOfKind(column: { open: string; values: readonly string[] }, { wrapped, isLike }: ColumnKind): boolean {
  if (wrapped === true && column.open === '') return false
  const present = column.values.filter((value) => value !== '-' && value !== '')
  return present.length > 0 && present.filter(isLike).length >= LEAST_ALIKE * present.length
}

const COMMON = ['remote_addr', 'time_local', 'request', 'status', 'body_bytes_sent']
const COMBINED = [...COMMON, 'http_referer', 'http_user_agent']

/** In plain words: which usual format it is most of. */
function likenessOf(variables: readonly string[]): string {
  const has = (wanted: readonly string[]) => wanted.every((variable) => variables.includes(variable))
  const usual = has(COMBINED) ? COMBINED : COMMON
  if (!has(usual)) return 'an nginx log_format'
  const name = usual === COMBINED ? 'combined' : 'common'
  const more = variables.filter((variable) => !['', 'remote_user', ...usual].includes(variable)).length
  if (more === 0) return `${name} written another way`
  return `${name} with ${more === 1 ? 'one more field' : `${more} more fields`}`
}
