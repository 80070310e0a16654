// The bytes of every event pass here: a hot path. The text around a name is made once for each name, and rows only join texts.
import type { EventColumns, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'
import { skipVarint } from './varint.ts'
import { shortestDuration } from './wire-event.ts'

type RowText = (row: number) => string

/** A row as a line of canonical NDJSON: what `wireEvents` has of it, in the same order, as JSON. */
export function eventLines(columns: EventColumns): RowText {
  const { atMs, status, durationMs, bytes, count } = columns
  const time = timeTexts()
  const before = join([names('service', columns.service, 'always'), names('env', columns.env, 'always')])
  const request = join([names('method', columns.method), texts('path', columns.path), names('route', columns.route)])
  const after = join([
    ...[names('version', columns.version), names('region', columns.region), names('host', columns.host)],
    ...[names('virtual_host', columns.virtualHost), texts('client', columns.client)],
    ...[names('upstream', columns.upstream), names('upstream_status', columns.upstreamStatus)],
    ...[singles('request_id', columns.requestId), singles('trace_id', columns.traceId)],
    texts('user_agent', columns.userAgent),
  ])
  return (row) => {
    const duration = durationMs[row] ?? Number.NaN
    const size = bytes[row] ?? Number.NaN
    return `{"ts":"${time(atMs[row] ?? Number.NaN)}"${before(row)}${request(row)},"status":${status[row]}${
      Number.isNaN(duration) ? '' : `,"duration_ms":${shortestDuration(duration)}`
    }${Number.isNaN(size) ? '' : `,"bytes":${size}`}${after(row)},"count":${count[row]}}\n`
  }
}

/** Only columns that hold anything are asked for each row. */
function join(columns: readonly (RowText | undefined)[]): RowText {
  const used = columns.filter((column) => column !== undefined)
  return (row) => {
    let text = ''
    for (const column of used) text += column(row)
    return text
  }
}

function names(
  name: string,
  { codes, values }: Pick<StringDictionary, 'codes' | 'values'>,
  presence: 'always' | 'if any' = 'if any',
): RowText | undefined {
  if (presence === 'if any' && values.every((value) => value === '')) return undefined
  return madeOnce(codes, values.length, (code) => {
    const value = values[code] ?? ''
    return value === '' && presence === 'if any' ? '' : member(name, value)
  })
}

function texts(name: string, { codes, size, bytes, ends }: TextDictionary): RowText | undefined {
  if (size <= 1) return undefined
  const read = reader(bytes)
  return madeOnce(codes, size, (code) => {
    const value = read(skipVarint(bytes, ends[code - 1] ?? 0), ends[code] ?? 0)
    return value === '' ? '' : member(name, value)
  })
}

function madeOnce(codes: Uint32Array, size: number, make: (code: number) => string): RowText {
  const made = new Array<string | undefined>(size)
  return (row) => {
    const code = codes[row] ?? 0
    const known = made[code]
    if (known !== undefined) return known
    const text = make(code)
    made[code] = text
    return text
  }
}

function singles(name: string, { used, bytes, ends }: TextColumn): RowText | undefined {
  if (!used) return undefined
  const read = reader(bytes)
  return (row) => {
    const value = read(ends[row - 1] ?? 0, ends[row] ?? 0)
    return value === '' ? '' : member(name, value)
  }
}

/** Short texts, many of them: a decoder made for streams takes three times as long. */
function reader({ buffer, byteOffset, byteLength }: Uint8Array): (from: number, to: number) => string {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return (from, to) => bytes.toString('utf8', from, to)
}

function member(name: string, value: string): string {
  return `,"${name}":${JSON.stringify(value)}`
}

/** `Date.toISOString`, once for each second. */
function timeTexts(): (atMs: number) => string {
  let second = Number.NaN
  let text = ''
  return (atMs) => {
    const ms = atMs - Math.floor(atMs / 1000) * 1000
    if (atMs - ms !== second || !Number.isInteger(ms)) {
      second = Number.isInteger(ms) ? atMs - ms : Number.NaN
      const whole = new Date(atMs).toISOString()
      text = whole.slice(0, -4)
      return whole
    }
    return `${text}${`${ms}`.padStart(3, '0')}Z`
  }
}
