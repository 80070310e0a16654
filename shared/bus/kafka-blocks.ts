import type { KafkaMessage } from 'kafkajs'
import type { KafkaAdmin } from './kafka-admin.ts'
import type { Fetched } from './kafka-consumer.ts'

/** Messages of one partition that are next to each other. */
export interface KafkaBlock {
  readonly partition: number
  readonly firstOffset: bigint
  /** The first after the block. */
  readonly endOffset: bigint
  readonly messages: readonly KafkaMessage[]
}

export interface BlockOptions {
  readonly topic: string
  readonly groupId: string
  /** Of the values of a block; a message that is larger alone is a block alone. */
  readonly bytesMax: number
  /** In a block; as many as its bytes allow when absent. */
  readonly messagesMax?: number
  /** Resolves once the block is safe. One whose handling failed, or may have, is handed out again as it was, before anything after it. */
  readonly handle: (block: KafkaBlock) => Promise<void>
}

export interface KafkaBlocks {
  readonly handle: (fetched: Fetched) => Promise<void>
  /** The partitions were given out anew: others may have begun blocks in them. */
  readonly onAssigned: () => void
}

/** A block that was begun: these messages and no others, until it is done. */
interface Plan {
  readonly firstOffset: bigint
  readonly endOffset: bigint
}

/** What is known of a partition since it was given to us. */
interface Place {
  plan: Plan | undefined
  /** Of the plan's messages, those that came so far. */
  held: readonly KafkaMessage[]
}

/**
 * Before a block is handled, its end is noted beside the group's place in the partition. Whoever reads on from there, after a
 * crash or in another process, forms the same block again, however the broker hands the messages out then.
 */
export function formBlocks(admin: KafkaAdmin, options: BlockOptions): KafkaBlocks {
  const places = new Map<number, Place>()

  async function placeOf(partition: number): Promise<Place> {
    const known = places.get(partition)
    if (known !== undefined) return known
    const place = { plan: await readPlan(admin, options, partition), held: [] }
    places.set(partition, place)
    return place
  }

  return {
    handle: async (fetched) => handleInBlocks(await placeOf(fetched.partition), fetched, options),
    onAssigned: () => places.clear(),
  }
}

const offsetOf = (message: KafkaMessage | undefined) => BigInt(message?.offset ?? 0)

async function handleInBlocks(place: Place, fetched: Fetched, options: BlockOptions): Promise<void> {
  const { partition, commit, hold, mayGoOn } = fetched
  let messages = [...place.held, ...fetched.messages]
  place.held = []
  const endOffset = offsetOf(messages.at(-1)) + 1n
  while (messages.length > 0) {
    if (!mayGoOn()) return hold(offsetOf(messages[0]))
    const plan = stillMeant(place.plan, messages) ?? planBlock(messages, options)
    if (plan.endOffset > endOffset) {
      place.held = messages
      return hold(endOffset)
    }
    place.plan = plan
    // Whatever fails from here on, it is fetched again from its start.
    hold(offsetOf(messages[0]))
    await commit(plan.firstOffset, describePlan(plan))
    const { endOffset: end } = plan
    const block = messages.filter((message) => offsetOf(message) < end)
    // Those of an old plan may have been dropped since.
    if (block.length > 0) await options.handle({ partition, ...plan, messages: block })
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
function planBlock(messages: readonly KafkaMessage[], { bytesMax, messagesMax = Infinity }: BlockOptions): Plan {
  let bytes = 0
  const next = messages.findIndex(({ value }, index) => {
    bytes += value?.length ?? 0
    return index > 0 && (bytes > bytesMax || index === messagesMax)
  })
  return { firstOffset: offsetOf(messages[0]), endOffset: offsetOf(messages.at(next === -1 ? -1 : next - 1)) + 1n }
}

function describePlan({ endOffset }: Plan): string {
  return `until=${endOffset}`
}

async function readPlan(
  admin: KafkaAdmin,
  { topic, groupId }: Pick<BlockOptions, 'topic' | 'groupId'>,
  partition: number,
): Promise<Plan | undefined> {
  const [committed] = await admin.ask(`reading the place of ${groupId}`, (asked) =>
    asked.fetchOffsets({ groupId, topics: [topic] }),
  )
  const place = committed?.partitions.find((each) => each.partition === partition)
  const endOffset = /^until=(\d{1,19})$/.exec(place?.metadata ?? '')?.[1]
  if (place === undefined || endOffset === undefined) return undefined
  return { firstOffset: BigInt(place.offset), endOffset: BigInt(endOffset) }
}
