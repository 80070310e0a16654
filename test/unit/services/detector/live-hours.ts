import { detectionSchema, toDetectorSettings } from '../../../../services/detector/config.ts'
import type { ServiceMinute } from '../../../../services/detector/core/latency.ts'
import type { KeptState } from '../../../../services/detector/io/kept-state.ts'
import type { CellPage, CellRange, SeriesRow } from '../../../../services/detector/io/read-cells.ts'
import type { MinuteOf, MinuteRange } from '../../../../services/detector/io/read-durations.ts'
import { createLiveDetector, type LiveDetectorDeps } from '../../../../services/detector/live.ts'
import { detectSpikes } from '../../../../services/detector/service.ts'
import { CELL_MS } from '../../../../shared/domain/cell.ts'
import type { Spike } from '../../../../shared/domain/spike.ts'

// Two hours of one route that fails and becomes slow in the second, and a live detector over them.

export const FIRST = 179_000_000
export const HOURS_2 = 720
export const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
export const NAME: SeriesRow = { id: 7, env: 'prod', service: 'checkout', method: 'GET', route: '/a' }

/** 100 requests a cell; one error in five cells, and from cell 600 on ten in each. */
export function pageOf({ from, to }: CellRange): CellPage {
  const cells = Array.from({ length: HOURS_2 }, (_, index) => FIRST + index).filter((cell) => cell >= from && cell < to)
  return {
    rows: cells.length,
    cells: Uint32Array.from(cells),
    series: Float64Array.from(cells, () => NAME.id),
    requests: Float64Array.from(cells, () => 100),
    errors: Float64Array.from(cells, (cell) => (cell - FIRST >= 600 ? 10 : Number(cell % 5 === 0))),
  }
}

export async function* pages(range: CellRange): AsyncGenerator<CellPage> {
  const middle = Math.floor((range.from + range.to) / 2)
  for (const page of [pageOf({ from: range.from, to: middle }), pageOf({ from: middle, to: range.to })])
    if (page.rows > 0) yield page
}

/** The same, which ends after an hour, and from `againFrom` on is as before. */
export function pagesUntilHour(againFrom: number) {
  return async function* (range: CellRange): AsyncGenerator<CellPage> {
    const from = Math.max(range.from, FIRST)
    const until = Math.min(range.to, FIRST + 360)
    const again = Math.max(range.from, FIRST + againFrom)
    for (const page of [pageOf({ from, to: until }), pageOf({ from: again, to: range.to })])
      if (page.rows > 0) yield page
  }
}

export interface Kept {
  checkpoint: number | undefined
  readonly published: Spike[]
  readonly openDrops?: Set<string>
  state?: KeptState | undefined
}

/** A detector whose clock stands at the end of a cell, over what an earlier one kept. */
export function detectorOver(kept: Kept, own: Partial<LiveDetectorDeps> = {}) {
  const clock = { cell: 0 }
  const detector = createLiveDetector(
    {
      readSeries: async () => [NAME],
      readCells: pages,
      readDurations: async function* () {},
      readStatuses: async function* () {},
      readNewestCell: async () => clock.cell - 1,
      readHistoryStart: async ({ from }) => from,
      readOpenDrops: async () => kept.openDrops ?? new Set(),
      readCheckpoint: async () => kept.checkpoint,
      writeCheckpoint: async (cell) => {
        kept.checkpoint = cell
      },
      readState: async () => structuredClone(kept.state),
      writeState: async (state) => {
        kept.state = structuredClone(state)
      },
      noteStart: async () => {},
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

export const nothing = (): Kept => ({ checkpoint: undefined, published: [] })

export async function replayed(): Promise<Spike[]> {
  const all = { from: 0, to: FIRST + HOURS_2 }
  const found = await detectSpikes({ readSeries: async () => [NAME], readCells: () => pages(all) }, settings)
  return found.spikes
}

/** What was said last of each spike, in the order they opened. */
export function newestWord(spikes: readonly Spike[]): Spike[] {
  return [...new Map(spikes.map((spike) => [spike.id, spike])).values()]
}

/** From minute 80 of the log on half of the requests takes a second instead of a tenth. */
export async function* durations({ from, to }: MinuteRange): AsyncGenerator<MinuteOf<ServiceMinute>> {
  const firstMinute = Math.ceil(FIRST / 6)
  const [fast, slow] = [12, 26]
  for (let minute = Math.max(from, firstMinute); minute < Math.min(to, firstMinute + HOURS_2 / 6 - 1); minute++) {
    const many = minute >= firstMinute + 80 ? 300 : Number(minute % 3 === 0)
    const counts = [
      { bucket: fast, requests: 600 - many },
      { bucket: slow, requests: many },
    ]
    yield { minute, services: [{ env: 'prod', service: NAME.service, counts }] }
  }
}
