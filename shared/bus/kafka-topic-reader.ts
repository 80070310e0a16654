import type { KafkaMessage } from 'kafkajs'
import type { KafkaBusDeps } from './kafka.ts'
import { type KafkaAdmin, openKafkaAdmin } from './kafka-admin.ts'
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts'
import { registerCodecs } from './kafka-codecs.ts'
import { type Fetched, type KafkaConsumer, runKafkaConsumer } from './kafka-consumer.ts'
import type { TopicBlock, TopicReader, TopicReading } from './topic-reader.ts'

/** A block that was begun: these messages and no others, until it is done. */
interface Plan {
  readonly firstOffset: bigint
  readonly endOffset: bigint
}

/** What is known of a partition since it was given to us. */
interface Place {
  plan: Plan | undefined
  /** Of the plan's messages, those that came so far. */
  held: KafkaMessage[]
}

const BLOCK_BYTES_MAX = 2 * 1024 * 1024

/**
 * Before a block is handled, its end is noted beside the group's place in the partition. Whoever reads on from there, after a
 * crash or in another process, forms the same block again, however the broker hands the messages out then.
 */
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
      const places = new Map<number, Place>()
      const placeOf = async (partition: number): Promise<Place> => {
        const known = places.get(partition)
        if (known !== undefined) return known
        const place = { plan: await readPlan(admin, { topic, groupId, partition }), held: [] }
        places.set(partition, place)
        return place
      }
      const consumer = await runKafkaConsumer(
        { kafka, ...deps },
        {
          topic,
          groupId,
          sessionMs: options.connection.sessionMs,
          handle: async (fetched) => handleInBlocks(await placeOf(fetched.partition), fetched, handle),
          onAssigned: () => places.clear(),
        },
      )
      consumers.push(consumer)
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()))
      await admin.close()
    },
  }
}

const offsetOf = (message: KafkaMessage | undefined) => BigInt(message?.offset ?? 0)

async function handleInBlocks(place: Place, fetched: Fetched, handle: TopicReading['handle']): Promise<void> {
  const { partition, commit, hold, mayGoOn } = fetched
  let messages = [...place.held, ...fetched.messages]
  place.held = []
  const endOffset = offsetOf(messages.at(-1)) + 1n
  while (messages.length > 0) {
    if (!mayGoOn()) return hold(offsetOf(messages[0]))
    const plan = stillMeant(place.plan, messages) ?? planBlock(messages)
    if (plan.endOffset > endOffset) {
      place.held = messages
      return hold(endOffset)
    }
    place.plan = plan
    // What came before it is done; should this one fail, it is fetched again from its start.
    await commit(plan.firstOffset, describePlan(plan))
    const isOurs = (message: KafkaMessage) => offsetOf(message) < plan.endOffset
    const block = messages.filter(isOurs)
    // Those of an old plan may have been dropped since.
    if (block.length > 0) await handle(toBlock(partition, plan, block))
    place.plan = undefined
    messages = messages.slice(block.length)
  }
  await commit(endOffset)
}

/** A plan from before the topic was made anew means nothing. */
function stillMeant(plan: Plan | undefined, messages: readonly KafkaMessage[]): Plan | undefined {
  return plan !== undefined && offsetOf(messages[0]) >= plan.firstOffset ? plan : undefined
}

/** As many messages as make a block. */
function planBlock(messages: readonly KafkaMessage[]): Plan {
  let bytes = 0
  const next = messages.findIndex(({ value }, index) => {
    bytes += value?.length ?? 0
    return index > 0 && bytes > BLOCK_BYTES_MAX
  })
  return { firstOffset: offsetOf(messages[0]), endOffset: offsetOf(messages.at(next === -1 ? -1 : next - 1)) + 1n }
}

function toBlock(partition: number, plan: Plan, messages: readonly KafkaMessage[]): TopicBlock {
  return { partition, ...plan, values: messages.flatMap(({ value }) => (value === null ? [] : [value])) }
}

function describePlan({ endOffset }: Plan): string {
  return `until=${endOffset}`
}

async function readPlan(
  admin: KafkaAdmin,
  of: { topic: string; groupId: string; partition: number },
): Promise<Plan | undefined> {
  const { topic, groupId, partition } = of
  const [committed] = await admin.ask(`reading the place of ${groupId}`, (asked) =>
    asked.fetchOffsets({ groupId, topics: [topic] }),
  )
  const place = committed?.partitions.find((each) => each.partition === partition)
  const endOffset = /^until=(\d{1,19})$/.exec(place?.metadata ?? '')?.[1]
  if (place === undefined || endOffset === undefined) return undefined
  return { firstOffset: BigInt(place.offset), endOffset: BigInt(endOffset) }
}
