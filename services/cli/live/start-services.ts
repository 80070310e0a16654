import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { Access } from '../../../shared/runtime/http-access.ts'
import { createHttpServer } from '../../../shared/runtime/http-server.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { isLoopback } from '../../../shared/runtime/loopback.ts'
import { createMetrics } from '../../../shared/runtime/metrics.ts'
import { selfRoutes } from '../../../shared/runtime/self-routes.ts'
import type { Store } from '../../../shared/store/store.ts'
import type { PipeOptions } from '../../ingest/io/pipe.ts'
import type { CulpritConfig } from '../config.ts'
import { openStore, prepareStore } from '../open-store.ts'
import { openBus, openTopicReader } from './open-bus.ts'
import { runApi } from './run-api.ts'
import { runCorrelator } from './run-correlator.ts'
import { runDetector } from './run-detector.ts'
import { runIngest } from './run-ingest.ts'
import { runNotifier } from './run-notifier.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

export interface StartDeps {
  readonly log: Log
  readonly nowMs: () => number
}

export interface RunningServices {
  /** Where the HTTP server listens, e.g. `http://127.0.0.1:8080`. */
  readonly address: string
  /** What whoever starts them should know, a line each. */
  readonly notes: readonly string[]
  /** Resolves when they can't go on, for a reason that waiting does not mend: the process must end. */
  readonly failure: Promise<Error>
  /** Takes nothing new, finishes what is under way, and closes everything. */
  stop(): Promise<void>
}

export const SERVICE_NAMES = ['notifier', 'correlator', 'ingest', 'api', 'detector'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** A part that takes longer to answer counts as gone. */
const PART_MS_MAX = 900

export interface StartOptions {
  /** All of them when absent. */
  readonly only?: readonly ServiceName[]
  /** Others may reach it without a token. */
  readonly isInsecure?: boolean
  /** Access log lines that somebody writes to us. */
  readonly pipe?: PipeOptions | undefined
  /** Whatever else lives on the same bus and store. */
  readonly also?: readonly ((deps: LiveDeps) => Promise<RunningService>)[]
}

/** Runs services in this process. Who is told starts before who tells. */
export async function startServices(
  { log, nowMs }: StartDeps,
  config: CulpritConfig,
  { only = SERVICE_NAMES, isInsecure = false, pipe, also = [] }: StartOptions = {},
): Promise<RunningServices> {
  let onFailure: (error: Error) => void = () => {}
  const failure = new Promise<Error>((resolve) => {
    onFailure = resolve
  })
  const access = accessOf(config, isInsecure)
  const { bus, start } = await openBus({ log, onFailure }, config)
  const metrics = createMetrics()
  const deps: LiveDeps = {
    bus,
    log,
    metrics,
    nowMs,
    pipe,
    openStore: (queries) => openStore(config, queries),
    openTopicReader: () => openTopicReader({ log, onFailure }, config),
  }
  const store = await deps.openStore()
  await prepareStore(store, config)
  let isStopping = false
  watchParts(deps, { store, isKafka: config.bus === 'kafka' })
  const notReady = async () => (isStopping ? 'stopping' : await storeProblem(store))
  const runners = {
    notifier: runNotifier,
    correlator: runCorrelator,
    ingest: runIngest,
    api: runApi,
    detector: runDetector,
  }
  const services: RunningService[] = []
  for (const run of also) services.push(await run(deps))
  for (const name of SERVICE_NAMES) if (only.includes(name)) services.push(await runners[name](deps, config))
  start()
  const ownRoutes = services.flatMap(({ routes }) => routes)
  const server = await createHttpServer({ log }, [selfRoutes({ notReady, metrics }), ...ownRoutes], {
    access,
    requestsPerMinute: config.listen.requests_per_minute,
  })
  const address = await server.listen(config.listen)
  log.info({ address }, 'listening')
  return {
    address,
    notes: services.flatMap(({ note }) => note ?? []),
    failure,
    async stop() {
      isStopping = true
      // Whoever balances load has seen it before requests are refused.
      await sleep(config.listen.drain)
      await server.close()
      for (const service of services.toReversed()) await service.stopTelling?.()
      await bus.close()
      for (const service of services.toReversed()) await service.stop()
      await store.close()
    },
  }
}

/** @throws InputError when others could use it without a token. */
function accessOf({ listen, tokens }: CulpritConfig, isInsecure: boolean): Access {
  const isLocal = isLoopback(listen.host)
  const known = Object.entries(tokens).map(([name, token]) => ({ name, ...token }))
  if (known.length === 0 && !isLocal && !isInsecure)
    throw new InputError(
      `listen.host ${listen.host}: others could reach it and no tokens are set: set some under tokens, or start it with --insecure`,
    )
  return { tokens: known, isLocal, origins: listen.cors_origins }
}

/** Has Prometheus told whether what this process needs answers. */
function watchParts(
  { metrics, bus }: Pick<LiveDeps, 'metrics' | 'bus'>,
  { store, isKafka }: { readonly store: Pick<Store, 'query'>; readonly isKafka: boolean },
): void {
  const help = 'Whether a part that this process needs answers, the store or Kafka: 1, or 0 when it does not.'
  const parts = {
    store: async () => ((await storeProblem(store)) === undefined ? 1 : 0),
    ...(isKafka && { kafka: () => bus.lag('access-events', 'ingest').then(() => 1) }),
  }
  metrics.gaugeOf({ name: 'culprit_up', help, labels: ['part'] }, () =>
    Promise.all(
      Object.entries(parts).map(async ([part, read]) => ({ labels: { part }, value: await answersInTime(read) })),
    ),
  )
}

/** 0 where it fails or is not heard of for a while. */
function answersInTime(read: () => Promise<number>): Promise<number> {
  return Promise.race([read().catch(() => 0), sleep(PART_MS_MAX, 0, { ref: false })])
}

async function storeProblem(store: Pick<Store, 'query'>): Promise<string | undefined> {
  try {
    await store.query(z.object({ one: z.number() }), 'SELECT 1 AS one')
    return undefined
  } catch {
    return 'the store does not answer'
  }
}
