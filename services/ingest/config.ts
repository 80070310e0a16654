import { z } from 'zod'
import { InputError } from '../../shared/runtime/errors.ts'
import { parseFilePattern } from './core/file-pattern.ts'
import type { Privacy } from './core/privacy.ts'

/** The `ingest:` part of the configuration. */
export const ingestConfig = z.strictObject({
  max_services: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('services told apart; requests of further ones are counted under __other__'),
  max_routes_per_service: z
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe('routes told apart in one service; requests of further ones are counted under __other__'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('threads that parse log lines; by default one fewer than the machine has cores, at most 8'),
})

const SOURCES_MAX = 64

/** How the lines of a source are read. */
const sourceShape = {
  format: z.string().min(1).default('auto').describe("the lines' format: a name, or an nginx log_format string"),
  service: z.string().min(1).optional().describe('the service that the lines are of'),
  service_from: z.string().min(1).optional().describe('what tells services apart: virtual_host, upstream or path:N'),
}

const fileSourceConfig = z.strictObject({
  path: z
    .string()
    .refine((path) => parseFilePattern(path) !== undefined, 'name a file; only its last part may hold * and ?')
    .describe('the file; * and ? in its last part stand for any characters, packed files are left out'),
  from: z
    .enum(['beginning', 'end'])
    .default('end')
    .describe('where reading begins in files that are there at the very first start'),
  ...sourceShape,
})

const syslogSourceConfig = z.strictObject({
  protocol: z.enum(['udp', 'tcp']).default('udp').describe('udp loses messages under load; tcp makes senders wait'),
  host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  port: z.int().min(0).max(65_535).describe('port to listen on'),
  ...sourceShape,
})

const kafkaSourceConfig = z.strictObject({
  topic: z.string().min(1).max(249).describe('whose messages are log lines, one or several each'),
  ...sourceShape,
})

/** The `sources:` part of the configuration: where lines come from, beside HTTP. */
export const sourcesConfig = z.strictObject({
  files: z
    .array(fileSourceConfig)
    .max(SOURCES_MAX)
    .default([])
    .describe('log files that are followed as they grow, through rotation and restarts'),
  syslog: z
    .array(syslogSourceConfig)
    .max(SOURCES_MAX)
    .default([])
    .describe('ports that take syslog, RFC 3164 or 5424, as nginx sends with access_log syslog:server='),
  kafka: z
    .array(kafkaSourceConfig)
    .max(SOURCES_MAX)
    .default([])
    .describe('topics of log lines, on the brokers under kafka, from their oldest line'),
})

const CLIENT_KEY_CHARACTERS_MIN = 16

/** The `privacy:` part of the configuration: what is kept of who asked, and for what. */
export const privacyConfig = z
  .strictObject({
    client: z
      .enum(['truncated', 'hashed', 'full'])
      .default('truncated')
      .describe("clients' addresses: truncated to /24 and /48, hashed with a key, or full"),
    client_key: z
      .string()
      .min(CLIENT_KEY_CHARACTERS_MIN)
      .optional()
      .describe('the key of hashed, at least 16 characters: best as CULPRIT_PRIVACY__CLIENT_KEY'),
    client_key_file: z.string().min(1).optional().describe('a file that holds the key of hashed'),
    keep_query: z
      .array(z.string().min(1).max(64))
      .max(64)
      .default([])
      .describe('query parameters that stay on stored paths; all others are dropped'),
  })
  .refine(
    ({ client, client_key, client_key_file }) =>
      client !== 'hashed' || client_key !== undefined || client_key_file !== undefined,
    {
      path: ['client'],
      error: 'hashed needs a key: set client_key_file, or the variable CULPRIT_PRIVACY__CLIENT_KEY',
    },
  )

export type PrivacyConfig = z.infer<typeof privacyConfig>

/**
 * `keyFile` is the text of `client_key_file`, where one is set.
 * @throws InputError when it is too short to be a key.
 */
export function toPrivacy(config: PrivacyConfig, keyFile: string | undefined): Privacy {
  const clientKey = keyFile?.trim() ?? config.client_key
  if (keyFile !== undefined && (clientKey ?? '').length < CLIENT_KEY_CHARACTERS_MIN)
    throw new InputError(
      `${config.client_key_file}: holds no key: write at least ${CLIENT_KEY_CHARACTERS_MIN} random characters into it`,
    )
  return { client: config.client, keepQuery: config.keep_query, ...(clientKey !== undefined && { clientKey }) }
}

export type IngestConfig = z.infer<typeof ingestConfig>
