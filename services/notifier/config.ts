import { z } from 'zod'
import { type EnvAliases, normalizeEnv } from '../../shared/domain/env-aliases.ts'
import { durationSchema } from '../../shared/runtime/duration.ts'
import { isCron } from '../../shared/runtime/schedule.ts'
import {
  emailSchema,
  grafanaSchema,
  opsgenieSchema,
  pagerdutySchema,
  slackSchema,
  takesPresses,
  teamsSchema,
  WEBHOOK_SECRET,
  WEBHOOK_SECRET_HINT,
  webAddress,
  webhookSchema,
} from './channels-config.ts'
import type { Route } from './core/route-notice.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const REPEAT_MS_MIN = 5 * MINUTE_MS

/** The ways to reach people. */
export const CHANNEL_NAMES = ['slack', 'pagerduty', 'opsgenie', 'teams', 'email', 'webhook', 'grafana'] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

/** A channel, for Slack and mail with who is reached through it where that is not its usual: `slack:#checkout`. */
const targetSchema = z.string().regex(new RegExp(`^(${CHANNEL_NAMES.join('|')}|slack:[^\\s:]+|email:[^\\s:]+)$`), {
  error: `must be one of ${CHANNEL_NAMES.join(', ')}, or like slack:#channel, email:team@example.com`,
})

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)])

const routeSchema = z.strictObject({
  service: oneOrMore(z.string().min(1)).optional().describe('of these services; any when absent'),
  env: oneOrMore(z.string().min(1)).optional().describe('in these environments; any when absent'),
  severity: oneOrMore(z.enum(['critical', 'major', 'minor']))
    .optional()
    .describe('so bad; any when absent'),
  to: z.array(targetSchema).describe('slack, slack:#channel, pagerduty, …; an empty list says nothing'),
})

const MAINTENANCE_MS_MAX = 24 * HOUR_MS

const maintenanceSchema = z.strictObject({
  service: z.string().min(1).optional().describe('any when absent'),
  env: z.string().min(1).optional().describe('any when absent'),
  cron: z
    .string()
    .refine(isCron, 'must be five fields, minute hour day month weekday, of a time that comes')
    .describe('when it begins'),
  time_zone: z.string().refine(isTimeZone, 'is no time zone, such as Europe/Berlin').default('UTC'),
  for: durationSchema.refine((ms) => ms >= MINUTE_MS && ms <= MAINTENANCE_MS_MAX, 'must lie between 1m and 24h'),
  note: z.string().max(200).default('maintenance').describe('why'),
})

const rollbackSchema = z
  .strictObject({
    url: webAddress.describe('is asked to roll back, by a request signed as Standard Webhooks says'),
    secret: z.string().regex(WEBHOOK_SECRET, WEBHOOK_SECRET_HINT).optional(),
    secret_file: z.string().min(1).optional().describe('a file that holds it'),
    mode: z
      .enum(['button', 'automatic'])
      .default('button')
      .describe('button: a person starts it in Slack; automatic: it also starts by itself'),
    probability: z.number().min(0.9).max(1).default(0.95).describe('how sure the suspect must be to start by itself'),
    severity: z
      .array(z.enum(['critical', 'major', 'minor']))
      .min(1)
      .default(['critical'])
      .describe('how grave it must be to start by itself'),
    services: z.array(z.string().min(1)).optional().describe('only these; any when absent'),
    wait: durationSchema
      .default(2 * MINUTE_MS)
      .describe('how long people have before it starts by itself, counted from when it was seen'),
    cooldown: durationSchema.default(HOUR_MS).describe('between two rollbacks of one service'),
    daily_max: z.int().min(1).max(100).default(3).describe('rollbacks a day, of all services'),
    dry_run: z.boolean().default(true).describe('only say what would be asked, and ask nobody'),
  })
  .refine((own) => own.secret !== undefined || own.secret_file !== undefined, { error: 'set secret or secret_file' })

