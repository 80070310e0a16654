import { CompressionTypes, type Kafka, Partitioners, type Producer, type TopicMessages } from 'kafkajs'
import { OperationError } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import type { Message } from './bus.ts'
import { toOperationError } from './kafka-client.ts'
import { MESSAGE_BYTES_MAX } from './topics.ts'

export interface Outbox {
  /** Resolves once every message is on all replicas that are in sync. */
  publish(topic: string, messages: readonly Message[]): Promise<void>
  /** Takes nothing more, and resolves once what was taken is sent or refused. */
  close(): Promise<void>
}

interface Waiting {
  readonly topic: string
  readonly message: Message
  readonly publication: Publication
}

interface Publication {
  unsent: number
  readonly resolve: () => void
  readonly reject: (error: OperationError) => void
}

/** Sends in the order of publishing, one request at a time; what is published meanwhile goes together in the next. */
export function createOutbox(
  { kafka, log }: { readonly kafka: Kafka; readonly log: Log },
  options: { readonly pendingBytesMax: number; readonly compression: 'none' | 'gzip' },
): Outbox {
  const compression = options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None
  let waiting: Waiting[] = []
  let pendingBytes = 0
  let producer: Producer | undefined
  let sending: Promise<void> | undefined
  let isClosed = false

  async function connect(): Promise<Producer> {
    if (producer !== undefined) return producer
    const made = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner })
    producer = made
    await made.connect()
    return made
  }

  /**
   * A producer that failed once is not used again. Of what it sent, part may be stored, and kafkajs counts that as not sent:
   * the broker would take the next messages, under the same sequence numbers, for repetitions, and drop them.
   */
  async function abandonProducer(): Promise<void> {
    const failed = producer
    producer = undefined
    await failed?.disconnect().catch(() => {})
  }

  function takeBatch(): Waiting[] {
    let bytes = 0
    // A batch may be no larger than a message may.
    const end = waiting.findIndex(({ message }, index) => {
      bytes += message.value.length
      return index > 0 && bytes > MESSAGE_BYTES_MAX
    })
    return waiting.splice(0, end === -1 ? waiting.length : end)
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    try {
      const connected = await connect()
      await connected.sendBatch({ acks: -1, compression, topicMessages: groupByTopic(batch) })
      for (const { publication } of batch) {
        publication.unsent -= 1
        if (publication.unsent === 0) publication.resolve()
      }
    } catch (error) {
      await abandonProducer()
      refuse(new Set(batch.map(({ publication }) => publication)), error)
    }
  }

  function refuse(publications: ReadonlySet<Publication>, error: unknown): void {
    const failure = toOperationError(error, 'publish')
    log.warn({ error: failure }, 'messages were not published; their sender tries again')
    // Of several, it is not known whose fault it was: alone, each would learn.
    const told = publications.size === 1 ? failure : refusal('kafka_failed', failure.message, failure)
    waiting = waiting.filter(({ publication }) => !publications.has(publication))
    for (const publication of publications) publication.reject(told)
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) await send(takeBatch())
    sending = undefined
  }

  return {
    async publish(topic, messages) {
      if (messages.length === 0) return
      const bytes = messages.reduce((total, { value }) => total + value.length, 0)
      if (isClosed) throw refusal('bus_closed', 'the bus is closed')
      // One alone may be larger than the bound, or it would never pass.
      if (pendingBytes > 0 && pendingBytes + bytes > options.pendingBytesMax)
        throw refusal('bus_full', `${topic}: more than ${options.pendingBytesMax} bytes wait to be sent`)
      pendingBytes += bytes
      try {
        await new Promise<void>((resolve, reject) => {
          const publication = { unsent: messages.length, resolve, reject }
          for (const message of messages) waiting.push({ topic, message, publication })
          sending ??= sendAll()
        })
      } finally {
        pendingBytes -= bytes
      }
    },
    async close() {
      isClosed = true
      await sending
      await producer?.disconnect()
    },
  }
}

function groupByTopic(batch: readonly Waiting[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages['messages']>()
  for (const { topic, message } of batch) {
    const messages = byTopic.get(topic) ?? []
    byTopic.set(topic, messages)
    const { buffer, byteOffset, length } = message.value
    messages.push({ key: message.key, value: Buffer.from(buffer, byteOffset, length), headers: message.headers })
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }))
}

function refusal(code: string, message: string, cause?: unknown): OperationError {
  return new OperationError(`bus: ${message}`, { code, retryable: true, cause })
}
