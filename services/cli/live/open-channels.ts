import { setTimeout as sleep } from 'node:timers/promises'
import type { Change } from '../../../shared/domain/change.ts'
import { createGuardedConnect, type GuardedConnect } from '../../../shared/runtime/guarded-connect.ts'
import { createGuardedFetch, type GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import { type ChannelName, channelOf, type NotifyConfig } from '../../notifier/config.ts'
import type { Channel } from '../../notifier/io/channel.ts'
import { createEmail } from '../../notifier/io/email.ts'
import { createGrafana, sendGrafanaChange } from '../../notifier/io/grafana.ts'
import { createPaced } from '../../notifier/io/http-post.ts'
import { createOpsgenie } from '../../notifier/io/opsgenie.ts'
import { createPagerDuty, sendPagerDutyChange } from '../../notifier/io/pagerduty.ts'
import { createSlackBot } from '../../notifier/io/slack-bot.ts'
import { createSlackWebhook } from '../../notifier/io/slack-webhook.ts'
import { createTeams } from '../../notifier/io/teams.ts'
import { createWebhook } from '../../notifier/io/webhook.ts'
import { readSecret } from '../read-secret.ts'

export interface OpenChannels {
  /** The channel of a target, such as `slack` or `slack:#checkout`; calls on each begin a second apart. */
  readonly channelOf: (target: string) => Channel
  /** Where changes are shown beside incidents. */
  readonly changeSinks: readonly ((change: Change) => Promise<void>)[]
  /** For what is called besides channels. */
  readonly fetch: GuardedFetch
}

/** What Slack allows for posting to one channel; few others are in more of a hurry. */
const GAP_MS = 1_000

/** @throws InputError when the file of a secret can't be read. */
export async function openChannels(config: NotifyConfig, nowMs: () => number): Promise<OpenChannels> {
  const fetch = createGuardedFetch({ allowedHosts: config.allowed_hosts })
  const connect = createGuardedConnect({ allowedHosts: config.allowed_hosts })
  const gap = { gapMs: GAP_MS, nowMs, sleep: (ms: number) => sleep(ms) }
  const pace = () => createPaced(fetch, gap)
  const paceMail = () => createPaced(connect, gap)
  const openers = await readOpeners(config, { plainFetch: fetch, paceMail, nowMs })
  const opened = new Map<string, Channel>()
  const { pagerduty, grafana } = config
  const routingKey = await readSecret(pagerduty?.routing_key, pagerduty?.routing_key_file)
  const token = await readSecret(grafana?.token, grafana?.token_file)
  const [pagerdutyFetch, grafanaFetch] = [pace(), pace()]
  return {
    fetch,
    changeSinks: [
      ...(pagerduty?.changes === true && routingKey !== undefined
        ? [(change: Change) => sendPagerDutyChange(pagerdutyFetch, { routingKey, apiUrl: pagerduty.api_url }, change)]
        : []),
      ...(grafana?.changes === true && token !== undefined
        ? [(change: Change) => sendGrafanaChange(grafanaFetch, { url: grafana.url, token }, change)]
        : []),
    ],
    channelOf(target) {
      const known = opened.get(target)
      if (known !== undefined) return known
      const name = channelOf(target)
      const channel = openers[name](pace(), target.slice(name.length + 1))
      opened.set(target, channel)
      return channel
    },
  }
}

/** `address`: whom to reach where that is not the usual; empty for the usual. */
type OpenChannel = (fetch: GuardedFetch, address: string) => Channel

/** Only those that are set up are ever opened: the configuration refuses targets of others. */
async function readOpeners(
  config: NotifyConfig,
  { plainFetch, paceMail, nowMs }: { plainFetch: GuardedFetch; paceMail: () => GuardedConnect; nowMs: () => number },
): Promise<Record<ChannelName, OpenChannel>> {
  const { slack, pagerduty, opsgenie, teams, email, webhook, grafana } = config
  const botToken = await readSecret(slack?.bot_token, slack?.bot_token_file)
  const slackUrl = (await readSecret(slack?.webhook_url, slack?.webhook_url_file)) ?? ''
  const isInteractive = slack?.signing_secret !== undefined || slack?.signing_secret_file !== undefined
  const routingKey = (await readSecret(pagerduty?.routing_key, pagerduty?.routing_key_file)) ?? ''
  const apiKey = (await readSecret(opsgenie?.api_key, opsgenie?.api_key_file)) ?? ''
  const teamsUrl = (await readSecret(teams?.webhook_url, teams?.webhook_url_file)) ?? ''
  const smtpUrl = (await readSecret(email?.smtp_url, email?.smtp_url_file)) ?? ''
  const secret = (await readSecret(webhook?.secret, webhook?.secret_file)) ?? ''
  const token = (await readSecret(grafana?.token, grafana?.token_file)) ?? ''
  return {
    slack: (fetch, address) =>
      botToken === undefined
        ? createSlackWebhook(fetch, { url: slackUrl })
        : createSlackBot(
            { say: fetch, upload: plainFetch },
            {
              botToken,
              channel: address || (slack?.channel ?? ''),
              apiUrl: slack?.api_url ?? '',
              isInteractive,
            },
          ),
    pagerduty: (fetch) => createPagerDuty(fetch, { routingKey, apiUrl: pagerduty?.api_url ?? '' }),
    opsgenie: (fetch) => createOpsgenie(fetch, { apiKey, apiUrl: opsgenie?.api_url ?? '' }),
    teams: (fetch) => createTeams(fetch, { url: teamsUrl }),
    email: (_fetch, address) =>
      createEmail(paceMail(), {
        smtpUrl,
        from: email?.from ?? '',
        to: address === '' ? (email?.to ?? []) : [address],
      }),
    webhook: (fetch) => createWebhook(fetch, { url: webhook?.url ?? '', secret, nowMs }),
    grafana: (fetch) => createGrafana(fetch, { url: grafana?.url ?? '', token }),
  }
}