const settingsSchema = z.strictObject({
  slack: slackSchema.optional(),
  pagerduty: pagerdutySchema.optional(),
  opsgenie: opsgenieSchema.optional(),
  teams: teamsSchema.optional(),
  email: emailSchema.optional(),
  webhook: webhookSchema.optional(),
  grafana: grafanaSchema.optional(),
  routes: z.array(routeSchema).default([]).describe('who hears of what: the first that matches'),
  default: z.array(targetSchema).optional().describe('who hears of what no route matches; everybody when absent'),
  repeat: durationSchema
    .refine((ms) => ms === 0 || ms >= REPEAT_MS_MIN, 'must be 0s (never) or at least 5m')
    .default(4 * HOUR_MS)
    .describe('how often an open incident that nobody acknowledged is told again; 0s is never'),
  maintenance: z.array(maintenanceSchema).default([]).describe('times in which nothing is said of a service'),
  rollback: rollbackSchema.optional().describe('who is asked to roll back; nobody when absent'),
  heartbeat: z
    .strictObject({
      url: webAddress.describe('of a dead-man switch: what alarms when it is no longer called'),
      every: durationSchema.refine((ms) => ms >= 10_000, 'must be at least 10s').default(60_000),
    })
    .optional()
    .describe('who is told that all is well with us'),
  public_url: webAddress.optional().describe('where people reach this server, for links'),
  allowed_hosts: z
    .array(z.string().min(1))
    .default([])
    .describe('hosts that may be called though they are private, or without TLS'),
})

/** The `notify` key of the configuration. */
export const notifySchema = settingsSchema.superRefine((config, context) => {
  if (config.rollback?.mode === 'button' && !takesPresses(config.slack)) {
    const path = ['rollback', 'mode']
    const message = 'button: needs notify.slack with bot_token and signing_secret; or say automatic'
    context.addIssue({ code: 'custom', path, message })
  }
  const targets = [
    ...config.routes.flatMap(({ to }, index) =>
      to.map((target, at) => ({ target, path: ['routes', index, 'to', at] })),
    ),
    ...(config.default ?? []).map((target, at) => ({ target, path: ['default', at] })),
  ]
  for (const { target, path } of targets) {
    const name = findChannel(target)
    if (name !== undefined && config[name] === undefined)
      context.addIssue({ code: 'custom', path, message: `notify.${name} is not set up` })
  }
})
export type NotifyConfig = z.infer<typeof notifySchema>

/** What the notifier reads of one `services.{name}` entry. */
export const notifierServiceShape = {
  runbook: webAddress.optional().describe('what to do when it fails, for people'),
}

/** The channels that are set up. */
export function configuredChannels(config: NotifyConfig): ChannelName[] {
  return CHANNEL_NAMES.filter((name) => config[name] !== undefined)
}

/** Everywhere that something may be said. */
export function configuredTargets(config: NotifyConfig): string[] {
  const routed = config.routes.flatMap(({ to }) => to)
  return [...new Set([...configuredChannels(config), ...(config.default ?? []), ...routed])]
}

/** The channel of a target that was checked. */
export function channelOf(target: string): ChannelName {
  const name = findChannel(target)
  if (name === undefined) throw new Error(`no channel ${target}`)
  return name
}

function findChannel(target: string): ChannelName | undefined {
  const [before] = target.split(':', 1)
  return CHANNEL_NAMES.find((known) => known === before)
}

/** With environments under the names that incidents have. */
export function toRoutes({ routes }: NotifyConfig, envAliases: EnvAliases): Route[] {
  return routes.map(({ service, env, severity, to }) => ({
    targets: to,
    ...(service !== undefined && { services: service }),
    ...(env !== undefined && { envs: env.map((one) => normalizeEnv(one, envAliases)) }),
    ...(severity !== undefined && { severities: severity }),
  }))
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
