import { z } from 'zod'
import type { KafkaConnection } from '../../shared/bus/kafka-client.ts'
import { durationSchema } from '../../shared/runtime/duration.ts'
import { readTextFile } from './read-text-file.ts'

const saslSchema = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('how we say who we are'),
  username: z.string().min(1).describe('the user of the brokers'),
  password: z.string().min(1).describe('its password: best as CULPRIT_KAFKA__SASL__PASSWORD'),
})

/** The `kafka:` part of the configuration. */
export const kafkaSchema = z.strictObject({
  brokers: z
    .array(z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[^\s\]]+\]:\d{1,5}$/, 'write host:port'))
    .default([])
    .describe('some brokers of the cluster, each host:port'),
  client_id: z.string().min(1).default('culprit').describe('what the brokers know us as'),
  prefix: z
    .string()
    .regex(/^[\w.-]{0,100}$/, 'letters, digits, dots, dashes and underscores')
    .default('culprit.')
    .describe('before the names of our topics and groups'),
  tls: z.boolean().default(false).describe('whether to speak TLS with the brokers'),
  tls_ca_file: z.string().min(1).optional().describe('PEM file of the authorities to trust instead of the usual'),
  sasl: saslSchema.optional().describe('how to log in to the brokers'),
  session_timeout: durationSchema
    .default(15_000)
    .describe('how long a process may be silent before others take over its partitions; 6s or more on most clusters'),
  compression: z.enum(['none', 'gzip']).default('none').describe('of what we publish: gzip trades CPU for network'),
  partitions: z
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe('of the topic of access events, when we make it: as many writers can share the work'),
  replication_factor: z
    .int()
    .min(-1)
    .max(10)
    .default(-1)
    .describe('of topics that we make; -1 is what the cluster does by itself'),
})

export type KafkaConfig = z.infer<typeof kafkaSchema>

/** @throws InputError when the authorities' file can't be read. */
export async function readKafkaConnection(config: KafkaConfig): Promise<KafkaConnection> {
  const { brokers, client_id: clientId, tls, tls_ca_file: caFile, sasl, session_timeout: sessionMs } = config
  const ca = caFile === undefined ? undefined : await readTextFile(caFile)
  return { brokers, clientId, sessionMs, ...(tls && { tls: { ca } }), ...(sasl !== undefined && { sasl }) }
}
