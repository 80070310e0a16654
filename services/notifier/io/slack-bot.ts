import {
  LogLevel,
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api'
import type { GuardedFetch } from '../../../shared/runtime/guarded-fetch.ts'
import type { Receipt } from '../core/notice.ts'
import { toSlackMessage, toSlackReply } from '../core/slack-blocks.ts'
import { type Channel, DeliveryError } from './channel.ts'
import { statusFailure, toDeliveryError, toGuardedRequest } from './http-post.ts'

export interface SlackBotOptions {
  readonly botToken: string
  /** `#incidents` or its id. */
  readonly channel: string
  readonly apiUrl: string
  /** Whether presses of buttons reach us. */
  readonly isInteractive: boolean
}

const WHO = 'Slack'

/**
 * One message an incident, edited in place, its story in the thread. Telling somebody: the message, then a line in its thread,
 * so that a send that broke off between the two edits the same message again.
 */
export function createSlackBot(fetch: GuardedFetch, options: SlackBotOptions): Channel {
  const client = new WebClient(options.botToken, {
    slackApiUrl: options.apiUrl,
    fetch: (url, init) => fetch(url, toGuardedRequest(init ?? {})),
    // The outbox is the one place that tries again.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  })
  const { channel, isInteractive } = options

  async function post(message: ReturnType<typeof toSlackMessage>, threadTs?: string): Promise<Receipt> {
    const answer = await call(() =>
      client.chat.postMessage({
        channel,
        ...message,
        ...(threadTs !== undefined && { thread_ts: threadTs }),
        unfurl_links: false,
        unfurl_media: false,
      }),
    )
    const { ts, channel: channelId } = answer
    if (ts === undefined || channelId === undefined)
      throw new DeliveryError(`${WHO}: answered without a timestamp`, { code: 'slack_odd_answer', retryable: false })
    return { channel: channelId, ts }
  }

  return {
    async send({ message, notices, receipt }) {
      const blocks = toSlackMessage(message, { isInteractive, chartFileId: null })
      const { ts, channel: channelId } = receipt ?? {}
      if (ts === undefined || channelId === undefined) return post(blocks)
      await call(() => client.chat.update({ channel: channelId, ts, ...blocks }))
      const story = notices.map(({ text }) => text).join('\n')
      if (story !== '') await post(toSlackReply(story), ts)
      return { channel: channelId, ts }
    },
  }
}

async function call<Answer extends WebAPICallResult>(send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send()
  } catch (cause) {
    throw toSlackError(cause)
  }
}

/** Answers of Slack that may be another in a while; all others stay as they are until somebody mends the set-up. */
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited'])

function toSlackError(cause: unknown): DeliveryError {
  if (cause instanceof WebAPIRateLimitedError)
    return new DeliveryError(`${WHO}: asks to wait`, {
      code: 'slack_rate_limited',
      retryable: true,
      retryAfterMs: cause.retryAfter * 1000,
    })
  if (cause instanceof WebAPIPlatformError) {
    const { error } = cause.data
    return new DeliveryError(`${WHO}: refuses it: ${error.slice(0, 60)}`, {
      code: `slack_${error.slice(0, 60)}`,
      retryable: PASSING.has(error),
    })
  }
  if (cause instanceof WebAPIHTTPError) return statusFailure(WHO, cause.statusCode, null)
  return toDeliveryError(WHO, cause instanceof WebAPIRequestError ? cause.original : cause)
}

/** What it has to say is in its errors. */
const SILENT = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}
