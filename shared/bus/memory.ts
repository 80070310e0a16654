import { OperationError } from '../runtime/errors.ts'
import type { Bus, Message, Subscription } from './bus.ts'
import { EVENTS_BYTES_MAX, type TopicName } from './topics.ts'

export interface MemoryBusLimits {
  /** Of values published and not yet handled, over all topics. */
  readonly pendingBytesMax: number
}

/**
 * Connects the services of one process. Nothing outlives it: `publish` resolves once every subscriber has handled the
 * messages, and rejects as they do, so whoever publishes knows what is safe and tries again.
 */
export function createMemoryBus(limits: MemoryBusLimits): Bus {
  const subscriptions = new Set<Subscription>()
  /** The end of the work under way, by topic and key. */
  const tails = new Map<string, Promise<unknown>>()
  const pendingByTopic = new Map<TopicName, number>()
  let pendingBytes = 0
  let isClosed = false

  function admit(topic: TopicName, messages: readonly Message[], bytes: number): void {
    if (isClosed) throw refusal('bus_closed', 'the bus is closed')
    // One alone may be larger than the bound, or it would never pass.
    if (pendingBytes > 0 && pendingBytes + bytes > limits.pendingBytesMax)
      throw refusal('bus_full', `${topic}: more than ${limits.pendingBytesMax} bytes wait to be handled`)
    pendingBytes += bytes
    pendingByTopic.set(topic, (pendingByTopic.get(topic) ?? 0) + messages.length)
  }

  async function deliver(topic: TopicName, messages: readonly Message[]): Promise<void> {
    for (const subscription of subscriptions) {
      if (subscription.topic === topic) await subscription.handle(messages)
    }
  }

  /** After what was published before under the same key. */
  function inTurn(topic: TopicName, messages: readonly Message[]): Promise<void> {
    const keys = [...new Set(messages.map(({ key }) => `${topic}\n${key}`))]
    const before = Promise.allSettled(keys.map((key) => tails.get(key)))
    const work = before.then(() => deliver(topic, messages))
    const tail = work.catch(() => {})
    for (const key of keys) tails.set(key, tail)
    return work.finally(() => {
      for (const key of keys) if (tails.get(key) === tail) tails.delete(key)
    })
  }

  return {
    messageBytesMax: async () => EVENTS_BYTES_MAX,
    async publish(topic, messages) {
      if (messages.length === 0) return
      const bytes = messages.reduce((total, { value }) => total + value.length, 0)
      admit(topic, messages, bytes)
      try {
        await inTurn(topic, messages)
      } finally {
        pendingBytes -= bytes
        pendingByTopic.set(topic, (pendingByTopic.get(topic) ?? 0) - messages.length)
      }
    },
    async subscribe(subscription) {
      subscriptions.add(subscription)
      return {
        async close() {
          subscriptions.delete(subscription)
          await Promise.allSettled([...tails.values()])
        },
      }
    },
    async share() {
      return () => ({ owned: [0], of: 1 })
    },
    async lead() {
      return () => true
    },
    async lag(topic) {
      return pendingByTopic.get(topic) ?? 0
    },
    async close() {
      isClosed = true
      await Promise.allSettled([...tails.values()])
    },
  }
}

function refusal(code: string, message: string): OperationError {
  return new OperationError(`bus: ${message}`, { code, retryable: true })
}
