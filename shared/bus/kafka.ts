import { setTimeout as after } from 'node:timers/promises'
import type { Admin, Kafka, KafkaMessage } from 'kafkajs'
import type { Log } from '../runtime/log.ts'
import type { Bus, Message } from './bus.ts'
import { openKafkaAdmin } from './kafka-admin.ts'
import { formBlocks, type KafkaBlock } from './kafka-blocks.ts'
import { createKafkaClient, isPassing, type KafkaConnection } from './kafka-client.ts'
import { registerCodecs } from './kafka-codecs.ts'
import { type KafkaConsumer, runKafkaConsumer } from './kafka-consumer.ts'
import { readLag } from './kafka-lag.ts'
import { joinLeaders } from './kafka-leader.ts'
import { groupOnKafka, topicOnKafka } from './kafka-names.ts'
import { createOutbox } from './kafka-outbox.ts'
import { EVENTS_BYTES_MAX, MESSAGE_BYTES_MAX, SHARED_TOPICS, type TopicName } from './topics.ts'

export interface KafkaBusDeps {
  readonly log: Log
  /** Called when the bus can't go on, for a reason that waiting does not mend: the process must end. */
  readonly onFailure: (error: Error) => void
}

export interface KafkaBusOptions {
  readonly connection: KafkaConnection
  /** Before the names of topics and groups, so that several may share a cluster. */
  readonly prefix: string
  readonly compression: 'none' | 'gzip'
  /** Of the topics that processes share, when they are made: as many replicas can share the work. The other topics have one. */
  readonly partitions: number
  /** Of topics made; -1 is what the cluster does by itself. */
  readonly replicationFactor: number
  /** Of values published and not yet acknowledged. */
  readonly pendingBytesMax: number
}

/**
 * Of messages that are handled together. Events go into one insert, and many rows cost the engine half as much each as few: so the
 * broker is also asked to wait a moment until there are some.
 */
const EVENTS_BLOCK = { bytesMax: 32 * 1024 * 1024, messagesMax: 500, bytesMin: 64 * 1024 }
const BLOCK = { bytesMax: 8 * 1024 * 1024, messagesMax: 500, bytesMin: 1 }
const LOOKS_MAX = 40
/** What the broker calls the largest batch that a topic takes; what is in it besides the value of one message. */
const LARGEST = 'max.message.bytes'
const ENVELOPE_BYTES = 64 * 1024
/**
 * A process is so many members of a group that shares its work: kafkajs fetches nothing while what it has is handled, so one
 * member's messages are fetched and another's parsed while those of a third are stored.
 */
const MEMBERS_A_PROCESS = 3
const LOOK_EVERY_MS = 100

/**
 * Connects services of many processes. Messages outlive them: `publish` resolves once the cluster has the messages, and
 * each group handles each at least once, from the oldest that it has not yet handled.
 */
