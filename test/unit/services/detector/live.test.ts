import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../services/detector/config.ts'
import type { CellPage, CellRange, SeriesRow } from '../../../../services/detector/io/read-cells.ts'
import { createLiveDetector, type LiveDetectorDeps } from '../../../../services/detector/live.ts'
import { detectSpikes } from '../../../../services/detector/service.ts'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'

const FIRST = 179_000_000
const HOURS_2 = 720
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
const NAME: SeriesRow = { id: 7, env: 'prod', service: 'checkout', method: 'GET', route: '/a' }

/** 100 requests a cell; one error in five cells, and from cell 600 on ten in each. */
function pageOf({ from, to }: CellRange): CellPage {
  const cells = Array.from({ length: HOURS_2 }, (_, index) => FIRST + index).filter((cell) => cell >= from && cell < to)
  return {
    rows: cells.length,
    cells: Uint32Array.from(cells),
    series: Float64Array.from(cells, () => NAME.id),
    requests: Float64Array.from(cells, () => 100),
    errors: Float64Array.from(cells, (cell) => (cell - FIRST >= 600 ? 10 : Number(cell % 5 === 0))),
  }
}

async function* pages(range: CellRange): AsyncGenerator<CellPage> {
  const middle = Math.floor((range.from + range.to) / 2)
  for (const page of [pageOf({ from: range.from, to: middle }), pageOf({ from: middle, to: range.to })])
    if (page.rows > 0) yield page
}

interface Kept {
  checkpoint: number | undefined
  readonly published: Spike[]
}

/** A detector whose clock stands at the end of a cell, over what an earlier one kept. */
function detectorOver(kept: Kept, own: Partial<LiveDetectorDeps> = {}) {
  const clock = { cell: 0 }
  const detector = createLiveDetector(
    {
      readSeries: async () => [NAME],
      readCells: pages,
      readNewestCell: async () => clock.cell - 1,
      readCheckpoint: async () => kept.checkpoint,
      writeCheckpoint: async (cell) => {
        kept.checkpoint = cell
      },
      storeSpikes: async () => {},
      publishSpikes: async (spikes) => {
        kept.published.push(...spikes)
      },
      eventsLag: async () => 0,
      nowMs: () => clock.cell * CELL_MS + 5_000,
      ...own,
    },
    { settings, latenessMs: 5_000, historyMs: 24 * 3_600_000 },
  )
  return async (untilCell: number) => {
    clock.cell = FIRST + untilCell
    await detector.tick()
  }
}

const nothing = (): Kept => ({ checkpoint: undefined, published: [] })

async function replayed(): Promise<Spike[]> {
  const all = { from: 0, to: FIRST + HOURS_2 }
  const found = await detectSpikes({ readSeries: async () => [NAME], readCells: () => pages(all) }, settings)
  return found.spikes
}

/** What was said last of each spike, in the order they opened. */
function newestWord(spikes: readonly Spike[]): Spike[] {
  return [...new Map(spikes.map((spike) => [spike.id, spike])).values()]
}

test('a live day gives the spikes of its replay, however the ticks fall', async () => {
  for (const step of [1, 7, HOURS_2]) {
    const kept = nothing()
    const judgeUntil = detectorOver(kept)
    for (let cell = 500; cell < HOURS_2; cell += step) await judgeUntil(cell)
    await judgeUntil(HOURS_2)
    expect(newestWord(kept.published)).toEqual(await replayed())
  }
})

test('a spike is told by the tick that sealed the cell that gave it away', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept)
  await judgeUntil(600)
  expect(kept.published).toEqual([])
  await judgeUntil(610)
  expect(kept.published[0]).toMatchObject({ service: 'checkout', resolvedAtMs: null })
})

test('after a kill at any cell the same spike goes on under the same id, and none is told twice', async () => {
  const kept = nothing()
  for (let cell = 598; cell < 650; cell += 4) await detectorOver(kept)(cell)
  const tellings = kept.published.map(({ id, updatedAtMs }) => `${id} ${updatedAtMs}`)
  expect(new Set(tellings).size).toBe(tellings.length)
  expect(newestWord(kept.published).map(({ id }) => id)).toEqual((await replayed()).map(({ id }) => id))
})

test('what was silent so far is judged when its cells come late, as a log is that is sent after the start', async () => {
  const kept = nothing()
  let isSent = false
  const judgeUntil = detectorOver(kept, {
    readCells: async function* (range) {
      if (isSent) yield* pages(range)
    },
  })
  await judgeUntil(HOURS_2)
  expect(kept.published).toEqual([])
  isSent = true
  await judgeUntil(HOURS_2)
  expect(newestWord(kept.published)).toEqual(await replayed())
})

test('cells are not judged while events for them wait to be stored', async () => {
  const kept = nothing()
  const judgeUntil = detectorOver(kept, { eventsLag: async () => 3, readNewestCell: async () => FIRST + 10 })
  await judgeUntil(700)
  expect(kept.checkpoint).toBe(FIRST + 10)
})

test('cells are judged once though telling of them failed, and told by the next tick', async () => {
  const kept = nothing()
  let fails = true
  const judgeUntil = detectorOver(kept, {
    storeSpikes: async () => {
      if (fails) throw new Error('store is down')
    },
  })
  await expect(judgeUntil(700)).rejects.toThrow('store is down')
  expect(kept.checkpoint).toBeUndefined()
  fails = false
  await judgeUntil(HOURS_2)
  expect(newestWord(kept.published)).toEqual(await replayed())
})
