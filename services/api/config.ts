import { z } from 'zod'
import { DEFAULT_SENDER_SETTINGS } from './core/webhooks/sender-settings.ts'
import type { SenderAccess } from './io/webhooks/sender-access.ts'

const names = z.record(z.string(), z.string().min(1)).default({})
const patterns = z.array(z.string().min(1).max(200)).max(100)

const senderSchema = z.strictObject({
  secret: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe(
      'what its deliveries are signed with, several one a line: only as a variable, CULPRIT_WEBHOOKS__…__SECRET',
    ),
  secret_file: z
    .string()
    .min(1)
    .optional()
    .describe('a file that holds the secret; several, one a line, while one takes the place of another'),
  allow_unsigned: z.boolean().default(false).describe('whether to believe whatever comes when there is no secret'),
  service: z.string().min(1).optional().describe('its service: a template such as {repo}'),
  env: z.string().min(1).optional().describe('its environment: a template such as {environment}, or one name'),
  services: z
    .record(z.string(), z.union([z.string().min(1), z.literal(false)]))
    .default({})
    .describe('from its names (repository, app, project…) to services; false ignores it'),
  envs: names.describe('from its environments to ours'),
  deploys: patterns
    .default([...DEFAULT_SENDER_SETTINGS.deploys])
    .describe('patterns of the runs that deploy, such as "deploy*"'),
  config_paths: patterns.default([]).describe('patterns of files whose change is a change of configuration'),
})

const sender = senderSchema.optional()

/** The `webhooks` key of the configuration: what is known of each sender. */
export const webhooksConfig = z.strictObject({
  github: sender,
  gitlab: sender,
  argocd: sender,
  flux: sender,
  kubernetes: sender,
  jenkins: sender,
  circleci: sender,
  bitbucket: sender,
  buildkite: sender,
  spinnaker: sender,
  terraform: sender,
  launchdarkly: sender,
  codedeploy: sender,
  pagerduty: sender,
  sentry: sender,
  datadog: sender,
  grafana: sender,
  azure_devops: sender,
  cloudevents: sender,
  cdevents: sender,
  standard: sender,
})

export type SenderConfig = z.infer<typeof senderSchema>

/** `file` is the text of `secret_file`, where one is set. */
export function toSenderAccess(config: SenderConfig, file: string | undefined, isLoopback: boolean): SenderAccess {
  const { service, env, services, envs, deploys, config_paths: configPaths } = config
  const secrets = [config.secret, file].flatMap((text) => text?.split('\n') ?? []).map((line) => line.trim())
  return {
    secrets: secrets.filter((line) => line !== ''),
    allowUnsigned: config.allow_unsigned || isLoopback,
    settings: {
      ...(service !== undefined && { service }),
      ...(env !== undefined && { env }),
      services,
      envs,
      deploys,
      configPaths,
    },
  }
}
