import { setTimeout as sleep } from 'node:timers/promises'
import { createGuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import type { NotifyConfig } from '../../notifier/config.ts'
import type { Channel } from '../../notifier/io/channel.ts'
import { createPacedFetch } from '../../notifier/io/http-post.ts'
import { createSlackBot } from '../../notifier/io/slack-bot.ts'
import { createSlackWebhook } from '../../notifier/io/slack-webhook.ts'
import { readSecret } from '../read-secret.ts'

/** What Slack allows for posting to one channel; few others are in more of a hurry. */
const GAP_MS = 1_000

/** Opens the channel of a target, such as `slack` or `slack:#checkout`, once; calls on each begin a second apart. */
export async function openChannels(config: NotifyConfig, nowMs: () => number): Promise<(target: string) => Channel> {
  const fetch = createGuardedFetch({ allowedHosts: config.allowed_hosts })
  const pace = () => createPacedFetch(fetch, { gapMs: GAP_MS, nowMs, sleep: (ms) => sleep(ms) })
  const openSlack = await readSlack(config.slack)
  const opened = new Map<string, Channel>()
  return (target) => {
    const known = opened.get(target)
    if (known !== undefined) return known
    const channel = openSlack(pace(), target.slice('slack:'.length))
    opened.set(target, channel)
    return channel
  }
}

type OpenChannel = (fetch: ReturnType<typeof createPacedFetch>, address: string) => Channel

async function readSlack(slack: NotifyConfig['slack']): Promise<OpenChannel> {
  const botToken = await readSecret(slack?.bot_token, slack?.bot_token_file)
  const webhookUrl = await readSecret(slack?.webhook_url, slack?.webhook_url_file)
  const isInteractive = slack?.signing_secret !== undefined || slack?.signing_secret_file !== undefined
  return (fetch, address) => {
    if (botToken !== undefined && slack?.channel !== undefined) {
      const channel = address === '' ? slack.channel : address
      return createSlackBot(fetch, { botToken, channel, apiUrl: slack.api_url, isInteractive })
    }
    return createSlackWebhook(fetch, { url: webhookUrl ?? '' })
  }
}
