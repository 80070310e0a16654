import type { Bus } from '../../../shared/bus/bus.ts'
import type { TopicReader } from '../../../shared/bus/topic-reader.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Metrics } from '../../../shared/runtime/metrics.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { PipeOptions } from '../../ingest/io/pipe.ts'

/** What every service is given, whatever shape it runs in. */
export interface LiveDeps {
  readonly bus: Bus
  /** Connections of its own: one that works for long makes only itself wait. So many queries at once, else one. */
  readonly openStore: (queries?: number) => Promise<Store>
  readonly openTopicReader: () => Promise<TopicReader>
  /** Lines that come without the configuration saying so. */
  readonly pipe?: PipeOptions | undefined
  readonly log: Log
  readonly metrics: Metrics
  readonly nowMs: () => number
}

export interface RunningService {
  /** What whoever starts it should know; one line. */
  readonly note?: string
  readonly routes: readonly HttpRoutes[]
  /** Begins nothing more by itself, so that nothing new comes onto the bus. */
  stopTelling?(): Promise<void>
  /** Lets go of what it holds, once the bus is closed. */
  stop(): Promise<void>
}
