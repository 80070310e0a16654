import type { Share } from '../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { spikeToWire } from '../../../shared/domain/spike-wire.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import type { DetectorSettings } from '../../detector/core/settings.ts'
import { readCheckpoint, writeCheckpoint } from '../../detector/io/checkpoint.ts'
import { readCells, readHistoryStart, readNewestCell, readSeries } from '../../detector/io/read-cells.ts'
import { readDurations } from '../../detector/io/read-durations.ts'
import { readStatuses } from '../../detector/io/read-statuses.ts'
import { readOpenDrops, writeSpikes } from '../../detector/io/write-spikes.ts'
import { createLiveDetector } from '../../detector/live.ts'
import { createSharingDetector } from '../../detector/share-services.ts'
import { type CulpritConfig, detectorSettings } from '../config.ts'
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
  const watch = (share: Share) =>
    createLiveDetector(
      {
        readSeries: (range) => readSeries(store, range, share),
        readCells: (range) => readCells(store, range, share),
        readDurations: (range) => readDurations(store, range, share),
        readStatuses: (range) => readStatuses(store, range, share),
        readHistoryStart: (range) => readHistoryStart(store, range, { share }),
        readNewestCell: () => readNewestCell(store),
        readOpenDrops: () => readOpenDrops(store),
        readCheckpoint: () => readCheckpoint(store, share),
        writeCheckpoint: async (cell) => {
          await writeCheckpoint(store, { cell, nowMs: nowMs() }, share)
          judgedUntilSeconds = (cell * CELL_MS) / 1000
        },
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
        settings: settingsFor(share, detectorSettings(config)),
        latenessMs: config.detection.lateness,
        historyMs: config.retention.cells_10s,
      },
    )
  const detector = createSharingDetector(await bus.share('detector-shards', 'detector'), watch)
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

/** Whoever watches a part of the services may raise that part of the false alarms. */
function settingsFor({ owned, of }: Share, settings: DetectorSettings): DetectorSettings {
  return { ...settings, falseAlarmsPerWeek: (settings.falseAlarmsPerWeek * owned.length) / of }
}
