import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ServiceName } from '../../services/cli/live/start-services.ts'
import type { Bus } from '../../shared/bus/bus.ts'
import { createServerStore } from '../../shared/store/clickhouse.ts'
import type { Store } from '../../shared/store/store.ts'
import { startClickHouseServer } from '../support/clickhouse-server.ts'
import type { TestKafka } from '../support/kafka.ts'
import { openKafkaBus, ownPrefix } from '../support/kafka-bus.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

/** Processes of single services over one Kafka and one ClickHouse, by names of ours. */
export interface Fleet {
  /** As settings are given to each. */
  readonly environment: Readonly<Record<string, string>>
  start(name: string, only: ServiceName): Promise<void>
  /** Kills it as a lost machine would, and starts it again at once. */
  restart(name: string): Promise<void>
  /** Kills it as a lost machine would, for good. */
  kill(name: string): Promise<void>
  /** Where it listens now. */
  address(name: string): string
  pid(name: string): number
  /** What connects the processes; to be closed. */
  openBus(): Bus
  /** What the processes store into. */
  readonly store: Store
  /** What the API tells. */
  listIncidents(): Promise<Record<string, unknown>[]>
  /** Resolves once every event that was acknowledged is stored. */
  untilAllIsStored(): Promise<void>
  /** Ends all, and leaves nothing. */
  stop(): Promise<void>
}

/** A fleet without processes, on a ClickHouse endpoint of its own; `settings` of each process besides those of the fleet. */
export async function createFleet(
  kafka: TestKafka | undefined,
  settings: Readonly<Record<string, string>> = {},
): Promise<Fleet> {
  const directory = await mkdtemp(join(tmpdir(), 'culprit-fleet-'))
  const prefix = ownPrefix()
  const server = await startClickHouseServer({ directory: join(directory, 'clickhouse') })
  const login = { url: server.url, username: 'default', password: '', database: 'culprit', ca: undefined } as const
  const store = createServerStore({ ...login, compression: 'none', requestTimeoutMs: 30_000 })
  const running = new Map<string, { readonly only: ServiceName; process: StartedCulprit }>()
  const environment = {
    CULPRIT_BUS: 'kafka',
    CULPRIT_KAFKA__BROKERS: `[${kafka?.brokers.map((broker) => JSON.stringify(broker)).join(',')}]`,
    CULPRIT_KAFKA__PREFIX: prefix,
    CULPRIT_KAFKA__PARTITIONS: '4',
    // As short as each kind of broker allows, so that the dead are soon replaced.
    CULPRIT_KAFKA__SESSION_TIMEOUT: kafka?.directory === undefined ? '6s' : '2s',
    CULPRIT_CLICKHOUSE__URL: server.url,
    CULPRIT_LISTEN__DRAIN: '0s',
    ...settings,
  }

  async function startProcess(name: string, only: ServiceName): Promise<StartedCulprit> {
    const own = join(directory, name)
    await mkdir(own, { recursive: true })
    return startCulprit(own, { args: ['--only', only], environment })
  }

  const openBus = () => openKafkaBus(kafka, { prefix })

  function find(name: string) {
    const found = running.get(name)
    if (found === undefined) throw new Error(`no process ${name} was started`)
    return found
  }

  return {
    environment,
    async start(name, only) {
      running.set(name, { only, process: await startProcess(name, only) })
    },
    async restart(name) {
      const found = find(name)
      found.process.process.kill('SIGKILL')
      await found.process.ended
      found.process = await startProcess(name, found.only)
    },
    async kill(name) {
      const { process } = find(name)
      process.process.kill('SIGKILL')
      await process.ended
      running.delete(name)
    },
    address: (name) => find(name).process.address,
    pid: (name) => find(name).process.process.pid ?? 0,
    openBus,
    store,
    async listIncidents() {
      const response = await fetch(`${find('api').process.address}/api/v1/incidents`)
      const { items } = (await response.json()) as { items: Record<string, unknown>[] }
      return items
    },
    async untilAllIsStored() {
      const bus = openBus()
      await expect.poll(() => bus.lag('access-events', 'ingest'), { timeout: 60_000 }).toBe(0)
      await bus.close()
    },
    async stop() {
      for (const { process } of running.values()) process.process.kill('SIGKILL')
      await Promise.all([...running.values()].map(({ process }) => process.ended))
      await store.close()
      await server.kill()
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
