import { join } from 'node:path'
import { type JournaledBus, openJournaledBus } from '../../../shared/bus/journal.ts'
import { createKafkaBus, type KafkaBusDeps } from '../../../shared/bus/kafka.ts'
import { createKafkaTopicReader } from '../../../shared/bus/kafka-topic-reader.ts'
import { createMemoryBus } from '../../../shared/bus/memory.ts'
import type { TopicReader } from '../../../shared/bus/topic-reader.ts'
import type { CulpritConfig } from '../config.ts'
import { readKafkaConnection } from '../kafka-config.ts'

const PENDING_BYTES_MAX = 128 * 1024 * 1024

/** Within one process what others tell us once is kept until it is handled; what we tell each other is told again. */
const JOURNALED = ['changes'] as const

export async function openBus(deps: KafkaBusDeps, config: CulpritConfig): Promise<JournaledBus> {
  const { kafka, data_directory: dataDirectory } = config
  if (config.bus === 'memory') {
    const bus = createMemoryBus({ pendingBytesMax: PENDING_BYTES_MAX })
    const directory = join(dataDirectory, 'journal')
    return openJournaledBus(
      { bus, log: deps.log },
      { directory, topics: JOURNALED, pendingBytesMax: PENDING_BYTES_MAX },
    )
  }
  const { prefix, compression, partitions, replication_factor: replicationFactor } = kafka
  const connection = await readKafkaConnection(kafka)
  const pendingBytesMax = PENDING_BYTES_MAX
  const limits = { connection, prefix, compression, partitions, replicationFactor, pendingBytesMax }
  return { bus: createKafkaBus(deps, limits), start: () => {} }
}

/** What reads the topics of others; it asks nothing of the brokers before it is to read one. */
export async function openTopicReader(deps: KafkaBusDeps, { kafka }: CulpritConfig): Promise<TopicReader> {
  return createKafkaTopicReader(deps, { connection: await readKafkaConnection(kafka), prefix: kafka.prefix })
}
