// In: the store's cells, each judged once, when it is sealed. Out: spikes, stored and published whenever one opens or moves.
// After the last cell that held anything, what comes late is judged too: a log that is sent hours later is judged in its order.
// The checkpoint says what to judge next, not the clock that wakes it: after a stop every missed cell is judged in order.
// What it knew is kept beside it now and then, so that little has to be judged again; without it the past is read anew.
// Judging again what a crash left unsaid gives the same spikes under the same ids.
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import type { StatusMinute } from './core/client-errors.ts'
import type { ServiceMinute } from './core/latency.ts'
import type { DetectorSettings } from './core/settings.ts'
import { WINDOW_CELLS } from './core/traffic.ts'
import { createWatchers } from './core/watchers.ts'
import { createCellFeed } from './feed-cells.ts'
import { followMinutes } from './follow-minutes.ts'
import type { KeptState } from './io/kept-state.ts'
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
  /** What an earlier run knew, if this one can go on from it. */
  readonly readState: () => Promise<KeptState | undefined>
  readonly writeState: (kept: KeptState) => Promise<void>
  /** Says, until the first checkpoint, that the past is being read, and up to which cell. */
  readonly noteStart: (cell: number) => Promise<void>
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

/** What is known is kept every ten minutes: so much is judged again after a kill. */
const KEPT_EVERY_CELLS = 60
/** Keeping it takes the longer the more series there are: of more than these it is not kept. */
const KEPT_SERIES_MAX = 20_000

export function createLiveDetector(deps: LiveDetectorDeps, config: LiveDetectorConfig): LiveDetector {
  let run: LiveDetector | undefined
  return {
    async tick() {
      run ??= goOn(deps, config, await findStart(deps, config))
      await run.tick()
    },
  }
}

/** Where a run begins. */
interface Start {
  /** What it goes on from; undefined where the past has to be learned again. */
  readonly kept: KeptState | undefined
  readonly nextCell: number
  /** Cells before it were judged before this start: judged again for what is normal and which spikes are open, not told again. */
  readonly toldUntil: number
  /** When this run began, and the drops of traffic that an earlier one told. */
  readonly startCell: number
  readonly openDrops: ReadonlySet<string>
}

async function findStart(deps: LiveDetectorDeps, { historyMs }: LiveDetectorConfig): Promise<Start> {
  const historyCell = Math.floor((deps.nowMs() - historyMs) / CELL_MS)
  const toldUntil = (await deps.readCheckpoint()) ?? historyCell
  const found = await deps.readState()
  const kept = found !== undefined && found.nextCell >= historyCell && found.nextCell <= toldUntil ? found : undefined
  return {
    kept,
    nextCell: kept?.nextCell ?? (await findHistoryStart(deps, { from: historyCell, to: toldUntil })),
    toldUntil,
    startCell: Math.floor(deps.nowMs() / CELL_MS),
    openDrops: await deps.readOpenDrops(),
  }
}

/** What was not judged yet is judged whole, however much it is. */
async function findHistoryStart({ readHistoryStart }: LiveDetectorDeps, past: CellRange): Promise<number> {
  return past.to > past.from ? readHistoryStart(past) : past.from
}

function goOn(deps: LiveDetectorDeps, config: LiveDetectorConfig, start: Start): LiveDetector {
  const { toldUntil, startCell, openDrops } = start
  const watchers = createWatchers(config.settings, start.kept?.watchers)
  const feed = createCellFeed(watchers.cells)
  const followed = [
    followMinutes(deps.readDurations, watchers.latency.advance),
    followMinutes(deps.readStatuses, watchers.clientErrors.advance),
  ]
  for (const minutes of followed) minutes.startAt(start.nextCell)
  /** When each spike that was told was last moved. */
  const told = new Map<string, number>()
  /** After the last cell that was judged, and how far that was when what is known was last kept. */
  let nextCell = start.nextCell
  let keptCell = start.kept?.nextCell ?? Number.NEGATIVE_INFINITY
  let phase: 'past' | 'first' | 'live' = 'past'

  async function judge(range: CellRange): Promise<void> {
    let names: ReadonlyMap<number, SeriesRow> = new Map()
    for await (const page of deps.readCells(range)) {
      if (page.series.some((id) => !feed.knows(id) && !names.has(id))) {
        names = new Map((await deps.readSeries(range)).map((row) => [row.id, row]))
      }
      feed.judge(page, names)
      // A failure later must not judge these cells twice.
      const last = feed.judged()?.last
      if (last !== undefined) nextCell = last + 1
      if (phase !== 'live') await deps.noteStart(nextCell)
    }
    for (const minutes of followed) await minutes.follow(range.to, nextCell)
  }

  async function tell(): Promise<void> {
    const news = watchers.spikes().filter(({ id, updatedAtMs }) => told.get(id) !== updatedAtMs)
    if (news.length > 0) {
      await deps.storeSpikes(news)
      await deps.publishSpikes(news)
    }
    takeAsTold()
  }

  /** Only what may yet move is kept. */
  function takeAsTold(): void {
    watchers.forgetClosed()
    told.clear()
    for (const { id, updatedAtMs } of watchers.spikes()) told.set(id, updatedAtMs)
  }

  /** What an earlier run told is known again after this. */
  async function recallPast(sealedEnd: number): Promise<void> {
    await deps.noteStart(nextCell)
    if (nextCell < toldUntil) await judge({ from: nextCell, to: toldUntil })
    takeAsTold()
    // Whether or not it is over by now, it goes on as it was told: else nobody would hear that it is over.
    watchers.cells.hearNothing(sealedEnd - 1, (id) => openDrops.has(id))
    phase = 'first'
  }

  /**
   * Silence is told by the clock, since it brings no cells. What an earlier run told goes on at once; else it takes ten minutes
   * from the start, in which the sources catch up with what was missed.
   */
  function hearNothing(sealedEnd: number): void {
    const isPatient = sealedEnd - startCell >= WINDOW_CELLS
    watchers.cells.hearNothing(sealedEnd - 1, (id) => isPatient || openDrops.has(id))
  }

  async function keep(): Promise<void> {
    if (nextCell - keptCell < KEPT_EVERY_CELLS || watchers.cells.seriesCount() > KEPT_SERIES_MAX) return
    // Where that fails it is tried again when it is due again.
    keptCell = nextCell
    await deps.writeState({ nextCell, watchers: watchers.state() })
  }

  return {
    async tick() {
      const sealedEnd = await findSealedEnd(deps, config)
      if (phase === 'past') await recallPast(sealedEnd)
      if (sealedEnd > nextCell) await judge({ from: nextCell, to: sealedEnd })
      if (sealedEnd > nextCell) hearNothing(sealedEnd)
      await tell()
      await deps.writeCheckpoint(nextCell)
      phase = 'live'
      await keep()
    },
  }
}

/** The first cell that is not sealed. While events wait to be stored, the newest stored cell may still grow. */
async function findSealedEnd(deps: LiveDetectorDeps, { latenessMs }: LiveDetectorConfig): Promise<number> {
  const byClock = Math.floor((deps.nowMs() - latenessMs) / CELL_MS)
  if ((await deps.eventsLag()) === 0) return byClock
  return Math.min(byClock, (await deps.readNewestCell()) ?? byClock)
}
