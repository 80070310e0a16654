import { join } from 'node:path'
import { createMemoryBus } from '../../../shared/bus/memory.ts'
import { createHttpServer } from '../../../shared/runtime/http-server.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { openEmbeddedStore } from '../../../shared/store/chdb.ts'
import type { CulpritConfig } from '../config.ts'
import { runApi } from './run-api.ts'
import { runCorrelator } from './run-correlator.ts'
import { runDetector } from './run-detector.ts'
import { runIngest } from './run-ingest.ts'
import type { LiveDeps } from './running-service.ts'

export interface StartDeps {
  readonly log: Log
  readonly nowMs: () => number
}

export interface RunningServices {
  /** Where the HTTP server listens, e.g. `http://127.0.0.1:8080`. */
  readonly address: string
  /** Takes nothing new, finishes what is under way, and closes everything. */
  stop(): Promise<void>
}

const PENDING_BYTES_MAX = 128 * 1024 * 1024

/** Runs every service in this process on the embedded engine. */
export async function startServices({ log, nowMs }: StartDeps, config: CulpritConfig): Promise<RunningServices> {
  const bus = createMemoryBus({ pendingBytesMax: PENDING_BYTES_MAX })
  const path = join(config.data_directory, 'store')
  const deps: LiveDeps = { bus, log, nowMs, openStore: () => openEmbeddedStore({ path }) }
  let isStopping = false
  const correlator = await runCorrelator(deps, config)
  const ingest = await runIngest(deps, config)
  const notReady = () => (isStopping ? 'stopping' : undefined)
  const api = await runApi({ ...deps, notReady }, config)
  const detector = await runDetector(deps, config)
  const services = [detector, api, ingest, correlator]
  const server = await createHttpServer(
    { log },
    services.flatMap(({ routes }) => routes),
  )
  const address = await server.listen(config.listen)
  log.info({ address }, 'listening')
  return {
    address,
    async stop() {
      isStopping = true
      await server.close()
      await detector.stop()
      await bus.close()
      for (const service of [api, ingest, correlator]) await service.stop()
    },
  }
}
