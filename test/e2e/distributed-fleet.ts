import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceName } from '../../services/cli/live/start-services.ts'
import type { TestKafka } from '../support/kafka.ts'
import { type StartedCulprit, startCulprit } from './start-culprit.ts'

/** Processes of single services over one Kafka and one ClickHouse, by names of ours. */
export interface Fleet {
  /** As settings are given to each. */
  readonly environment: Readonly<Record<string, string>>
  start(name: string, only: ServiceName): Promise<void>
  /** Kills it as a lost machine would, and starts it again at once. */
  restart(name: string): Promise<void>
  /** Where it listens now. */
  address(name: string): string
  pid(name: string): number
  /** Ends all. */
  stop(): Promise<void>
}

export interface FleetOptions {
  readonly directory: string
  readonly kafka: TestKafka | undefined
  readonly prefix: string
  readonly clickhouseUrl: string
}

export function createFleet({ directory, kafka, prefix, clickhouseUrl }: FleetOptions): Fleet {
  const running = new Map<string, { readonly only: ServiceName; process: StartedCulprit }>()
  const environment = {
    CULPRIT_BUS: 'kafka',
    CULPRIT_KAFKA__BROKERS: `[${kafka?.brokers.map((broker) => JSON.stringify(broker)).join(',')}]`,
    CULPRIT_KAFKA__PREFIX: prefix,
    CULPRIT_KAFKA__PARTITIONS: '4',
    // As short as each kind of broker allows, so that the dead are soon replaced.
    CULPRIT_KAFKA__SESSION_TIMEOUT: kafka?.directory === undefined ? '6s' : '2s',
    CULPRIT_CLICKHOUSE__URL: clickhouseUrl,
    CULPRIT_LISTEN__DRAIN: '0s',
  }

  async function startProcess(name: string, only: ServiceName): Promise<StartedCulprit> {
    const own = join(directory, name)
    await mkdir(own, { recursive: true })
    return startCulprit(own, { args: ['--only', only], environment })
  }

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
    address: (name) => find(name).process.address,
    pid: (name) => find(name).process.process.pid ?? 0,
    async stop() {
      for (const { process } of running.values()) process.process.kill('SIGKILL')
      await Promise.all([...running.values()].map(({ process }) => process.ended))
    },
  }
}
