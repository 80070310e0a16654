import { existsSync } from 'node:fs'
import { z } from 'zod'
import { durationSchema } from '../../shared/runtime/duration.ts'
import { InputError } from '../../shared/runtime/errors.ts'
import { loadConfig } from '../../shared/runtime/load-config.ts'
import { LOG_LEVELS } from '../../shared/runtime/log-level.ts'
import { SCOPES } from '../../shared/runtime/scopes.ts'
import { toSenderAccess, webhooksConfig } from '../api/config.ts'
import type { WebhooksConfig } from '../api/io/webhooks/sender-access.ts'
import { correlationSchema, correlatorServiceShape, toCorrelatorSettings } from '../correlator/config.ts'
import type { CorrelatorSettings } from '../correlator/core/settings.ts'
import {
  detectionSchema,
  type LatenessClass,
  latenessClasses,
  serviceDetectionSchema,
  toDetectorSettings,
} from '../detector/config.ts'
import type { DetectorSettings } from '../detector/core/settings.ts'
import { ingestConfig, privacyConfig, sourcesConfig, toPrivacy } from '../ingest/config.ts'
import type { Privacy } from '../ingest/core/privacy.ts'
import { configuredChannels, notifierServiceShape, notifySchema, toRoutes } from '../notifier/config.ts'
import type { NotifierSettings } from '../notifier/core/settings.ts'
import { clickhouseSchema } from './clickhouse-config.ts'
import { kafkaSchema } from './kafka-config.ts'
import { readTextFile } from './read-text-file.ts'

const SECOND_MS = 1_000
const DAY_MS = 24 * 3_600_000

/** How long a lasting store keeps what. A replay keeps everything, for as long as it runs. */
const retentionSchema = z.strictObject({
  events: durationSchema.default(7 * DAY_MS).describe('access events, row by row'),
  cells_10s: durationSchema.default(3 * DAY_MS).describe('counts by ten seconds'),
  cells_1m: durationSchema.default(60 * DAY_MS).describe('counts by the minute'),
})

const listenSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  port: z.int().min(0).max(65_535).default(8080).describe('port to listen on; 0 takes a free one'),
  requests_per_minute: z
    .int()
    .min(1)
    .default(6_000)
    .describe('how often one client may ask; events that come in are not counted'),
  cors_origins: z
    .array(z.string().regex(/^https?:\/\/[^/*]+$/, 'must be one site, such as https://ops.example'))
    .default([])
    .describe('other sites whose pages may use the API from a browser'),
  drain: durationSchema
    .default(SECOND_MS)
    .describe('how long, asked to stop, it says not ready before it takes no more requests'),
})

/** The whole configuration: each service's slice under its own key. */
const tokenSchema = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the token, 64 hexadecimal digits')
    .describe('of the token: printf %s "$TOKEN" | sha256sum'),
  scopes: z.array(z.enum(SCOPES)).min(1).describe('what it is for'),
})

const settingsSchema = z.strictObject({
  listen: listenSchema.prefault({}),
  tokens: z
    .record(z.string(), tokenSchema)
    .default({})
    .describe('who may use the API; none: this machine alone, for everything'),
  data_directory: z.string().min(1).default('./data').describe('where the embedded engine keeps everything'),
  log_level: z.enum(LOG_LEVELS).default('warn').describe('what is worth a line in the log'),
  bus: z
    .enum(['memory', 'kafka'])
    .default('memory')
    .describe('what connects the services: memory within one process, or kafka between many'),
  kafka: kafkaSchema.prefault({}),
  clickhouse: clickhouseSchema.prefault({}),
  sources: sourcesConfig.prefault({}),
  ingest: ingestConfig.prefault({}),
  privacy: privacyConfig.prefault({}),
  detection: detectionSchema.prefault({}),
  correlation: correlationSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  notify: notifySchema.prefault({}),
  webhooks: webhooksConfig.prefault({}),
  services: z
    .record(
      z.string(),
      z.strictObject({
        ...correlatorServiceShape,
        ...notifierServiceShape,
        detection: serviceDetectionSchema.optional(),
      }),
    )
    .default({}),
})

const configSchema = settingsSchema.refine(
  ({ bus, sources, kafka }) => kafka.brokers.length > 0 || (bus === 'memory' && sources.kafka.length === 0),
  { path: ['kafka', 'brokers'], error: 'none: name some, such as [kafka-1:9092]' },
)

export type CulpritConfig = z.infer<typeof configSchema>

/** Files of settings are copied, mailed and committed. */
const SECRETS = /^webhooks\.\w+\.secret$/
const DEFAULT_FILE = 'culprit.yaml'

/** The configuration from `path`, else from `culprit.yaml` in this directory, else the defaults; the environment over it. */
export async function readConfig(
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CulpritConfig> {
  const file = path ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  if (file === undefined) return loadConfig(configSchema, { environment })
  return loadConfig(configSchema, {
    file: { path: file, text: await readTextFile(file) },
    environment,
    notInFile: SECRETS,
  })
}

/** The privacy settings with their key, which may be in a file. */
export async function readPrivacy({ privacy }: CulpritConfig): Promise<Privacy> {
  const file = privacy.client_key_file
  return toPrivacy(privacy, file === undefined ? undefined : await readTextFile(file))
}

/** What is known of each sender of webhooks, with its secrets, which may be in files. Loopback alone needs none. */
export async function readWebhooks(config: CulpritConfig): Promise<WebhooksConfig> {
  const isLoopback = /^(?:localhost|127\.[\d.]+|::1)$/.test(config.listen.host)
  const senders: Record<string, WebhooksConfig['senders'][string]> = {}
  for (const [name, sender] of Object.entries(config.webhooks)) {
    if (sender === undefined) continue
    const file = sender.secret_file
    const access = toSenderAccess(sender, file === undefined ? undefined : await readTextFile(file), isLoopback)
    if (file !== undefined && access.secrets.length === 0)
      throw new InputError(`${file}: holds no secret: write webhooks.${name}'s into it`)
    senders[name] = access
  }
  return { senders, allowUnsigned: isLoopback, envAliases: correlatorSettings(config).envAliases }
}

export function detectorSettings(config: CulpritConfig): DetectorSettings {
  return toDetectorSettings(config.detection, ownDetection(config))
}

/** Which services are judged how long after their cells' end. */
export function detectorLateness(config: CulpritConfig): LatenessClass[] {
  return latenessClasses(config.detection, ownDetection(config))
}

function ownDetection({ services }: CulpritConfig) {
  const own = Object.entries(services).flatMap(([name, service]) =>
    service.detection === undefined ? [] : ([[name, service.detection]] as const),
  )
  return new Map(own)
}

export function correlatorSettings({ correlation, services }: CulpritConfig): CorrelatorSettings {
  return toCorrelatorSettings(correlation, services)
}

export function notifierSettings(config: CulpritConfig): NotifierSettings {
  const { notify, correlation, services } = config
  const runbooks = Object.entries(services).flatMap(([name, { runbook }]) =>
    runbook === undefined ? [] : ([[name, runbook]] as const),
  )
  const { envAliases } = correlatorSettings(config)
  return {
    routes: toRoutes(notify, envAliases),
    defaultTargets: notify.default ?? configuredChannels(notify),
    repeatMs: notify.repeat === 0 ? null : notify.repeat,
    blameAt: correlation.blame_at,
    publicUrl: notify.public_url?.replace(/\/+$/, '') ?? null,
    runbooks: Object.fromEntries(runbooks),
    envAliases,
  }
}
