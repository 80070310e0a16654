import type { Spike } from '../../../shared/domain/spike.ts'
import { type ClientErrorDetector, type ClientErrorState, createClientErrorDetector } from './client-errors.ts'
import { createDetector, type Detector, type DetectorState } from './detector.ts'
import { createLatencyDetector, type LatencyDetector, type LatencyState } from './latency.ts'
import type { DetectorSettings } from './settings.ts'

/** Everything that looks for spikes, each in what it is given. */
export interface Watchers {
  readonly cells: Detector
  readonly latency: LatencyDetector
  readonly clientErrors: ClientErrorDetector
  /** Every spike so far that was not let go of. */
  spikes(): Spike[]
  /** Lets go of the spikes that are over for good. */
  forgetClosed(): void
  /** All that they know, to be kept as a structured clone: those made from it go on as these would. */
  state(): WatchersState
}

export interface WatchersState {
  readonly cells: DetectorState
  readonly latency: LatencyState
  readonly clientErrors: ClientErrorState
}

/** Functions of their settings and what they were given. They go on from `state` where one is given, which they change. */
export function createWatchers(settings: DetectorSettings, state?: WatchersState): Watchers {
  const cells = createDetector(settings, state?.cells)
  const latency = createLatencyDetector(settings, state?.latency)
  const clientErrors = createClientErrorDetector(settings, state?.clientErrors)
  return {
    cells,
    latency,
    clientErrors,
    spikes: () => [...cells.spikes(), ...latency.spikes(), ...clientErrors.spikes()],
    forgetClosed() {
      for (const watcher of [cells, latency, clientErrors]) watcher.forgetClosed()
    },
    state: () => ({ cells: cells.state(), latency: latency.state(), clientErrors: clientErrors.state() }),
  }
}
