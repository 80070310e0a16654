import kafkajs, { Kafka, logLevel, type SASLOptions } from 'kafkajs'
import { OperationError } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'

export interface KafkaConnection {
  /** `host:port`, of some brokers of the cluster. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** A member of a group that is silent for longer is taken for dead, and its partitions are given to others. */
  readonly sessionMs: number
  readonly tls?: {
    /** PEM; the authorities of the system when absent. */
    readonly ca?: string | undefined
  }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
}

const RETRIES_MAX = 4
const FIRST_RETRY_MS = 200
const RETRY_MS_MAX = 4_000
const CONNECT_MS_MAX = 3_000
const REQUEST_MS_MAX = 15_000

/** What kafkajs says of itself, good or bad, is for debugging: what matters reaches us as events and errors. */
export function createKafkaClient(connection: KafkaConnection, log: Log): Kafka {
  const { brokers, clientId, tls, sasl } = connection
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls !== undefined && { ssl: tls.ca === undefined ? true : { ca: [tls.ca] } }),
    ...(sasl !== undefined && { sasl: saslOptions(sasl) }),
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: { retries: RETRIES_MAX, initialRetryTime: FIRST_RETRY_MS, maxRetryTime: RETRY_MS_MAX },
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, log: { message } }) =>
        log.debug({ namespace }, `kafka: ${message}`),
  })
}

/** Each mechanism its own type, as kafkajs wants it. */
function saslOptions({ mechanism, username, password }: NonNullable<KafkaConnection['sasl']>): SASLOptions {
  if (mechanism === 'plain') return { mechanism, username, password }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password }
  return { mechanism, username, password }
}

/** What kafkajs threw, as our error: retryable where the network or the cluster may recover. */
export function toOperationError(error: unknown, doing: string): OperationError {
  if (error instanceof OperationError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new OperationError(`kafka: ${doing}: ${message}`, {
    code: 'kafka_failed',
    retryable: isPassing(error),
    cause: error,
  })
}

/** Whether kafkajs itself found fault: with the network, the cluster, or what it was given to read. */
export function isKafkaError(error: unknown): error is kafkajs.KafkaJSError {
  // Not among the names that Node finds in a CommonJS module.
  return error instanceof kafkajs.KafkaJSError
}

/** Whether the same may go well later: the deepest cause says, as each layer of retries wraps what it gave up on. */
export function isPassing(error: unknown): boolean {
  if (!isKafkaError(error)) return false
  // The cluster is still choosing one, which takes a busy one longer than kafkajs asks for.
  if (error.name === 'KafkaJSGroupCoordinatorNotFound') return true
  return isKafkaError(error.cause) ? isPassing(error.cause) : error.retriable
}
