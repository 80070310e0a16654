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
import { type SlackMessage, toSlackMessage, toSlackReply } from '../core/slack-blocks.ts'
import { type Channel, type Delivery, DeliveryError } from './channel.ts'
import { statusFailure, toDeliveryError, toGuardedRequest } from './http-post.ts'

export interface SlackBotOptions {
  readonly botToken: string
  /** `#incidents` or its id. */
  readonly channel: string
  readonly apiUrl: string
  /** Whether presses of buttons reach us. */
  readonly isInteractive: boolean
}

/** Slack minds how often something is said in a channel, and pictures are none of that. */
export interface SlackFetches {
  readonly say: GuardedFetch
  readonly upload: GuardedFetch
}

const WHO = 'Slack'
const CHART_NAME = 'error-rate.png'
const ILLUSTRATE_ATTEMPTS = 3

/**
 * One message an incident, edited in place, its story in the thread. Telling somebody: the message, then a line in its thread,
 * so that a send that broke off between the two edits the same message again.
 */
export function createSlackBot(fetches: SlackFetches, options: SlackBotOptions): Channel {
  const client = new WebClient(options.botToken, {
    slackApiUrl: options.apiUrl,
    fetch: (url, init) => {
      const fetch = String(url).includes('/files.') ? fetches.upload : fetches.say
      return fetch(url, toGuardedRequest(init ?? {}))
    },
    // The outbox is the one place that tries again.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  })
  const { channel, isInteractive } = options

  async function post(message: SlackMessage, threadTs?: string): Promise<Place> {
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
    if (ts === undefined || channelId === undefined) throw oddAnswer()
    return { ts, channelId }
  }

  async function edit({ ts, channelId }: Place, message: SlackMessage): Promise<void> {
    await call(() => client.chat.update({ channel: channelId, ts, ...message }))
  }

  /** The id of an uploaded picture. Sent as it is: Slack's client would wrap it in a form that our fetch does not take. */
  async function upload(picture: Uint8Array): Promise<string> {
    const target = await call(() => client.files.getUploadURLExternal({ filename: CHART_NAME, length: picture.length }))
    const { upload_url: url, file_id: id } = target
    if (url === undefined || id === undefined) throw oddAnswer()
    const response = await fetches.upload(url, { method: 'POST', body: picture })
    if (!response.ok) throw statusFailure(WHO, response.status, response.headers.get('retry-after'))
    await call(() => client.files.completeUploadExternal({ files: [{ id, title: CHART_NAME }] }))
    return id
  }

  /** Adds a picture to a message that stands. It tells nothing that the words don't, so nothing is tried again for it. */
  async function illustrate(place: Place, { message, drawChart }: Delivery): Promise<string | undefined> {
    try {
      const picture = await drawChart()
      if (picture === undefined) return undefined
      const id = await upload(picture)
      for (let attempt = 1; ; attempt++) {
        try {
          await edit(place, toSlackMessage(message, { isInteractive, chartFileId: id }))
          return id
        } catch (error) {
          // Slack takes a moment to look at a picture, and refuses the message until it has.
          const isUnready = error instanceof DeliveryError && error.code === 'slack_invalid_blocks'
          if (!isUnready || attempt >= ILLUSTRATE_ATTEMPTS) return undefined
        }
      }
    } catch {
      return undefined
    }
  }

  return {
    async send(delivery) {
      const { message, notices, receipt } = delivery
      const chartFileId = receipt?.['chart'] ?? null
      const blocks = toSlackMessage(message, { isInteractive, chartFileId })
      const known = placeOf(receipt)
      const place = known ?? (await post(blocks))
      if (known !== undefined) {
        await edit(known, blocks)
        const story = notices.map(({ text }) => text).join('\n')
        if (story !== '') await post(toSlackReply(story), known.ts)
      }
      const drawn = notices.length === 0 ? undefined : await illustrate(place, delivery)
      const chart = drawn ?? chartFileId
      return { channel: place.channelId, ts: place.ts, ...(chart !== null && { chart }) }
    },
  }
}

/** Where a message stands. */
interface Place {
  readonly ts: string
  readonly channelId: string
}

function placeOf(receipt: Receipt | undefined): Place | undefined {
  const { ts, channel: channelId } = receipt ?? {}
  return ts === undefined || channelId === undefined ? undefined : { ts, channelId }
}

function oddAnswer(): DeliveryError {
  return new DeliveryError(`${WHO}: answered something odd`, { code: 'slack_odd_answer', retryable: false })
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
