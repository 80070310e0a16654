import { z } from 'zod'
import type { Bus } from '../../../../shared/bus/bus.ts'
import { toJsonMessage } from '../../../../shared/bus/json-messages.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeToWire, changeWireSchema } from '../../../../shared/domain/change-wire.ts'
import { HttpError, InputError } from '../../../../shared/runtime/errors.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Metrics } from '../../../../shared/runtime/metrics.ts'
import { settingName } from '../../core/webhooks/map-changes.ts'
import { type Delivery, toDelivery } from '../../core/webhooks/read-delivery.ts'
import type { WebhookSender } from '../../core/webhooks/sender.ts'
import { SENDERS } from '../../core/webhooks/table.ts'
import { createHeldBytes } from '../webhooks/held-bytes.ts'
import { headersOf, parseBody, type Sent } from '../webhooks/request-parts.ts'
import { createSeenDeliveries } from '../webhooks/seen-deliveries.ts'
import { accessOf, type SenderAccess, type WebhooksConfig } from '../webhooks/sender-access.ts'
import { describeProofs, mayBear, verifyProof } from '../webhooks/verify-proof.ts'

export interface WebhooksDeps {
  readonly publish: Bus['publish']
  readonly confirm: (url: string) => Promise<void>
  readonly nowMs: () => number
  readonly metrics: Metrics
}

const BODY_BYTES_MAX = 5 * 1024 * 1024
/** Of all bodies that are read or worked on at a time. */
const HELD_BYTES_MAX = 64 * 1024 * 1024
const SEEN_MAX = 20_000
const DELIVERY_LENGTH_MAX = 200

export const receiptSchema = z.object({
  accepted: z.number().describe('How many changes it tells of.'),
  ids: z.array(z.string()),
  ignored: z.string().optional().describe('Why it is no change, where it is none: nothing was lost.'),
  changes: z.array(changeWireSchema).optional().describe('What would be recorded, of a dry run.'),
})
type Receipt = z.infer<typeof receiptSchema>

/**
 * `POST /webhooks/{sender}`: what deploys, configures and releases tells of itself, each in its own words. The sender is proven
 * over the bytes before they are parsed. Answers 202 once the changes are safe, and for what is no change, with the reason.
 */
export function webhooksRoutes(deps: WebhooksDeps, config: WebhooksConfig): HttpRoutes {
  const refused = deps.metrics.counter('culprit_webhooks_refused_total', 'Deliveries whose sender was not proven.')
  const read = createReader(deps, config)
  const take = createTaker(deps, read)
  const foresee = (...delivered: Parameters<typeof read>) => forecastOf(read(...delivered))
  const hold = createHeldBytes(HELD_BYTES_MAX)
  return async (server) => {
    for (const sender of SENDERS) {
      const access = accessOf(sender, config)
      server.post(
        `/webhooks/${sender.name}`,
        {
          bodyLimit: sender.bodyBytesMax ?? BODY_BYTES_MAX,
          config: { scope: 'public' },
          schema: {
            summary: `What ${sender.name} tells`,
            description: `Proven by ${describeProofs(sender.proofs)}; the secret is \`webhooks.${settingName(sender.name)}.secret_file\`.`,
            tags: ['webhooks'],
            querystring: z.object({
              dry_run: z
                .enum(['true', 'false'])
                .optional()
                .describe('Proven and read as ever, but nothing comes of it.'),
            }),
            body: z.unknown(),
            response: { 202: receiptSchema },
          },
          // Who can't prove anything is not read.
          onRequest: async (request, reply) => {
            const refusal = refusalOf(sender, access, headersOf(request))
            if (refusal === undefined) {
              // A body that does not say how long it is may be as long as any.
              const letGo = hold(Number(request.headers['content-length'] ?? sender.bodyBytesMax ?? BODY_BYTES_MAX))
              for (const end of ['finish', 'close']) reply.raw.once(end, letGo)
              return
            }
            refused()
            // Some senders show their password only when asked to.
            if (refusal.code === 'bad_signature') reply.header('www-authenticate', 'Basic realm="culprit"')
            throw refusal
          },
        },
        async (request, reply) => {
          const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
          if (access.secrets.length > 0) {
            const asked = { headers: headersOf(request), body }
            const verdict = verifyProof(asked, { proofs: sender.proofs, secrets: access.secrets, nowMs: deps.nowMs() })
            if (verdict.kind === 'refused') {
              refused()
              throw new HttpError('bad_signature', verdict.because)
            }
          }
          const sent = { headers: headersOf(request), body }
          const isDryRun = request.query.dry_run === 'true'
          return reply.code(202).send(isDryRun ? foresee(sender, access, sent) : await take(sender, access, sent))
        },
      )
    }
    server.post('/webhooks/:sender', { config: { scope: 'public' }, schema: { hide: true } }, async () => {
      throw new HttpError('not_found', `no such sender: there are ${SENDERS.map(({ name }) => name).join(', ')}`)
    })
  }
}

