import type { Log } from '../runtime/log.ts'
import { createKafkaClient, type KafkaConnection, toOperationError } from './kafka-client.ts'
import { readLag } from './kafka-lag.ts'

export interface KafkaReach {
  readonly brokers: number
  /** Messages of events that nobody has stored yet; undefined when there is no topic of them. */
  readonly waiting: number | undefined
}

/** What can be seen of the cluster without touching it. @throws OperationError when no broker can be reached. */
export async function lookAtKafka(connection: KafkaConnection, prefix: string, log: Log): Promise<KafkaReach> {
  const admin = createKafkaClient(connection, log).admin()
  const topic = `${prefix}access-events`
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    const isThere = (await admin.listTopics()).includes(topic)
    const waiting = isThere ? await readLag(admin, { topic, groupId: `${prefix}ingest.${topic}` }) : undefined
    return { brokers: brokers.length, waiting }
  } catch (error) {
    throw toOperationError(error, `reaching ${connection.brokers.join(', ')}`)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
