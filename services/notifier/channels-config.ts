import { z } from 'zod'

/** How each way to reach people is set up. Every secret may be given in a file instead. */

export const webAddress = z.url({ protocol: /^https?$/, error: 'must be an address such as https://example.com/path' })
const apiUrl = (standard: string) =>
  webAddress
    .default(standard)
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('where its interface is')
export const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{24,}=*$/
export const WEBHOOK_SECRET_HINT = 'must be whsec_ and at least 24 characters of base64'
const secret = z.string().min(8, 'is too short to be right')
const file = z.string().min(1).optional().describe('a file that holds it')

export const slackSchema = z
  .strictObject({
    bot_token: secret.optional().describe('of a Slack app with chat:write and files:write'),
    bot_token_file: file,
    channel: z.string().min(1).optional().describe('where the bot writes: #incidents, or its id'),
    signing_secret: secret.optional().describe('of the app: lets its buttons reach /webhooks/slack/interactions'),
    signing_secret_file: file,
    webhook_url: webAddress.optional().describe('an incoming webhook: messages with links, without buttons and edits'),
    webhook_url_file: file,
    api_url: webAddress.default('https://slack.com/api/').describe("Slack's interface; GovSlack has its own"),
  })
  .refine((slack) => !isGiven(slack, 'bot_token') || slack.channel !== undefined, {
    path: ['channel'],
    error: 'is missing: say where the bot writes, such as #incidents',
  })
  .refine((slack) => isGiven(slack, 'bot_token') || isGiven(slack, 'webhook_url'), {
    error: 'set bot_token and channel, or webhook_url',
  })

export const pagerdutySchema = z
  .strictObject({
    routing_key: secret.optional().describe('of an Events API v2 integration'),
    routing_key_file: file,
    changes: z.boolean().default(true).describe('whether changes are shown beside the incidents of their service'),
    api_url: apiUrl('https://events.pagerduty.com'),
  })
  .refine((own) => isGiven(own, 'routing_key'), { error: 'set routing_key or routing_key_file' })

export const opsgenieSchema = z
  .strictObject({
    api_key: secret.optional().describe('of an API integration'),
    api_key_file: file,
    api_url: apiUrl('https://api.opsgenie.com'),
  })
  .refine((own) => isGiven(own, 'api_key'), { error: 'set api_key or api_key_file' })

export const teamsSchema = z
  .strictObject({
    webhook_url: webAddress.optional().describe('of a workflow that posts what its webhook is sent'),
    webhook_url_file: file,
  })
  .refine((own) => isGiven(own, 'webhook_url'), { error: 'set webhook_url or webhook_url_file' })

const emailAddress = z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'must be an address such as on-call@example.com')

export const emailSchema = z
  .strictObject({
    smtp_url: z
      .string()
      .regex(/^smtps?:\/\/\S+$/, 'must be like smtps://user:password@mail.example.com')
      .optional()
      .describe('the mail server'),
    smtp_url_file: file,
    from: emailAddress.describe('who writes'),
    to: z.array(emailAddress).min(1).describe('who reads'),
  })
  .refine((own) => isGiven(own, 'smtp_url'), { error: 'set smtp_url or smtp_url_file' })

export const webhookSchema = z
  .strictObject({
    url: webAddress.describe('gets every notice as JSON, signed as Standard Webhooks says'),
    secret: z.string().regex(WEBHOOK_SECRET, WEBHOOK_SECRET_HINT).optional().describe('whsec_ and base64'),
    secret_file: file,
  })
  .refine((own) => isGiven(own, 'secret'), { error: 'set secret or secret_file' })

export const grafanaSchema = z
  .strictObject({
    url: webAddress.transform((url) => url.replace(/\/+$/, '')).describe('where Grafana is'),
    token: secret.optional().describe('of a service account that may write annotations'),
    token_file: file,
    changes: z.boolean().default(true).describe('whether changes are marked too'),
  })
  .refine((own) => isGiven(own, 'token'), { error: 'set token or token_file' })

function isGiven(own: Readonly<Record<string, unknown>>, name: string): boolean {
  return own[name] !== undefined || own[`${name}_file`] !== undefined
}

/** Whether presses of Slack's buttons reach us. */
export function takesPresses(slack: z.infer<typeof slackSchema> | undefined): boolean {
  return slack !== undefined && isGiven(slack, 'bot_token') && isGiven(slack, 'signing_secret')
}
