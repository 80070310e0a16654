// Hot path: indexes typed arrays, several parameters.
import type { EventColumns, RouteDictionary, StringDictionary, TextColumn, TextDictionary } from './event-columns.ts'

/** The rows of `left`, then those of `right`. Dictionaries follow one another, so that a value may be in one twice. */
export function mergeColumns(left: EventColumns, right: EventColumns): EventColumns {
  if (left.rows === 0) return right
  const rows = [left.rows, right.rows] as const
  const strings = (column: (of: EventColumns) => StringDictionary) => mergeStrings(column(left), column(right), rows)
  const texts = (column: (of: EventColumns) => TextDictionary) => mergeTexts(column(left), column(right), rows)
  const ids = (column: (of: EventColumns) => TextColumn) => mergeIds(column(left), column(right), rows)
  const cut = <Numbers extends { subarray(from: number, to: number): Numbers }>(
    column: (of: EventColumns) => Numbers,
  ) => [column(left).subarray(0, rows[0]), column(right).subarray(0, rows[1])] as const
  return {
    rows: left.rows + right.rows,
    atMs: Float64Array.from(join(cut((of) => of.atMs))),
    status: Uint16Array.from(join(cut((of) => of.status))),
    count: Uint32Array.from(join(cut((of) => of.count))),
    durationMs: Float32Array.from(join(cut((of) => of.durationMs))),
    bytes: Float64Array.from(join(cut((of) => of.bytes))),
    service: strings((of) => of.service),
    route: mergeRoutes(left, right, rows),
    env: strings((of) => of.env),
    method: strings((of) => of.method),
    version: strings((of) => of.version),
    region: strings((of) => of.region),
    host: strings((of) => of.host),
    virtualHost: strings((of) => of.virtualHost),
    upstream: strings((of) => of.upstream),
    upstreamStatus: strings((of) => of.upstreamStatus),
    path: texts((of) => of.path),
    client: texts((of) => of.client),
    userAgent: texts((of) => of.userAgent),
    requestId: ids((of) => of.requestId),
    traceId: ids((of) => of.traceId),
  }
}

type Rows = readonly [left: number, right: number]

function* join(pair: readonly [Iterable<number>, Iterable<number>]): Generator<number, void> {
  yield* pair[0]
  yield* pair[1]
}

function mergeCodes(left: Uint32Array, right: Uint32Array, rows: Rows, offset: number): Uint32Array {
  const codes = new Uint32Array(rows[0] + rows[1])
  codes.set(left.subarray(0, rows[0]))
  for (let row = 0; row < rows[1]; row++) codes[rows[0] + row] = (right[row] as number) + offset
  return codes
}

function mergeStrings(left: StringDictionary, right: StringDictionary, rows: Rows): StringDictionary {
  const codes = mergeCodes(left.codes, right.codes, rows, left.values.length)
  return { codes, values: [...left.values, ...right.values] }
}

function mergeRoutes(left: EventColumns, right: EventColumns, rows: Rows): RouteDictionary {
  const [a, b] = [left.route, right.route]
  const firstService = left.service.values.length
  return {
    codes: mergeCodes(a.codes, b.codes, rows, a.values.length),
    values: [...a.values, ...b.values],
    services: [...a.services, ...b.services.map((service) => service + firstService)],
    requests: [...a.requests, ...b.requests],
  }
}

function mergeTexts(left: TextDictionary, right: TextDictionary, rows: Rows): TextDictionary {
  const codes = mergeCodes(left.codes, right.codes, rows, left.size)
  return { codes, size: left.size + right.size, ...mergeBytes(left, right, [left.size, right.size]) }
}

function mergeIds(left: TextColumn, right: TextColumn, rows: Rows): TextColumn {
  const filled = (column: TextColumn, count: number) =>
    column.used ? column : { ...column, ends: new Uint32Array(count) }
  const used = left.used || right.used
  return { used, ...mergeBytes(filled(left, rows[0]), filled(right, rows[1]), rows) }
}

interface Texts {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

function mergeBytes(left: Texts, right: Texts, sizes: Rows): Texts {
  const used = [left.ends[sizes[0] - 1] ?? 0, right.ends[sizes[1] - 1] ?? 0] as const
  const bytes = new Uint8Array(used[0] + used[1])
  bytes.set(left.bytes.subarray(0, used[0]))
  bytes.set(right.bytes.subarray(0, used[1]), used[0])
  return { bytes, ends: mergeCodes(left.ends, right.ends, sizes, used[0]) }
}
