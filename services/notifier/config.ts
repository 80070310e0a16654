import { z } from 'zod'
import { durationSchema } from '../../shared/runtime/duration.ts'
import type { Route } from './core/route-notice.ts'

const HOUR_MS = 3_600_000
const REPEAT_MS_MIN = 5 * 60_000

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an address such as https://example.com/path' })
const secret = z.string().min(8, 'is too short to be right')

const slackSchema = z
  .strictObject({
    bot_token: secret.optional().describe('of a Slack app with chat:write and files:write'),
    bot_token_file: z.string().min(1).optional().describe('a file that holds it'),
    channel: z.string().min(1).optional().describe('where the bot writes: #incidents, or its id'),
    signing_secret: secret.optional().describe('of the app: lets its buttons reach /webhooks/slack/interactions'),
    signing_secret_file: z.string().min(1).optional().describe('a file that holds it'),
    webhook_url: webAddress.optional().describe('an incoming webhook: messages with links, without buttons and edits'),
    webhook_url_file: z.string().min(1).optional().describe('a file that holds it'),
    api_url: webAddress.default('https://slack.com/api/').describe("Slack's interface; GovSlack has its own"),
  })
  .refine((slack) => !hasBot(slack) || slack.channel !== undefined, {
    path: ['channel'],
    error: 'is missing: say where the bot writes, such as #incidents',
  })
  .refine((slack) => hasBot(slack) || slack.webhook_url !== undefined || slack.webhook_url_file !== undefined, {
    error: 'set bot_token and channel, or webhook_url',
  })

/** The ways to reach people; a target of a route is one of them, for Slack with a channel after a colon if another is meant. */
const CHANNEL_NAMES = ['slack'] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

const targetSchema = z.string().refine((target) => CHANNEL_NAMES.some((name) => name === target.split(':', 1)[0]), {
  error: `must be one of ${CHANNEL_NAMES.join(', ')}, or slack:#channel`,
})

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)])

const routeSchema = z.strictObject({
  service: oneOrMore(z.string().min(1)).optional().describe('of these services; any when absent'),
  env: oneOrMore(z.string().min(1)).optional().describe('in these environments; any when absent'),
  severity: oneOrMore(z.enum(['critical', 'major', 'minor']))
    .optional()
    .describe('so bad; any when absent'),
  to: z.array(targetSchema).describe('slack, slack:#channel, …; an empty list says nothing'),
})

/** The `notify` key of the configuration. */
export const notifySchema = z.strictObject({
  slack: slackSchema.optional(),
  routes: z.array(routeSchema).default([]).describe('who hears of what: the first that matches'),
  default: z.array(targetSchema).optional().describe('who hears of what no route matches; everybody when absent'),
  repeat: durationSchema
    .refine((ms) => ms === 0 || ms >= REPEAT_MS_MIN, 'must be 0s (never) or at least 5m')
    .default(4 * HOUR_MS)
    .describe('how often an open incident that nobody acknowledged is told again; 0s is never'),
  public_url: webAddress.optional().describe('where people reach this server, for links'),
  allowed_hosts: z
    .array(z.string().min(1))
    .default([])
    .describe('hosts that may be called though they are private, or without TLS'),
})
export type NotifyConfig = z.infer<typeof notifySchema>

/** What the notifier reads of one `services.{name}` entry. */
export const notifierServiceShape = {
  runbook: webAddress.optional().describe('what to do when it fails, for people'),
}

/** The channels that are set up. */
export function configuredChannels({ slack }: NotifyConfig): ChannelName[] {
  return slack === undefined ? [] : ['slack']
}

export function toRoutes({ routes }: NotifyConfig): Route[] {
  return routes.map(({ service, env, severity, to }) => ({
    targets: to,
    ...(service !== undefined && { services: service }),
    ...(env !== undefined && { envs: env }),
    ...(severity !== undefined && { severities: severity }),
  }))
}

function hasBot(slack: { bot_token?: string | undefined; bot_token_file?: string | undefined }): boolean {
  return slack.bot_token !== undefined || slack.bot_token_file !== undefined
}
