import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import type { Store } from '../../../shared/store/store.ts'
import { ALL, OF_PART, type Part, partParameters } from './part.ts'

/** A route's name and the number it goes by in `CellPage`. */
const seriesRow = z.object({
  id: z.number(),
  env: z.string(),
  service: z.string(),
  method: z.string(),
  route: z.string(),
})
export type SeriesRow = z.infer<typeof seriesRow>

/** Rows in order of their cell; `cells` are cell numbers (epoch time / 10 s). */
export interface CellPage {
  readonly rows: number
  readonly cells: Uint32Array
  readonly series: Float64Array
  readonly requests: Float64Array
  readonly errors: Float64Array
}

/** The engine hands a result over whole, so cells are read a page of hours at a time. */
const PAGE_ROWS = 250_000

const CELL_SECONDS = CELL_MS / 1000

/** 53 bits of a hash: an exact JavaScript number that is the same for one series in every page. */
const SERIES_ID = 'toFloat64(bitAnd(sipHash64(env, service, method, route), 9007199254740991))'

/** Cell numbers (epoch time / 10 s): from the first to before the second. */
export interface CellRange {
  readonly from: number
  readonly to: number
  /** Counts by the minute, which are kept far longer, each as the first of its six cells. */
  readonly byMinute?: boolean
}

const ALL_CELLS: CellRange = { from: 0, to: 2 ** 32 / 10 - 1 }

function tableOf({ byMinute = false }: CellRange): 'cells_10s' | 'cells_1m' {
  return byMinute ? 'cells_1m' : 'cells_10s'
}

const WITHIN = `cell_start >= toDateTime({from:UInt32}, 'UTC') AND cell_start < toDateTime({to:UInt32}, 'UTC')
       AND ${OF_PART}`

/** Every route of the share that has cells in the range. */
export function readSeries(store: Pick<Store, 'query'>, range = ALL_CELLS, share = ALL): Promise<SeriesRow[]> {
  return store.query(
    seriesRow,
    `SELECT ${SERIES_ID} AS id, env, service, method, route FROM ${tableOf(range)} WHERE ${WITHIN}
     GROUP BY env, service, method, route ORDER BY env, service, method, route`,
    { ...secondsOf(range), ...partParameters(share) },
  )
}

/** The newest cell that holds anything; undefined in an empty store. */
export async function readNewestCell(store: Pick<Store, 'query'>): Promise<number | undefined> {
  const [row] = await store.query(
    z.object({ newest: z.number() }),
    'SELECT toUnixTimestamp(max(cell_start)) AS newest FROM cells_10s',
  )
  return row === undefined || row.newest === 0 ? undefined : row.newest / CELL_SECONDS
}

/** The cells of the range and the share in time order, page by page. */
export async function* readCells(
  store: Pick<Store, 'query' | 'queryBytes'>,
  range = ALL_CELLS,
  share = ALL,
): AsyncGenerator<CellPage> {
  const hours = await readHours(store, range, share)
  const { from: first, to: end } = secondsOf(range)
  let from = hours[0]?.hour
  let rows = 0
  for (const [index, { hour, row_count }] of hours.entries()) {
    rows += row_count
    if (from === undefined || (rows < PAGE_ROWS && index < hours.length - 1)) continue
    const seconds = { from: Math.max(first, from * 3600), to: Math.min(end, (hour + 1) * 3600) }
    yield decodePage(await readPage(store, { ...seconds, table: tableOf(range) }, share))
    from = hours[index + 1]?.hour
    rows = 0
  }
}

/** So many rows are judged again in some tens of seconds: what is normal of a service follows from a few hours of it. */
const HISTORY_ROWS_MAX = 4_000_000

/** The first cell of the range from which on there are few enough rows to be judged again at a start; the newest hour always is. */
export async function readHistoryStart(
  store: Pick<Store, 'query'>,
  range: CellRange,
  { share = ALL, rowsMax = HISTORY_ROWS_MAX }: { readonly share?: Part; readonly rowsMax?: number } = {},
): Promise<number> {
  const newestFirst = (await readHours(store, range, share)).toReversed()
  let rows = 0
  for (const [index, { hour, row_count }] of newestFirst.entries()) {
    rows += row_count
    if (rows > rowsMax && index > 0) return Math.max(range.from, ((hour + 1) * 3600) / CELL_SECONDS)
  }
  return range.from
}

function readHours(store: Pick<Store, 'query'>, range: CellRange, share: Part) {
  return store.query(
    z.object({ hour: z.number(), row_count: z.coerce.number() }),
    `SELECT intDiv(toUnixTimestamp(cell_start), 3600) AS hour, count() AS row_count FROM ${tableOf(range)} WHERE ${WITHIN}
     GROUP BY hour ORDER BY hour`,
    { ...secondsOf(range), ...partParameters(share) },
  )
}

function secondsOf({ from, to }: CellRange): { from: number; to: number } {
  return { from: Math.floor(from) * CELL_SECONDS, to: Math.floor(to) * CELL_SECONDS }
}

function readPage(
  store: Pick<Store, 'queryBytes'>,
  { table, ...seconds }: { readonly from: number; readonly to: number; readonly table: ReturnType<typeof tableOf> },
  share: Part,
): Promise<Uint8Array> {
  return store.queryBytes(
    `SELECT toUInt32(intDiv(toUnixTimestamp(cell_start), 10)) AS cell, ${SERIES_ID} AS series,
       toFloat64(sum(requests)) AS total, toFloat64(sumIf(requests, status BETWEEN 500 AND 599)) AS failed
     FROM ${table}
     WHERE ${WITHIN}
     GROUP BY cell, env, service, method, route
     ORDER BY cell
     FORMAT RowBinary`,
    { ...seconds, ...partParameters(share) },
  )
}

/** Bytes of one row: UInt32 cell, then series, requests and errors as Float64, little-endian. */
const ROW_BYTES = 28

function decodePage(bytes: Uint8Array): CellPage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows = bytes.byteLength / ROW_BYTES
  const page = {
    rows,
    cells: new Uint32Array(rows),
    series: new Float64Array(rows),
    requests: new Float64Array(rows),
    errors: new Float64Array(rows),
  }
  for (let row = 0; row < rows; row++) {
    const offset = row * ROW_BYTES
    page.cells[row] = view.getUint32(offset, true)
    page.series[row] = view.getFloat64(offset + 4, true)
    page.requests[row] = view.getFloat64(offset + 12, true)
    page.errors[row] = view.getFloat64(offset + 20, true)
  }
  return page
}