export function createKafkaBus({ log, onFailure }: KafkaBusDeps, options: KafkaBusOptions): Bus {
  registerCodecs()
  const kafka = createKafkaClient(options.connection, log)
  const admin = openKafkaAdmin(kafka)
  const outbox = createOutbox({ kafka, log }, options)
  const consumers: KafkaConsumer[] = []
  /** Those by which we lead: given up last, once what we did alone is done. */
  const seats: KafkaConsumer[] = []
  const topics = new Map<TopicName, Promise<void>>()

  const topicOf = (topic: TopicName) => topicOnKafka(options.prefix, topic)
  const groupOf = (topic: TopicName, group: string) => groupOnKafka(options.prefix, topic, group)

  async function makeTopic(name: TopicName): Promise<void> {
    const topic = topicOf(name)
    const numPartitions = SHARED_TOPICS.includes(name) ? options.partitions : 1
    await admin.ask(`making topic ${topic}`, async (asked) => {
      if ((await asked.listTopics()).includes(topic)) return
      const configEntries =
        name === 'access-events' ? [{ name: LARGEST, value: `${EVENTS_BYTES_MAX + ENVELOPE_BYTES}` }] : []
      const made = { topic, numPartitions, replicationFactor: options.replicationFactor, configEntries }
      await asked.createTopics({ topics: [made], waitForLeaders: false })
      await untilKnown(asked, topic)
    })
  }

  function withTopic(name: TopicName): Promise<void> {
    const known = topics.get(name)
    if (known !== undefined) return known
    const made = makeTopic(name)
    topics.set(name, made)
    made.catch(() => topics.delete(name))
    return made
  }

  return {
    async messageBytesMax(name) {
      await withTopic(name)
      if (name !== 'access-events') return MESSAGE_BYTES_MAX
      // Somebody else may have made the topic, and may not tell us how.
      const taken = await admin
        .ask('reading the limits of a topic', (asked) => readLargest(asked, topicOf(name)))
        .catch(() => 0)
      return Math.max(MESSAGE_BYTES_MAX, Math.min(EVENTS_BYTES_MAX, taken - ENVELOPE_BYTES))
    },
    async publish(name, messages) {
      await withTopic(name)
      await outbox.publish(topicOf(name), messages)
    },
    async subscribe({ topic, group, from = 'oldest', handle }) {
      await withTopic(topic)
      const { sessionMs } = options.connection
      const limits = topic === 'access-events' ? EVENTS_BLOCK : BLOCK
      const reading = { topic: topicOf(topic), groupId: groupOf(topic, group) }
      const members: KafkaConsumer[] = []
      const join = async (client: Kafka) => {
        const handleBlock = (block: KafkaBlock) => handle(block.messages.map(toMessage))
        const blocks = formBlocks(admin, { ...reading, ...limits, handle: handleBlock })
        const member = await runKafkaConsumer(
          { kafka: client, log, onFailure },
          { ...reading, sessionMs, from, fetchBytesMax: limits.bytesMax, fetchBytesMin: limits.bytesMin, ...blocks },
        )
        members.push(member)
        consumers.push(member)
      }
      await Promise.all((SHARED_TOPICS.includes(topic) ? createMembers(options.connection, log) : [kafka]).map(join))
      return { close: async () => void (await Promise.all(members.map((member) => member.close()))) }
    },
    async share(name, group) {
      await withTopic(name)
      const topic = topicOf(name)
      let owned: readonly number[] | undefined
      const { sessionMs } = options.connection
      const consumer = await runKafkaConsumer(
        { kafka, log, onFailure },
        {
          ...{ topic, groupId: groupOf(name, group), sessionMs },
          handle: async ({ messages, hold }) => hold(BigInt(messages.at(-1)?.offset ?? 0) + 1n),
          onAssigned: (partitions) => {
            owned = partitions
          },
        },
      )
      consumers.push(consumer)
      const { topics: described } = await admin.ask(`counting the partitions of ${topic}`, (asked) =>
        asked.fetchTopicMetadata({ topics: [topic] }),
      )
      const of = described[0]?.partitions.length ?? 0
      return () => (owned === undefined ? undefined : { owned, of })
    },
    async lead(work) {
      await withTopic('leaders')
      const { sessionMs } = options.connection
      const seat = { topic: topicOf('leaders'), groupId: groupOf('leaders', work), sessionMs }
      const { consumer, leads } = await joinLeaders({ kafka, log, onFailure }, seat)
      seats.push(consumer)
      return leads
    },
    async lag(name, group) {
      await withTopic(name)
      const reading = { topic: topicOf(name), groupId: groupOf(name, group) }
      return admin.ask(`reading the lag of ${reading.groupId}`, (asked) => readLag(asked, reading))
    },
    async close() {
      // What the handlers still publish is taken.
      await Promise.all(consumers.map((consumer) => consumer.close()))
      await Promise.all(seats.map((seat) => seat.close()))
      await outbox.close()
      await admin.close()
    },
  }
}

/** Partitions are dealt out in the order of the members' names: every process has one before any has a second. */
function createMembers(connection: KafkaConnection, log: Log): Kafka[] {
  return Array.from({ length: MEMBERS_A_PROCESS }, (_, number) =>
    createKafkaClient({ ...connection, clientId: `${connection.clientId}.${number}` }, log),
  )
}

/** kafkajs's enum of these can't be imported from a module. */
const TOPIC_RESOURCE = 2

async function readLargest(admin: Admin, topic: string): Promise<number> {
  const resource = { type: TOPIC_RESOURCE, name: topic, configNames: [LARGEST] }
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] })
  return Number(resources[0]?.configEntries[0]?.configValue ?? 0)
}

/** A topic just made is not at once known. */
async function untilKnown(admin: Admin, topic: string): Promise<void> {
  for (let looks = 1; ; looks++) {
    try {
      await admin.fetchTopicMetadata({ topics: [topic] })
      return
    } catch (error) {
      if (looks === LOOKS_MAX || !isPassing(error)) throw error
    }
    await after(LOOK_EVERY_MS)
  }
}

function toMessage({ key, value, headers }: KafkaMessage): Message {
  const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text ?? '')] as const)
  return { key: key?.toString() ?? '', value: value ?? new Uint8Array(0), headers: Object.fromEntries(texts) }
}
