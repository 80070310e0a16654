import type { Admin } from 'kafkajs'

/** How many messages of `topic` the group has not handled yet. */
export async function readLag(admin: Admin, { topic, groupId }: { topic: string; groupId: string }): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic)
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] })
  const reached = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  return ends.reduce((total, { partition, low, high }) => {
    const next = Math.max(reached.get(partition) ?? -1, Number(low))
    return total + Number(high) - next
  }, 0)
}
