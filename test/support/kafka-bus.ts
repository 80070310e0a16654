import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Bus } from '../../shared/bus/bus.ts'
import { createKafkaBus, type KafkaBusOptions } from '../../shared/bus/kafka.ts'
import type { KafkaConnection } from '../../shared/bus/kafka-client.ts'
import { createLog } from '../../shared/runtime/log.ts'
import type { TestKafka } from './kafka.ts'

/** A prefix of topics and groups that no other test has. */
export const ownPrefix = () => `${randomUUID()}.`

/** As little as the broker of the tests allows, so that the dead are soon replaced. */
const SESSION_MS = 6_000

export const quietLog = createLog({ level: 'silent', write: () => {} })

export function testConnection(kafka: TestKafka | undefined): KafkaConnection {
  return { brokers: kafka?.brokers ?? [], clientId: 'tests', sessionMs: SESSION_MS }
}

/** A bus on the broker of the tests, with the topics of `prefix`. */
export function openKafkaBus(
  kafka: TestKafka | undefined,
  options: Partial<KafkaBusOptions> & { readonly prefix: string },
  onFailure: (error: Error) => void = (error) => {
    throw error
  },
): Bus {
  const usual = { compression: 'none', partitions: 3, replicationFactor: 1, pendingBytesMax: 10_000_000 } as const
  return createKafkaBus({ log: quietLog, onFailure }, { connection: testConnection(kafka), ...usual, ...options })
}

/** Says that tests are skipped where there is none. */
export function hasKcat(): boolean {
  const isThere = spawnSync('kcat', ['-V']).status === 0
  if (!isThere) process.stdout.write('skipped: no kcat\n')
  return isThere
}

/** Publishes lines as messages with kcat, which is librdkafka, a client not of our making. */
export function produceWithKcat(to: {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly codec: 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly lines: readonly string[]
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['-P', '-b', to.brokers.join(','), '-t', to.topic, '-z', to.codec]
    const child = execFile('kcat', args, (error) => (error === null ? resolve() : reject(error)))
    child.stdin?.end(`${to.lines.join('\n')}\n`)
  })
}
