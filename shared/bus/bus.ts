import type { TopicName } from './topics.ts'

/** What one service tells the others. */
export interface Message {
  /** Messages of one key are handled in the order they were published. */
  readonly key: string
  readonly value: Uint8Array
  /** Short; ASCII. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Gets messages in order, those of one key never at the same time. Resolves once what they say is safe. Messages whose handling
 * failed, or may have, are delivered again, the same ones together and before any after them: handling them twice must do no more
 * than handling them once.
 */
export type MessageHandler = (messages: readonly Message[]) => Promise<void>

export interface Subscription {
  readonly topic: TopicName
  /** Each group gets every message once; members of one group share them. */
  readonly group: string
  /** Where a group that is new begins: with the oldest message there is, unless told otherwise. */
  readonly from?: 'oldest' | 'newest'
  readonly handle: MessageHandler
}

export interface Subscribed {
  /** Takes nothing more, and resolves once what was taken is handled. */
  close(): Promise<void>
}

/** The part of some work that falls to this process: `owned` of `of` equal parts, numbered from 0. */
export interface Share {
  readonly owned: readonly number[]
  readonly of: number
}

/** What connects the services, inside one process or between many. */
export interface Bus {
  /** Of a message's value on that topic. What is larger is cut by who publishes it, at places that only the content decides. */
  messageBytesMax(topic: TopicName): Promise<number>
  /**
   * Resolves once the messages are safe: acknowledged by the broker, or handled by every subscriber in this process.
   * Rejects with an OperationError; a retryable one says that nothing of it may count as published.
   */
  publish(topic: TopicName, messages: readonly Message[]): Promise<void>
  subscribe(subscription: Subscription): Promise<Subscribed>
  /**
   * Joins those who share the topic's partitions as a group, without reading any. What is returned says which are ours by
   * now; undefined before any were given out. For a while after others come or go, two may believe that a part is theirs.
   */
  share(topic: TopicName, group: string): Promise<() => Share | undefined>
  /**
   * Joins those of whom one at a time does some work. What is returned says whether that is us now; false before it is
   * settled. Who does it goes on until it closes or is silent for long; then another does. For a moment both may believe they do.
   */
  lead(work: string): Promise<() => boolean>
  /** Messages of the topic that the group has yet to handle. */
  lag(topic: TopicName, group: string): Promise<number>
  /** Takes nothing more, and resolves once what was taken is handled. */
  close(): Promise<void>
}
