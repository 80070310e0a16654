import type { Command } from '../../../shared/domain/command.ts'
import { HttpError } from '../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../shared/runtime/http-server.ts'
import { readPress, toCommand } from '../core/slack-press.ts'
import { isSignedBySlack } from './slack-signature.ts'

export interface SlackInteractionsDeps {
  readonly publish: (command: Command) => Promise<void>
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** Slack shows an error to whoever pressed after three seconds. */
const ANSWER_MS_MAX = 2_000
/** Presses remembered so that the same request again does nothing. */
const PRESSES_MAX = 10_000

/** `POST /webhooks/slack/interactions`: what people press under our messages, signed by Slack, as commands on the bus. */
export function slackInteractions(deps: SlackInteractionsDeps, secrets: readonly string[]): HttpRoutes {
  const done = new Set<string>()
  return async (server) => {
    server.post('/webhooks/slack/interactions', { config: { scope: 'public' } }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const signed = {
        body,
        timestamp: request.headers['x-slack-request-timestamp'],
        signature: request.headers['x-slack-signature'],
      }
      if (!isSignedBySlack(signed, { secrets, nowMs: deps.nowMs() }))
        throw new HttpError(
          'bad_signature',
          'this is not signed by Slack with our secret, or it is more than five minutes old',
        )
      const press = readPress(parsePayload(body))
      const command = press === undefined ? undefined : toCommand(press, deps.nowMs())
      if (press === undefined || command === undefined || done.has(press.id)) return reply.code(200).send()
      remember(press.id)
      const published = deps.publish(command)
      published.catch(() => done.delete(press.id))
      await Promise.race([published, deps.sleep(ANSWER_MS_MAX)])
      return reply.code(200).send()
    })
  }

  function remember(id: string): void {
    const [oldest] = done
    if (done.size >= PRESSES_MAX && oldest !== undefined) done.delete(oldest)
    done.add(id)
  }
}

/** A form whose one field is JSON. */
function parsePayload(body: Buffer): unknown {
  try {
    return JSON.parse(new URLSearchParams(body.toString()).get('payload') ?? '')
  } catch {
    return undefined
  }
}