/** Why a delivery is refused by its headers alone. */
function refusalOf(sender: WebhookSender, access: SenderAccess, headers: Sent['headers']): HttpError | undefined {
  const name = settingName(sender.name)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return new HttpError('unknown_encoding', 'send the body as it is: its signature is over these bytes')
  if (access.secrets.length > 0)
    return mayBear(headers, sender.proofs)
      ? undefined
      : new HttpError('bad_signature', `it is not signed: ${describeProofs(sender.proofs)} is missing`)
  if (access.allowUnsigned) return undefined
  return new HttpError(
    'no_secret',
    `${sender.name} has no secret here, so nothing from it is taken: set webhooks.${name}.secret_file, or the variable CULPRIT_WEBHOOKS__${name.toUpperCase()}__SECRET`,
  )
}

type ReadDelivery = (sender: WebhookSender, access: SenderAccess, sent: Sent) => Delivery

function createReader({ nowMs }: Pick<WebhooksDeps, 'nowMs'>, { envAliases }: WebhooksConfig): ReadDelivery {
  return (sender, { settings }, sent) => {
    const reading = sender.read({ headers: sent.headers, body: parseBody(sent) }, settings)
    const delivery = deliveryOf(sender, sent.headers)
    return toDelivery(reading, { sender: sender.name, settings, envAliases, receivedAtMs: nowMs(), delivery })
  }
}

/** What would come of a delivery. */
function forecastOf(delivery: Delivery): Receipt {
  switch (delivery.kind) {
    case 'malformed':
      throw new InputError(delivery.message)
    case 'ignored':
      return { accepted: 0, ids: [], ignored: delivery.because }
    case 'confirm':
      return { accepted: 0, ids: [], ignored: 'its subscription would be confirmed' }
    case 'changes':
      return { ...receiptOf(delivery.changes), changes: delivery.changes.map(asWire) }
  }
}

const asWire = (change: Change) => changeWireSchema.parse(changeToWire(change))

function receiptOf(changes: readonly Change[]): Receipt {
  return { accepted: changes.length, ids: changes.map(({ id }) => id) }
}

/** Takes what a proven sender sent, once: what was taken before is answered like that, and does nothing. */
function createTaker({ publish, confirm, metrics }: WebhooksDeps, read: ReadDelivery) {
  const seen = createSeenDeliveries(SEEN_MAX)
  const countChanges = metrics.counter('culprit_webhook_changes_total', 'Changes that webhooks told of.')
  const countIgnored = metrics.counter('culprit_webhooks_ignored_total', 'Deliveries that are no change.')

  return async (sender: WebhookSender, access: SenderAccess, sent: Sent): Promise<Receipt> => {
    const delivery = deliveryOf(sender, sent.headers)
    const key = delivery === undefined ? undefined : `${sender.name} ${delivery}`
    if (key !== undefined && seen.has(key)) return { accepted: 0, ids: [], ignored: 'it was delivered before' }
    const receipt = await act(read(sender, access, sent), access)
    if (key !== undefined) seen.add(key)
    return receipt
  }

  async function act(delivery: Delivery, access: SenderAccess): Promise<Receipt> {
    switch (delivery.kind) {
      case 'malformed':
        throw new InputError(delivery.message)
      case 'ignored':
        countIgnored()
        return { accepted: 0, ids: [], ignored: delivery.because }
      case 'confirm':
        countIgnored()
        return { accepted: 0, ids: [], ignored: await confirmIfProven(delivery.url, access) }
      case 'changes': {
        await publish(
          'changes',
          delivery.changes.map((change) => toJsonMessage(change.env, changeToWire(change))),
        )
        countChanges(delivery.changes.length)
        return receiptOf(delivery.changes)
      }
    }
  }

  /** Nobody but who knows the secret makes us ask for an address. */
  async function confirmIfProven(url: string, { secrets }: SenderAccess): Promise<string> {
    if (secrets.length === 0)
      return 'the subscription is not confirmed: set a secret, or open its SubscribeURL yourself'
    await confirm(url)
    return 'the subscription is confirmed'
  }
}

function deliveryOf({ deliveryHeaders }: WebhookSender, headers: Sent['headers']): string | undefined {
  const id = deliveryHeaders.map((name) => headers[name]).find((found) => found !== undefined && found !== '')
  return id?.slice(0, DELIVERY_LENGTH_MAX)
}
