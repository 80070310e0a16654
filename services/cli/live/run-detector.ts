import type { Share } from '../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { spikeToWire } from '../../../shared/domain/spike-wire.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import type { LatenessClass } from '../../detector/config.ts'
import type { DetectorSettings } from '../../detector/core/settings.ts'
import { readCheckpoint, writeCheckpoint, writeStart } from '../../detector/io/checkpoint.ts'
import { readState, writeState } from '../../detector/io/kept-state.ts'
import { readCells, readHistoryStart, readNewestCell, readSeries } from '../../detector/io/read-cells.ts'
import { readDurations } from '../../detector/io/read-durations.ts'
import { readStatuses } from '../../detector/io/read-statuses.ts'
import { readOpenDrops, writeSpikes } from '../../detector/io/write-spikes.ts'
import { createLiveDetector, type LiveDetector } from '../../detector/live.ts'
import { createSharingDetector } from '../../detector/share-services.ts'
import { type CulpritConfig, detectorLateness, detectorSettings } from '../config.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

/** A cell lasts ten seconds; woken twice as often, it is judged at most five after it is sealed. */
const EVERY_FIVE_SECONDS = '*/5 * * * * *'

export async function runDetector(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { bus, log, metrics, nowMs } = deps
  const store = await deps.openStore()
  let judgedUntilSeconds = 0
  const countFailure = metrics.counter('culprit_detector_failed_ticks_total', 'Ticks that could not judge their cells.')
  metrics.gauge(
    'culprit_detector_judged_until_seconds',
    'End of the newest cell that was judged, epoch seconds: behind the clock when we are blind.',
    () => judgedUntilSeconds,
  )
  const classes = detectorLateness(config)
  const watch = (share: Share, { latenessMs, services }: LatenessClass) => {
    const part = { ...share, services }
    const settings = settingsFor(share, classes.length, detectorSettings(config))
    return createLiveDetector(
      {
        readSeries: (range) => readSeries(store, range, part),
        readCells: (range) => readCells(store, range, part),
        readDurations: (range) => readDurations(store, range, part),
        readStatuses: (range) => readStatuses(store, range, part),
        readHistoryStart: (range) => readHistoryStart(store, range, { share: part }),
        readNewestCell: () => readNewestCell(store),
        readOpenDrops: () => readOpenDrops(store),
        readCheckpoint: () => readCheckpoint(store, part),
        writeCheckpoint: async (cell) => {
          await writeCheckpoint(store, { cell, nowMs: nowMs() }, part)
          if (services.only.length === 0) judgedUntilSeconds = (cell * CELL_MS) / 1000
        },
        readState: () => readState(store, { part, settings }),
        writeState: (kept) => writeState(store, kept, { part, settings, nowMs: nowMs() }),
        noteStart: (cell) => writeStart(store, { cell, nowMs: nowMs() }, part),
        storeSpikes: (spikes) => writeSpikes(store, spikes),
        publishSpikes: (spikes) =>
          bus.publish(
            'spikes',
            spikes.map((spike) => toJsonMessage(spike.env, spikeToWire(spike))),
          ),
        eventsLag: () => bus.lag('access-events', 'ingest'),
        nowMs,
      },
      {
        settings,
        latenessMs,
        historyMs: config.retention.cells_10s,
      },
    )
  }
  const detector = createSharingDetector(await bus.share('detector-shards', 'detector'), (share) =>
    inTurn(classes.map((late) => watch(share, late))),
  )
  const schedule = runOnSchedule(EVERY_FIVE_SECONDS, () =>
    detector.tick().catch((error: unknown) => {
      countFailure()
      log.error({ error }, 'cells were not judged; the next tick goes on')
    }),
  )
  return {
    routes: [],
    stopTelling: () => schedule.stop(),
    stop: () => store.close(),
  }
}

/** One after the other: the engine answers one query at a time. */
function inTurn(detectors: readonly LiveDetector[]): LiveDetector {
  return {
    async tick() {
      for (const detector of detectors) await detector.tick()
    },
  }
}

/** Whoever watches a part of the services may raise that part of the false alarms. */
function settingsFor({ owned, of }: Share, classes: number, settings: DetectorSettings): DetectorSettings {
  return { ...settings, falseAlarmsPerWeek: (settings.falseAlarmsPerWeek * owned.length) / of / classes }
}
