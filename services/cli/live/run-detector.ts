import { toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { spikeToWire } from '../../../shared/domain/spike-wire.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'
import { readCheckpoint, writeCheckpoint } from '../../detector/io/checkpoint.ts'
import { readCells, readNewestCell, readSeries } from '../../detector/io/read-cells.ts'
import { writeSpikes } from '../../detector/io/write-spikes.ts'
import { createLiveDetector } from '../../detector/live.ts'
import { type CulpritConfig, detectorSettings } from '../config.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

/** A cell lasts ten seconds; woken twice as often, it is judged at most five after it is sealed. */
const EVERY_FIVE_SECONDS = '*/5 * * * * *'

export async function runDetector(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { bus, log, nowMs } = deps
  const store = await deps.openStore()
  const detector = createLiveDetector(
    {
      readSeries: (range) => readSeries(store, range),
      readCells: (range) => readCells(store, range),
      readNewestCell: () => readNewestCell(store),
      readCheckpoint: () => readCheckpoint(store),
      writeCheckpoint: (cell) => writeCheckpoint(store, cell, nowMs()),
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
      settings: detectorSettings(config),
      latenessMs: config.detection.lateness,
      historyMs: config.retention.cells_10s,
    },
  )
  const schedule = runOnSchedule(EVERY_FIVE_SECONDS, () =>
    detector.tick().catch((error: unknown) => log.error({ error }, 'cells were not judged; the next tick goes on')),
  )
  return {
    routes: [],
    stopTelling: () => schedule.stop(),
    stop: () => store.close(),
  }
}
