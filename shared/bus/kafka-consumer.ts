import { setTimeout as after } from 'node:timers/promises'
import type { EachBatchPayload, Kafka, KafkaMessage, PartitionAssigner } from 'kafkajs'
import { OperationError } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import { isKafkaError, isPassing, toOperationError } from './kafka-client.ts'

export interface KafkaConsumerDeps {
  readonly kafka: Kafka
  readonly log: Log
  /** Called when messages can't be read any more, for a reason that waiting does not mend: the process must end. */
  readonly onFailure: (error: Error) => void
}

/** What a broker gave at once of one partition, from where the group is. */
export interface Fetched {
  readonly partition: number
  /** Earliest first; at least one. */
  readonly messages: readonly KafkaMessage[]
  /** Messages before this offset need not come again. `metadata` is kept beside it, for whoever reads on. */
  readonly commit: (nextOffset: bigint, metadata?: string) => Promise<void>
  /** Goes past these messages without saying that they need not come again. */
  readonly hold: (nextOffset: bigint) => void
  /** False once the partition may be another's, or we are to stop: what is not handled is left. */
  readonly mayGoOn: () => boolean
}

export interface KafkaConsumerOptions {
  readonly topic: string
  readonly groupId: string
  readonly sessionMs: number
  /** Where a group that is new begins; the oldest when absent. */
  readonly from?: 'oldest' | 'newest'
  readonly handle: (fetched: Fetched) => Promise<void>
  /** The partitions were given out anew: what is remembered of any may be out of date. */
  readonly onAssigned?: (partitions: readonly number[]) => void
  /** The group has answered: we are of it. */
  readonly onHeard?: () => void
  /** Of what a broker gives at once; it gives one larger message all the same. */
  readonly fetchBytesMax?: number
  /** A broker waits for so much, though no longer than half a second; for anything at all when absent. */
  readonly fetchBytesMin?: number
  /** Who gets which partition; kafkajs's own way when absent. */
  readonly assigner?: PartitionAssigner
}

export interface KafkaConsumer {
  /** Resolves once what was taken is handled. */
  close(): Promise<void>
}

/** So that a few may be lost. */
const HEARTBEATS_A_SESSION = 6
/** An idle consumer needs this long to stop. */
const FETCH_WAIT_MS_MAX = 500
const FETCH_BYTES_MAX = 8 * 1024 * 1024
const FIRST_WAIT_MS = 250
const WAIT_MS_MAX = 10_000

/**
 * Reads a topic as a member of a group, one partition at a time. What a handler refuses for now is fetched again after a
 * while; what it refuses for good, and what can't be read at all, ends in `onFailure`.
 */
export async function runKafkaConsumer(
  { kafka, log, onFailure }: KafkaConsumerDeps,
  options: KafkaConsumerOptions,
): Promise<KafkaConsumer> {
  const { topic, groupId, sessionMs, from, handle, onAssigned, onHeard, assigner } = options
  const { fetchBytesMax = FETCH_BYTES_MAX, fetchBytesMin = 1 } = options
  const stopping = new AbortController()
  const heartbeatMs = sessionMs / HEARTBEATS_A_SESSION
  let failures = 0
  let hasFailed = false

  function fail(error: Error): void {
    if (hasFailed) return
    hasFailed = true
    log.error({ error, topic }, 'the topic can no longer be read')
    onFailure(error)
  }

  async function waitAfterFailure(error: unknown): Promise<void> {
    if (!(error instanceof OperationError && error.retryable)) {
      fail(error instanceof Error ? error : new Error(String(error)))
      await untilAborted(stopping.signal)
      return
    }
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, WAIT_MS_MAX)
    failures += 1
    log.warn({ error, topic, waitMs }, 'messages were not handled; they come again')
    await after(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (payload.batch.messages.length === 0) return
    const heart = beatWhile(payload.heartbeat, heartbeatMs)
    try {
      await handle(toFetched(payload, () => heart.failure() === undefined))
      failures = 0
    } catch (error) {
      // A commit that came too late, or a lost connection: kafkajs joins the group anew.
      if (isKafkaError(error)) throw error
      await waitAfterFailure(error)
    } finally {
      heart.stop()
    }
    const failure = heart.failure()
    if (failure !== undefined) throw failure
  }

  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
    minBytes: fetchBytesMin,
    maxBytesPerPartition: fetchBytesMax,
    maxBytes: fetchBytesMax,
    retry: { restartOnFailure: async (error) => isPassing(error) },
    ...(assigner !== undefined && { partitionAssigners: [assigner] }),
  })
  consumer.on('consumer.crash', ({ payload }) => {
    const error = toOperationError(payload.error, `reading ${topic}`)
    if (payload.restart) log.warn({ error, topic }, 'reading the topic was interrupted; it goes on')
    else fail(error)
  })
  consumer.on('consumer.heartbeat', () => onHeard?.())
  consumer.on('consumer.group_join', ({ payload }) => {
    onHeard?.()
    onAssigned?.(payload.memberAssignment[topic] ?? [])
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: from !== 'newest' })
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
  } catch (error) {
    throw toOperationError(error, `reading ${topic}`)
  }
  return {
    async close() {
      stopping.abort()
      await consumer.disconnect()
    },
  }
}

function toFetched(payload: EachBatchPayload, isMember: () => boolean): Fetched {
  const { batch, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale } = payload
  const { topic, partition, messages } = batch
  const hold = (nextOffset: bigint) => resolveOffset(`${nextOffset - 1n}`)
  return {
    partition,
    messages,
    hold,
    async commit(nextOffset, metadata) {
      const position = { partition, offset: `${nextOffset}`, metadata: metadata ?? null }
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [position] }] })
      hold(nextOffset)
    },
    mayGoOn: () => isRunning() && !isStale() && isMember(),
  }
}

/** Tells the group that we live while a handler works, however long it takes. */
function beatWhile(heartbeat: () => Promise<void>, everyMs: number) {
  let failure: unknown
  const timer = setInterval(() => {
    heartbeat().catch((error: unknown) => {
      failure ??= error
    })
  }, everyMs)
  return { failure: () => failure, stop: () => clearInterval(timer) }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
