import type { EventColumns, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'
import { skipVarint } from './varint.ts'

/** A canonical access event under its public names. What the log did not have is undefined, so that JSON leaves it out. */
export interface WireEvent {
  /** RFC 3339, UTC, milliseconds. */
  readonly ts: string
  readonly service: string
  readonly env: string
  readonly method: string | undefined
  readonly path: string | undefined
  readonly route: string | undefined
  readonly status: number
  readonly duration_ms: number | undefined
  readonly bytes: number | undefined
  readonly version: string | undefined
  readonly region: string | undefined
  readonly host: string | undefined
  readonly virtual_host: string | undefined
  readonly client: string | undefined
  readonly upstream: string | undefined
  readonly upstream_status: string | undefined
  readonly request_id: string | undefined
  readonly trace_id: string | undefined
  readonly user_agent: string | undefined
  readonly count: number
}

/** The events of a block, one at a time and in its order. */
export function* wireEvents(columns: EventColumns): Generator<WireEvent, void> {
  const read = textReaders(columns)
  for (let row = 0; row < columns.rows; row++) {
    yield {
      ts: new Date(numberAt(columns.atMs, row)).toISOString(),
      service: read.service(row),
      env: read.env(row),
      method: present(read.method(row)),
      path: present(read.path(row)),
      route: present(read.route(row)),
      status: numberAt(columns.status, row),
      duration_ms: measured(shortestDuration(numberAt(columns.durationMs, row))),
      bytes: measured(numberAt(columns.bytes, row)),
      version: present(read.version(row)),
      region: present(read.region(row)),
      host: present(read.host(row)),
      virtual_host: present(read.virtualHost(row)),
      client: present(read.client(row)),
      upstream: present(read.upstream(row)),
      upstream_status: present(read.upstreamStatus(row)),
      request_id: present(read.requestId(row)),
      trace_id: present(read.traceId(row)),
      user_agent: present(read.userAgent(row)),
      count: numberAt(columns.count, row),
    }
  }
}

type TextReader = (row: number) => string

function textReaders(columns: EventColumns) {
  return {
    service: strings(columns.service),
    route: strings(columns.route),
    env: strings(columns.env),
    method: strings(columns.method),
    version: strings(columns.version),
    region: strings(columns.region),
    host: strings(columns.host),
    virtualHost: strings(columns.virtualHost),
    upstream: strings(columns.upstream),
    upstreamStatus: strings(columns.upstreamStatus),
    path: texts(columns.path),
    client: texts(columns.client),
    userAgent: texts(columns.userAgent),
    requestId: column(columns.requestId),
    traceId: column(columns.traceId),
  }
}

function strings({ codes, values }: Pick<StringDictionary, 'codes' | 'values'>): TextReader {
  return (row) => values[codes[row] ?? 0] ?? ''
}

function texts({ codes, bytes, ends }: TextDictionary): TextReader {
  const decoded = new Map<number, string>()
  return (row) => {
    const code = codes[row] ?? 0
    const known = decoded.get(code)
    if (known !== undefined) return known
    const text = decoder.decode(bytes.subarray(skipVarint(bytes, ends[code - 1] ?? 0), ends[code]))
    decoded.set(code, text)
    return text
  }
}

function column({ used, bytes, ends }: TextColumn): TextReader {
  return (row) => (used ? slice(bytes, ends, row) : '')
}

const decoder = new TextDecoder()

function slice(bytes: Uint8Array, ends: Uint32Array, index: number): string {
  return decoder.decode(bytes.subarray(ends[index - 1] ?? 0, ends[index]))
}

function numberAt(values: Float64Array | Float32Array | Uint32Array | Uint16Array, row: number): number {
  return values[row] ?? Number.NaN
}

/** A 32-bit float shown with the digits it holds: 0.1, not 0.10000000149011612. */
export function shortestDuration(value: number): number {
  // Most are whole numbers, and those have no more digits than they show.
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value : Number(value.toPrecision(7))
}

function present(text: string): string | undefined {
  return text === '' ? undefined : text
}

function measured(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}
