// Hot path: several parameters.
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { EventColumns } from './event-columns.ts'
import {
  BATCH_LINES,
  ENV,
  HOST,
  METHOD,
  REGION,
  REQUEST_ID,
  type Slots,
  TRACE_ID,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
  VERSION,
} from './formats/line-format.ts'
import { normalizeMethod } from './http-method.ts'
import { createIdColumn } from './id-column.ts'
import { isPlainText } from './plain-text.ts'
import { withoutSecrets } from './request-target.ts'
import { createStringColumn } from './string-column.ts'
import { createTextDictionaryColumn } from './text-column.ts'
import { shortenTraceIds } from './trace-id.ts'
import { MAX_NAME_BYTES, MAX_USER_AGENT_BYTES } from './value-bounds.ts'

type NameArrays = Pick<
  EventColumns,
  | 'env'
  | 'method'
  | 'version'
  | 'region'
  | 'host'
  | 'upstream'
  | 'upstreamStatus'
  | 'userAgent'
  | 'requestId'
  | 'traceId'
>

/** The columns that are taken from the line one by one. */
export interface NameColumns {
  /** Makes `lines` lines the rows from `firstRow` on. Shortens slots. */
  put(firstRow: number, source: ByteSource, slots: Slots, lines: number): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  finish(rows: number): NameArrays
}

/** Undo the format's escapes. */
export interface NameDecoders {
  readonly decode: DecodeValue
  readonly decodeUserAgent: DecodeValue
}

export function createNameColumns({ decode, decodeUserAgent }: NameDecoders, defaultEnv: string): NameColumns {
  const env = createStringColumn(MAX_NAME_BYTES, decode)
  const method = createStringColumn(MAX_NAME_BYTES, (...value) => normalizeMethod(decode(...value)))
  const version = createStringColumn(MAX_NAME_BYTES, decode)
  const region = createStringColumn(MAX_NAME_BYTES, decode)
  const host = createStringColumn(MAX_NAME_BYTES, decode)
  const upstream = createStringColumn(MAX_NAME_BYTES, (...value) => addressOfUrl(withoutSecrets(decode(...value))))
  const upstreamStatus = createStringColumn(MAX_NAME_BYTES, decode)
  const userAgent = createTextDictionaryColumn(MAX_USER_AGENT_BYTES, decodeUserAgent, isPlainText)
  const requestId = createIdColumn(REQUEST_ID, decode)
  const traceId = createIdColumn(TRACE_ID, decode)
  const strings = [
    { field: ENV, column: env, absentId: env.idOfText(defaultEnv) },
    { field: METHOD, column: method, absentId: 0 },
    { field: VERSION, column: version, absentId: 0 },
    { field: REGION, column: region, absentId: 0 },
    { field: HOST, column: host, absentId: 0 },
    { field: UPSTREAM, column: upstream, absentId: 0 },
    { field: UPSTREAM_STATUS, column: upstreamStatus, absentId: 0 },
  ]
  const numbers = new Int32Array(BATCH_LINES)

  function put(firstRow: number, source: ByteSource, slots: Slots, lines: number): void {
    for (const { field, column, absentId } of strings) {
      const isThere = column.readIds(source, slots, field, lines, numbers, absentId)
      if (isThere || absentId !== 0) column.put(firstRow, numbers, lines)
    }
    userAgent.readEntries(source, slots, USER_AGENT, lines, numbers)
    userAgent.put(firstRow, numbers, lines)
    shortenTraceIds(source.bytes, slots, lines)
    requestId.put(firstRow, source, slots, lines)
    traceId.put(firstRow, source, slots, lines)
  }

  return {
    put,
    weight: () => strings.reduce((total, { column }) => total + column.weight(), userAgent.weight()),
    begin(rowsExpected) {
      for (const { column } of strings) column.begin(rowsExpected)
      for (const column of [userAgent, requestId, traceId]) column.begin(rowsExpected)
    },
    finish: (rows) => ({
      env: env.finish(rows),
      method: method.finish(rows),
      version: version.finish(rows),
      region: region.finish(rows),
      host: host.finish(rows),
      upstream: upstream.finish(rows),
      upstreamStatus: upstreamStatus.finish(rows),
      userAgent: userAgent.finish(rows),
      requestId: requestId.finish(rows),
      traceId: traceId.finish(rows),
    }),
  }
}

/** Some proxies name an upstream by its URL. */
function addressOfUrl(upstream: string): string {
  return upstream.replace(/^[a-z0-9+.-]{1,15}:\/\//i, '').replace(/\/$/, '')
}
