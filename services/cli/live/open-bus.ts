import type { Bus } from '../../../shared/bus/bus.ts'
import { createKafkaBus, type KafkaBusDeps } from '../../../shared/bus/kafka.ts'
import { createKafkaTopicReader } from '../../../shared/bus/kafka-topic-reader.ts'
import { createMemoryBus } from '../../../shared/bus/memory.ts'
import type { TopicReader } from '../../../shared/bus/topic-reader.ts'
import type { CulpritConfig } from '../config.ts'
import { readKafkaConnection } from '../kafka-config.ts'

const PENDING_BYTES_MAX = 128 * 1024 * 1024

export async function openBus(deps: KafkaBusDeps, { bus, kafka }: CulpritConfig): Promise<Bus> {
  if (bus === 'memory') return createMemoryBus({ pendingBytesMax: PENDING_BYTES_MAX })
  const { prefix, compression, partitions, replication_factor: replicationFactor } = kafka
  const connection = await readKafkaConnection(kafka)
  const pendingBytesMax = PENDING_BYTES_MAX
  return createKafkaBus(deps, { connection, prefix, compression, partitions, replicationFactor, pendingBytesMax })
}

/** What reads the topics of others; it asks nothing of the brokers before it is to read one. */
export async function openTopicReader(deps: KafkaBusDeps, { kafka }: CulpritConfig): Promise<TopicReader> {
  return createKafkaTopicReader(deps, { connection: await readKafkaConnection(kafka), prefix: kafka.prefix })
}
