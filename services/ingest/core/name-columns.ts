// Hot path: several parameters.
import type { ByteSource } from './byte-source.ts'
import type { DecodeValue } from './decode-value.ts'
import type { EventColumns } from './event-columns.ts'
import {
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
import { createStringColumn } from './string-column.ts'
import { createTextDictionaryColumn } from './text-column.ts'
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

/** The columns that are copied from the line one by one. */
export interface NameColumns {
  put(row: number, source: ByteSource, slots: Slots): void
  /** About how many bytes the memory of values takes. */
  weight(): number
  begin(rowsExpected: number): void
  finish(rows: number): NameArrays
}

export function createNameColumns(decode: DecodeValue, defaultEnv: string): NameColumns {
  const env = createStringColumn(MAX_NAME_BYTES, decode)
  const method = createStringColumn(MAX_NAME_BYTES, (bytes, start, end) => normalizeMethod(decode(bytes, start, end)))
  const version = createStringColumn(MAX_NAME_BYTES, decode)
  const region = createStringColumn(MAX_NAME_BYTES, decode)
  const host = createStringColumn(MAX_NAME_BYTES, decode)
  const upstream = createStringColumn(MAX_NAME_BYTES, decode)
  const upstreamStatus = createStringColumn(MAX_NAME_BYTES, decode)
  const userAgent = createTextDictionaryColumn(MAX_USER_AGENT_BYTES, decode)
  const ids = [createIdColumn(decode), createIdColumn(decode)] as const
  const [requestId, traceId] = ids
  const strings = [env, method, version, region, host, upstream, upstreamStatus]
  const stringFields = [ENV, METHOD, VERSION, REGION, HOST, UPSTREAM, UPSTREAM_STATUS]
  const idFields = [REQUEST_ID, TRACE_ID]
  const defaultEnvId = env.idOfText(defaultEnv)

  function put(row: number, source: ByteSource, slots: Slots): void {
    for (let i = 0; i < strings.length; i++) {
      const field = stringFields[i] as number
      const start = slots[2 * field] as number
      const column = strings[i]
      if (start >= 0) column?.put(row, column.idOf(source, start, slots[2 * field + 1] as number))
    }
    if ((slots[2 * ENV] as number) < 0) env.put(row, defaultEnvId)
    const agentAt = slots[2 * USER_AGENT] as number
    if (agentAt >= 0) userAgent.put(row, userAgent.entryOf(source, agentAt, slots[2 * USER_AGENT + 1] as number))
    for (let i = 0; i < ids.length; i++) {
      const field = idFields[i] as number
      const start = slots[2 * field] as number
      if (start >= 0) ids[i]?.put(row, source, start, slots[2 * field + 1] as number)
    }
  }

  return {
    put,
    weight: () => strings.reduce((total, column) => total + column.weight(), userAgent.weight()),
    begin(rowsExpected) {
      for (const column of [...strings, userAgent, ...ids]) column.begin(rowsExpected)
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
