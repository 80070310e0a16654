import type { KafkaBusDeps } from './kafka.ts'
import { openKafkaAdmin } from './kafka-admin.ts'
import { formBlocks, type KafkaBlock } from './kafka-blocks.ts'
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts'
import { registerCodecs } from './kafka-codecs.ts'
import { type KafkaConsumer, runKafkaConsumer } from './kafka-consumer.ts'
import type { TopicBlock, TopicReader } from './topic-reader.ts'

const BLOCK_BYTES_MAX = 2 * 1024 * 1024

export function createKafkaTopicReader(
  deps: KafkaBusDeps,
  options: { readonly connection: KafkaConnection; readonly prefix: string },
): TopicReader {
  registerCodecs()
  const kafka = createKafkaClient(options.connection, deps.log)
  const admin = openKafkaAdmin(kafka)
  const consumers: KafkaConsumer[] = []
  return {
    async read({ topic, group, handle }) {
      const groupId = `${options.prefix}${group}.${topic}`
      const reading = { topic, groupId, bytesMax: BLOCK_BYTES_MAX }
      const blocks = formBlocks(admin, { ...reading, handle: (block) => handle(toTopicBlock(block)) })
      const { sessionMs } = options.connection
      const consumer = await runKafkaConsumer({ kafka, ...deps }, { topic, groupId, sessionMs, ...blocks })
      consumers.push(consumer)
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()))
      await admin.close()
    },
  }
}

function toTopicBlock({ messages, ...range }: KafkaBlock): TopicBlock {
  return { ...range, values: messages.flatMap(({ value }) => (value === null ? [] : [value])) }
}
