import type { Log } from '../runtime/log.ts'
import { createKafkaClient, type KafkaConnection, toOperationError } from './kafka-client.ts'
import { readLag } from './kafka-lag.ts'
import { groupOnKafka, topicOnKafka } from './kafka-names.ts'
import type { TopicName } from './topics.ts'

export interface KafkaReach {
  readonly brokers: number
  /** Messages of events that nobody has stored yet; undefined when there is no topic of them. */
  readonly waiting: number | undefined
  /** How many processes run each service. */
  readonly processes: Readonly<Record<KafkaService, number>>
}

/** What every process of a service takes part in. */
const PRESENCE = {
  ingest: 'access-events',
  detector: 'detector-shards',
  correlator: 'leaders',
  notifier: 'leaders',
} as const satisfies Record<string, TopicName>
type KafkaService = keyof typeof PRESENCE

/** What can be seen of the cluster without touching it. @throws OperationError when no broker can be reached. */
export async function lookAtKafka(connection: KafkaConnection, prefix: string, log: Log): Promise<KafkaReach> {
  const admin = createKafkaClient(connection, log).admin()
  const topic = topicOnKafka(prefix, 'access-events')
  const groupOf = (service: KafkaService) => groupOnKafka(prefix, PRESENCE[service], service)
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    const isThere = (await admin.listTopics()).includes(topic)
    const waiting = isThere ? await readLag(admin, { topic, groupId: groupOf('ingest') }) : undefined
    const { groups } = await admin.describeGroups([
      groupOf('ingest'),
      groupOf('detector'),
      groupOf('correlator'),
      groupOf('notifier'),
    ])
    const countOf = (service: KafkaService) =>
      groups.find(({ groupId }) => groupId === groupOf(service))?.members.length ?? 0
    const processes = {
      ingest: countOf('ingest'),
      detector: countOf('detector'),
      correlator: countOf('correlator'),
      notifier: countOf('notifier'),
    }
    return { brokers: brokers.length, waiting, processes }
  } catch (error) {
    throw toOperationError(error, `reaching ${connection.brokers.join(', ')}`)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
