// Keeps a world's lines in typed arrays, which it fills in place.
import { z } from 'zod'
import type { CellPage, SeriesRow } from '../../services/detector/io/read-cells.ts'
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { LogRow } from '../unit/services/correlator/drawn-log.ts'
import { drawWorld } from '../worlds/draw-world.ts'
import type { World } from '../worlds/world.ts'

/** All lines of a world in memory, as the detector and the correlator ask for them. */
export interface WorldLog {
  readonly series: readonly SeriesRow[]
  /** By fault index, as drawn. */
  readonly extraErrors: readonly number[]
  readPages(): AsyncGenerator<CellPage>
  /** Rows from a time on and before another; of those services, or of all. */
  rowsWithin(fromMs: number, toMs: number, services?: ReadonlySet<string>): LogRow[]
}

/** What the lines of one kind have in common: all but their time and count. */
type LineKind = Omit<LogRow, 'atMs' | 'count'>

const text = z.string().default('')
const LINE_KIND = z.object({
  ...{ service: z.string(), method: z.string(), route: z.string(), status: z.number() },
  ...{ version: text, region: text, client: text, host: text, upstream: text },
})
/** `{"ts":"2026-03-02T00:00:10Z`: every line begins like this. */
const TIME_FROM = '{"ts":"'.length
const TIME_TO = TIME_FROM + '2026-03-02T00:00:10Z'.length
const PAGE_CELLS = 2_000
const ENV = 'prod'

/** Draws a world and keeps what a store would. */
export function logWorld(world: World): WorldLog {
  const columns = createColumns()
  const kinds: LineKind[] = []
  const kindOf = new Map<string, number>()
  const { extraErrors } = drawWorld(world, (chunk) => {
    for (let from = 0; from < chunk.length; ) {
      const to = chunk.indexOf('\n', from)
      const countFrom = chunk.lastIndexOf(':', to) + 1
      const rest = chunk.slice(from + TIME_TO, countFrom)
      let kind = kindOf.get(rest)
      if (kind === undefined) {
        kind = kinds.length
        kinds.push({ ...LINE_KIND.parse(JSON.parse(`{"ts":"${rest}0}`)), bytes: 0 })
        kindOf.set(rest, kind)
      }
      columns.add(chunk.slice(from + TIME_FROM, from + TIME_TO), kind, Number(chunk.slice(countFrom, to - 1)))
      from = to + 1
    }
  })
  const series = seriesOf(kinds)
  return {
    series,
    extraErrors,
    readPages: () => readPages(columns, kinds, series),
    rowsWithin: (fromMs, toMs, services) => {
      const rows: LogRow[] = []
      for (let row = columns.firstFrom(fromMs); row < columns.length() && columns.atMs(row) < toMs; row++) {
        const kind = kinds[columns.kind(row)]
        if (kind === undefined || services?.has(kind.service) === false) continue
        rows.push({ atMs: columns.atMs(row), count: columns.count(row), ...kind })
      }
      return rows
    },
  }
}

function seriesOf(kinds: readonly LineKind[]): SeriesRow[] {
  const names = new Map(
    kinds.map(({ service, method, route }) => [`${service} ${method} ${route}`, { service, method, route }]),
  )
  return [...names.values()].map((name, id) => ({ id, env: ENV, ...name }))
}

function createColumns() {
  let size = 0
  let cells = new Uint32Array(1 << 16)
  let kinds = new Uint32Array(1 << 16)
  let counts = new Uint32Array(1 << 16)
  let lastText = ''
  let lastCell = 0
  const grow = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
    const larger = new Uint32Array(column.length * 2)
    larger.set(column)
    return larger
  }
  return {
    add(time: string, kind: number, count: number): void {
      if (size === cells.length) [cells, kinds, counts] = [grow(cells), grow(kinds), grow(counts)]
      if (time !== lastText) [lastText, lastCell] = [time, Date.parse(time) / CELL_MS]
      cells[size] = lastCell
      kinds[size] = kind
      counts[size] = count
      size++
    },
    length: () => size,
    atMs: (row: number) => (cells[row] ?? 0) * CELL_MS,
    kind: (row: number) => kinds[row] ?? 0,
    count: (row: number) => counts[row] ?? 0,
    /** The first row at or after a time. */
    firstFrom(atMs: number): number {
      let [low, high] = [0, size]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((cells[middle] ?? 0) * CELL_MS < atMs) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}

async function* readPages(
  columns: ReturnType<typeof createColumns>,
  kinds: readonly LineKind[],
  series: readonly SeriesRow[],
): AsyncGenerator<CellPage> {
  const idOf = new Map(series.map(({ id, service, method, route }) => [`${service} ${method} ${route}`, id]))
  const places = kinds.map(({ service, method, route, status }) => ({
    id: idOf.get(`${service} ${method} ${route}`) ?? 0,
    fails: status >= 500 ? 1 : 0,
  }))
  let row = 0
  while (row < columns.length()) {
    const page = createPage(PAGE_CELLS * series.length)
    for (let cell = 0; cell < PAGE_CELLS && row < columns.length(); cell++) {
      const atMs = columns.atMs(row)
      const requests = new Float64Array(series.length)
      const errors = new Float64Array(series.length)
      for (; row < columns.length() && columns.atMs(row) === atMs; row++) {
        const place = places[columns.kind(row)]
        if (place === undefined) continue
        const count = columns.count(row)
        requests[place.id] = (requests[place.id] ?? 0) + count
        errors[place.id] = (errors[place.id] ?? 0) + place.fails * count
      }
      page.addCell(atMs / CELL_MS, requests, errors)
    }
    yield page.take()
  }
}

function createPage(rowsMax: number) {
  const page = {
    cells: new Uint32Array(rowsMax),
    series: new Float64Array(rowsMax),
    requests: new Float64Array(rowsMax),
    errors: new Float64Array(rowsMax),
  }
  let rows = 0
  return {
    addCell(cell: number, requests: Float64Array, errors: Float64Array): void {
      for (let id = 0; id < requests.length; id++) {
        if (requests[id] === 0) continue
        page.cells[rows] = cell
        page.series[rows] = id
        page.requests[rows] = requests[id] ?? 0
        page.errors[rows] = errors[id] ?? 0
        rows++
      }
    },
    take: (): CellPage => ({ rows, ...page }),
  }
}
