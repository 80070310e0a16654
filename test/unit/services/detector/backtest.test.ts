import { expect, test } from 'vitest'
import { backtest, type KnownFault } from '../../../../services/detector/backtest.ts'
import { detectionSchema, toDetectorSettings } from '../../../../services/detector/config.ts'
import type { CellPage } from '../../../../services/detector/io/read-cells.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'

const FIRST = 179_000_000
const CELLS = 8_640
const OUTAGE = { from: FIRST + 3_000, to: FIRST + 3_060 }
const series = [1, 2].map((id) => ({ id, env: 'prod', service: `s${id}`, method: 'GET', route: '/' }))

/** A day of two services with 300 requests a cell; the first one fails a third of them for ten minutes. */
async function* pages(): AsyncGenerator<CellPage> {
  const rows = CELLS * series.length
  const page = {
    rows,
    cells: new Uint32Array(rows),
    series: new Float64Array(rows),
    requests: new Float64Array(rows).fill(300),
    errors: new Float64Array(rows),
  }
  for (let row = 0; row < rows; row++) {
    const cell = FIRST + Math.floor(row / 2)
    const id = 1 + (row % 2)
    page.cells[row] = cell
    page.series[row] = id
    page.errors[row] = id === 1 && cell >= OUTAGE.from && cell < OUTAGE.to ? 100 : Number(cell % 7 === id)
  }
  yield page
}

const settings = (given: Record<string, unknown> = {}) => toDetectorSettings(detectionSchema.parse(given), new Map())
const deps = {
  readSeries: async () => series,
  readCells: pages,
  group: async (spikes: readonly Spike[]) => spikes.filter(({ route }) => route === null).map((spike) => [spike]),
}
const run = (next?: ReturnType<typeof settings>, known: readonly KnownFault[] = []) =>
  backtest(deps, { present: settings(), next }, known)

test('tells what alerted, and finds the rises that were put upon the same traffic', async () => {
  const { present, next, ...traffic } = await run()
  expect(traffic).toEqual({
    services: 2,
    routes: 2,
    requests: 300 * 2 * CELLS,
    judged: { first: FIRST, last: FIRST + CELLS - 1 },
    injected: expect.any(Number),
  })
  expect(traffic.injected).toBeGreaterThan(10)
  expect(present.alerts).toHaveLength(1)
  expect(present.alerts[0]?.[0]?.onsetAtMs).toBe(OUTAGE.from * 10_000)
  expect(present.recall).toBeGreaterThan(0.9)
  const outage = present.levels.at(-1)
  expect(outage?.found).toBe(outage?.injected)
  expect(outage?.medianMs).toBeLessThanOrEqual(30_000)
  expect(next).toBeNull()
})

test('an alert of what was really broken counts as false until somebody confirmed it', async () => {
  const fault = { env: 'prod', service: 's1', startedAtMs: OUTAGE.from * 10_000 }
  const unknown = await run()
  const known = await run(undefined, [fault])
  expect(unknown.present.precision).toBeLessThan(1)
  expect(known.present.precision).toBe(1)
})

test('settings that ask for more errors find less, and both are judged on the same rises', async () => {
  const { present, next } = await run(settings({ minimum_excess_errors: 20_000 }))
  expect(next?.alerts).toEqual([])
  expect(next?.recall).toBeLessThan(present.recall ?? 0)
  expect(next?.levels.map(({ injected }) => injected)).toEqual(present.levels.map(({ injected }) => injected))
})

test('without history there is nothing to say, and that is no failure', async () => {
  const nothing = { ...deps, readSeries: async () => [], readCells: async function* () {} }
  expect(await backtest(nothing, { present: settings(), next: undefined }, [])).toMatchObject({
    judged: undefined,
    injected: 0,
    present: { alerts: [], recall: null, precision: null },
  })
})
