import type { TopicName } from './topics.ts'

/** What a topic of ours is called on the cluster. */
export function topicOnKafka(prefix: string, topic: TopicName): string {
  return `${prefix}${topic}`
}

/** A group of its own for each topic: kafkajs wants the members of a group to read the same ones. */
export function groupOnKafka(prefix: string, topic: TopicName, group: string): string {
  return `${prefix}${group}.${topic}`
}
