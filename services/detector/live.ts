// In: the store's cells, each judged once, when it is sealed. Out: spikes, stored and published whenever one opens or moves.
// After the last cell that held anything, what comes late is judged too: a log that is sent hours later is judged in its order.
// The checkpoint says what to judge next, not the clock that wakes it: after a stop every missed cell is judged in order.
// Judging again what a crash left unsaid gives the same spikes under the same ids.
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { createClientErrorDetector, type StatusMinute } from './core/client-errors.ts'
import { createDetector } from './core/detector.ts'
import { createLatencyDetector, type ServiceMinute } from './core/latency.ts'
import type { DetectorSettings } from './core/settings.ts'
import { WINDOW_CELLS } from './core/traffic.ts'
import { createCellFeed } from './feed-cells.ts'
import { followMinutes } from './follow-minutes.ts'
import type { CellPage, CellRange, SeriesRow } from './io/read-cells.ts'
import type { MinuteOf, MinuteRange } from './io/read-durations.ts'

export interface LiveDetectorDeps {
  readonly readSeries: (range: CellRange) => Promise<SeriesRow[]>
  readonly readCells: (range: CellRange) => AsyncIterable<CellPage>
  readonly readDurations: (range: MinuteRange) => AsyncIterable<MinuteOf<ServiceMinute>>
  readonly readStatuses: (range: MinuteRange) => AsyncIterable<MinuteOf<StatusMinute>>
  /** The first cell of the range from which on it is judged again at a start: where there is very much, less has to do. */
  readonly readHistoryStart: (range: CellRange) => Promise<number>
  /** The newest cell that holds anything. */
  readonly readNewestCell: () => Promise<number | undefined>
  /** Ids of the drops of traffic that were told and are not over. */
  readonly readOpenDrops: () => Promise<ReadonlySet<string>>
  readonly readCheckpoint: () => Promise<number | undefined>
  readonly writeCheckpoint: (cell: number) => Promise<void>
  readonly storeSpikes: (spikes: readonly Spike[]) => Promise<void>
  readonly publishSpikes: (spikes: readonly Spike[]) => Promise<void>
  /** Messages of events that are published and not yet stored. */
  readonly eventsLag: () => Promise<number>
  readonly nowMs: () => number
}

export interface LiveDetectorConfig {
  readonly settings: DetectorSettings
  /** After a cell's end: what comes later is stored but not judged. */
  readonly latenessMs: number
  /** How far back cells are kept: what a normal is learned from after a start. */
  readonly historyMs: number
}

export interface LiveDetector {
  /** Judges every cell that was sealed since the last call. When it rejects, the next call goes on where it stopped. */
  tick(): Promise<void>
}

export function createLiveDetector(deps: LiveDetectorDeps, config: LiveDetectorConfig): LiveDetector {
  const detector = createDetector(config.settings)
  const feed = createCellFeed(detector)
  const latency = createLatencyDetector(config.settings)
  const clientErrors = createClientErrorDetector(config.settings)
  const followed = [
    followMinutes(deps.readDurations, latency.advance),
    followMinutes(deps.readStatuses, clientErrors.advance),
  ]
  const spikes = () => [...detector.spikes(), ...latency.spikes(), ...clientErrors.spikes()]
  /** When each spike that was told was last moved. */
  const told = new Map<string, number>()
  let position: Position | undefined

  async function judge(range: CellRange, at: Position): Promise<void> {
    let names: ReadonlyMap<number, SeriesRow> = new Map()
    for await (const page of deps.readCells(range)) {
      if (page.series.some((id) => !feed.knows(id) && !names.has(id))) {
        names = new Map((await deps.readSeries(range)).map((row) => [row.id, row]))
      }
      feed.judge(page, names)
      // A failure later must not judge these cells twice.
      const last = feed.judged()?.last
      if (last !== undefined) at.nextCell = last + 1
    }
    for (const minutes of followed) await minutes.follow(range.to, at.nextCell)
  }

  async function tell(): Promise<void> {
    const news = spikes().filter(({ id, updatedAtMs }) => told.get(id) !== updatedAtMs)
    if (news.length > 0) {
      await deps.storeSpikes(news)
      await deps.publishSpikes(news)
    }
    takeAsTold()
  }

  /** Only what may yet move is kept. */
  function takeAsTold(): void {
    detector.forgetClosed()
    latency.forgetClosed()
    clientErrors.forgetClosed()
    told.clear()
    for (const { id, updatedAtMs } of spikes()) told.set(id, updatedAtMs)
  }

  /**
   * Silence is told by the clock, since it brings no cells. What an earlier run told goes on at once; else it takes ten minutes
   * from the start, in which the sources catch up with what was missed.
   */
  function hearNothing(sealedEnd: number, at: Position): void {
    const isPatient = sealedEnd - at.startCell >= WINDOW_CELLS
    detector.hearNothing(sealedEnd - 1, (id) => isPatient || at.openDrops.has(id))
  }

  async function findPosition(): Promise<Position> {
    const historyCell = Math.floor((deps.nowMs() - config.historyMs) / CELL_MS)
    const toldUntil = (await deps.readCheckpoint()) ?? historyCell
    // What was not judged yet is judged whole, however much it is.
    const nextCell =
      toldUntil > historyCell ? await deps.readHistoryStart({ from: historyCell, to: toldUntil }) : historyCell
    for (const minutes of followed) minutes.startAt(nextCell)
    return {
      nextCell,
      toldUntil,
      startCell: Math.floor(deps.nowMs() / CELL_MS),
      openDrops: await deps.readOpenDrops(),
    }
  }

  /** The first cell that is not sealed. While events wait to be stored, the newest stored cell may still grow. */
  async function findSealedEnd(): Promise<number> {
    const byClock = Math.floor((deps.nowMs() - config.latenessMs) / CELL_MS)
    if ((await deps.eventsLag()) === 0) return byClock
    return Math.min(byClock, (await deps.readNewestCell()) ?? byClock)
  }

  return {
    async tick() {
      position ??= await findPosition()
      const { openDrops } = position
      const sealedEnd = await findSealedEnd()
      if (position.nextCell < position.toldUntil) {
        await judge({ from: position.nextCell, to: position.toldUntil }, position)
        takeAsTold()
        // Whether or not it is over by now, it goes on as it was told: else nobody would hear that it is over.
        detector.hearNothing(sealedEnd - 1, (id) => openDrops.has(id))
      }
      if (sealedEnd > position.nextCell) await judge({ from: position.nextCell, to: sealedEnd }, position)
      if (sealedEnd > position.nextCell) hearNothing(sealedEnd, position)
      await tell()
      await deps.writeCheckpoint(position.nextCell)
    },
  }
}

interface Position {
  /** After the last cell that was judged. */
  nextCell: number
  /** Cells before it were judged before this start: judged again for what is normal and which spikes are open, not told again. */
  readonly toldUntil: number
  /** When this run began, and the drops of traffic that an earlier one told. */
  readonly startCell: number
  readonly openDrops: ReadonlySet<string>
}
